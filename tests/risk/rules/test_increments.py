"""Lots and ticks."""

import pytest

from risk.rules.increments import Increments
from tests.risk.desk import Desk, buy, listed, sell

RULE = Increments()
ETH = listed("ETH", lot="0.001", tick="0.05")


@pytest.mark.parametrize(("quantity", "left"), [("2.500", "0"), ("2.5001", "0.0001"), ("2.4999", "0.0009")])
def test_a_quantity_is_a_multiple_of_the_lot(desk: Desk, quantity: str, left: str) -> None:
    desk.list(ETH)

    judged = RULE.check(desk.facts(buy(quantity, instrument=ETH)))

    assert str(judged.observed.normalize()) == left if judged.observed else left == "0"
    assert judged.passed == (left == "0")


@pytest.mark.parametrize(("limit", "passed"), [("10.05", True), ("10.06", False), ("10.04", False)])
def test_a_limit_price_is_a_multiple_of_the_tick(desk: Desk, limit: str, passed: bool) -> None:
    desk.list(ETH)
    facts = desk.facts(sell("1", instrument=ETH, limit=limit))

    assert RULE.check(facts).passed is passed
    assert RULE.headroom(facts) == (None if passed else 0)


def test_it_binds_what_only_reduces(desk: Desk) -> None:
    desk.hold(buy("10"))

    decision = desk.gate(RULE).check(sell("9.5"), desk.state)

    assert decision.failed == ("increments",)


def test_an_unknown_instrument_has_no_lot_to_judge_by(desk: Desk) -> None:
    assert not RULE.check(desk.facts(buy(instrument=ETH))).passed
