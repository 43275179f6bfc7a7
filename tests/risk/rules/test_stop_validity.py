"""A stop price beyond the quote, at the last tick that counts and one to either side."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.ids import ClientOrderId
from risk.rule import Judgment
from risk.rules.stop_validity import StopValidity
from tests.risk.desk import IBM, Desk, buy, listed, sell

RULE = StopValidity()


@pytest.mark.parametrize(("stop", "passed"), [("100.19", False), ("100.20", False), ("100.21", True)])
def test_a_buy_stop_lies_above_the_ask(desk: Desk, stop: str, passed: bool) -> None:
    desk.quote(IBM, "100", bid="99.80", ask="100.20")

    assert RULE.check(desk.facts(buy(stop=stop))).passed is passed


@pytest.mark.parametrize(("stop", "passed"), [("99.81", False), ("99.80", False), ("99.79", True)])
def test_a_sell_stop_lies_below_the_bid(desk: Desk, stop: str, passed: bool) -> None:
    desk.quote(IBM, "100", bid="99.80", ask="100.20")

    assert RULE.check(desk.facts(sell(stop=stop))).passed is passed


@pytest.mark.parametrize(("limit", "passed"), [("104.99", False), ("105.00", True), ("105.01", True)])
def test_the_limit_of_a_buy_is_at_its_stop_or_above(desk: Desk, limit: str, passed: bool) -> None:
    assert RULE.check(desk.facts(buy(stop="105", limit=limit))).passed is passed


@pytest.mark.parametrize(("limit", "passed"), [("95.01", False), ("95.00", True), ("94.99", True)])
def test_the_limit_of_a_sell_is_at_its_stop_or_below(desk: Desk, limit: str, passed: bool) -> None:
    assert RULE.check(desk.facts(sell(stop="95", limit=limit))).passed is passed


def test_a_stop_that_only_reduces_is_judged_as_well(desk: Desk) -> None:
    desk.hold(buy("10"))

    assert desk.gate(RULE).check(sell("10", stop="105"), desk.state).failed == ("stop_validity",)
    assert desk.gate(RULE).check(sell("10", stop="95"), desk.state).failed == ()


def test_it_says_by_how_much_the_worse_of_the_two_is_off(desk: Desk) -> None:
    judged = RULE.check(desk.facts(buy(stop="90", limit="89.50")))

    assert judged == Judgment(Decimal("10.01"), False)
    assert "10.01 off" in RULE.words(Decimal("10.01"), Decimal(0), passed=False)


def test_an_order_without_a_stop_price_has_none_that_is_wrong(desk: Desk) -> None:
    assert RULE.check(desk.facts(buy())) == Judgment(Decimal(0), True)


def test_without_a_quote_it_cannot_judge(desk: Desk) -> None:
    unseen = listed("NEW")
    desk.list(unseen)

    assert RULE.check(desk.facts(buy(stop="1", instrument=unseen))) == Judgment(None, False)


def test_a_leg_that_the_market_has_passed_leaves_all_the_same(desk: Desk) -> None:
    late = replace(sell(stop="105"), parent_id=ClientOrderId("SIM-1-1"))

    assert RULE.check(desk.facts(late)).passed
    assert not RULE.check(desk.facts(sell(stop="105"))).passed
