"""The age of the quote, at the limit and one nanosecond to either side."""

from decimal import Decimal

import pytest

from oms.domain.units import SECOND
from risk.rule import Judgment
from risk.rules.stale_market import StaleMarket
from tests.risk.desk import IBM, Desk, buy, sell

RULE = StaleMarket()


@pytest.mark.parametrize(("age", "passed"), [("4.999999999", True), ("5", True), ("5.000000001", False)])
def test_a_quote_is_good_for_five_seconds(desk: Desk, age: str, passed: bool) -> None:
    desk.wait(age)

    assert RULE.check(desk.facts(buy())).passed is passed


@pytest.mark.parametrize(("age", "passed"), [("180", True), ("180.000000001", False)])
def test_a_slow_feed_is_given_three_of_its_intervals(desk: Desk, age: str, passed: bool) -> None:
    gate = desk.gate(RULE, interval=60 * SECOND)
    desk.wait(age)

    assert (gate.check(buy(), desk.state).failed == ()) is passed
    assert gate.limits()[0].limit == 180


def test_a_fast_feed_does_not_make_it_tighter() -> None:
    assert RULE.for_feed(SECOND).limit == 5


def test_a_limit_order_brings_its_own_price(desk: Desk) -> None:
    desk.wait("500")

    judged = RULE.check(desk.facts(buy(limit="100")))

    assert judged == Judgment(Decimal(500), True)


def test_a_market_order_that_reduces_may_leave(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.wait("500")

    assert desk.gate(RULE).check(sell("10"), desk.state).failed == ()


def test_a_new_quote_ends_it(desk: Desk) -> None:
    desk.wait("500")
    desk.quote(IBM, "101")

    assert RULE.check(desk.facts(buy())).observed == 0
