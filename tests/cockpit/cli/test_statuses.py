"""The words by which orders are listed."""

import pytest

from cockpit.cli.orders import Selection
from cockpit.queries.orders import SELECTIONS
from tests.doubles.command_line import CommandLine


@pytest.mark.usefixtures("traded")
def test_every_word_for_a_status_lists_the_orders_that_have_it(cockpit: CommandLine) -> None:
    by_word = {word: cockpit("orders", "list", "--status", word, "--json").data for word in SELECTIONS}

    ids = {word: [order["id"] for order in chosen] for word, chosen in by_word.items()}
    assert [word.value for word in Selection] == list(SELECTIONS)
    assert sorted(ids["open"] + ids["closed"]) == sorted(ids["all"])
    assert ids["open"] == ids["working"]
    ends = ("filled", "canceled", "expired", "denied", "rejected")
    assert sorted(order_id for word in ends for order_id in ids[word]) == sorted(ids["closed"])
    for word in ("filled", "canceled", "denied"):
        assert {order["status"] for order in by_word[word]} == {word.upper()}
