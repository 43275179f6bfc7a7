"""The same wish again, at the window's end and one nanosecond to either side."""

import pytest

from oms.domain.order import OrderTicket
from risk.rule import Judgment
from risk.rules.duplicate import Duplicate
from tests.risk.desk import AAPL, MEAN, Desk, buy, sell

RULE = Duplicate()


@pytest.mark.parametrize(
    ("age", "passed"), [("59.999999999", False), ("60", True), ("60.000000001", True), ("0", False)]
)
def test_the_same_order_passes_again_when_the_window_is_over(desk: Desk, age: str, passed: bool) -> None:
    desk.hold(buy("10"))
    desk.wait(age)

    assert RULE.check(desk.facts(buy("10"))).passed is passed


@pytest.mark.parametrize(
    "other",
    [sell("10"), buy("11"), buy("10", limit="100"), buy("10", instrument=AAPL), buy("10", strategy=MEAN)],
    ids=["side", "quantity", "price", "symbol", "strategy"],
)
def test_an_order_that_differs_in_one_thing_is_another_order(desk: Desk, other: OrderTicket) -> None:
    desk.send(buy("10"))

    judged = RULE.check(desk.facts(other))

    assert judged == Judgment(None, True)


def test_a_twin_beside_it_in_the_group_is_a_duplicate(desk: Desk) -> None:
    assert not RULE.check(desk.facts(buy("10"), buy("10"))).passed


def test_it_does_not_stop_what_reduces(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.hold(buy("10"))
    desk.hold(sell("10"))

    assert desk.gate(RULE).check(sell("10"), desk.state).failed == ()
    assert desk.gate(RULE).check(buy("10"), desk.state).failed == ("duplicate",)
