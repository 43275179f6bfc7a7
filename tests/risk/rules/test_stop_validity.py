"""A stop price beyond the quote, at the last tick that counts and one to either side."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderTicket
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
    assert "wrong by 10.01" in RULE.words(Decimal("10.01"), Decimal(0), passed=False)


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


@pytest.mark.parametrize(
    ("entry", "protect", "passed"),
    [
        (buy(), "99.79", True),
        (buy(), "99.80", False),  # at the bid, where it would be sold at once
        (buy(limit="104"), "99.79", True),  # it fills at the ask
        (buy(limit="104"), "101", False),
        (buy(limit="90"), "89.99", True),
        (buy(limit="90"), "90", False),
        (buy(limit="100"), "99.79", True),
        (buy(limit="100"), "99.80", False),  # it waits between bid and ask
        (buy(stop="105"), "104.99", True),  # where the bid is by then nobody knows
        (buy(stop="105"), "105", False),
        (buy(stop="105", limit="108"), "104.99", True),
        (buy(stop="105", limit="108"), "106", False),  # it may fill from 105 on
        (sell(), "100.21", True),
        (sell(), "100.20", False),
        (sell(limit="96"), "100.21", True),
        (sell(limit="96"), "99", False),
        (sell(stop="95", limit="92"), "94", False),
        (sell(stop="95", limit="92"), "95.01", True),
    ],
)
def test_a_protective_stop_lies_beyond_the_market_and_every_price_at_which_its_entry_may_fill(
    desk: Desk, entry: OrderTicket, protect: str, passed: bool
) -> None:
    desk.quote(IBM, "100", bid="99.80", ask="100.20")
    asked = replace(entry, protect_px=Decimal(protect))

    assert RULE.check(desk.facts(asked)).passed is passed
    assert desk.gate(RULE).check(asked, desk.state).failed == (() if passed else ("stop_validity",))


@pytest.mark.parametrize(("length", "passed"), [("0.40", False), ("0.41", True)])
@pytest.mark.parametrize("entry", [buy(), buy(limit="104"), sell(), sell(limit="96")])
def test_a_protective_stop_that_trails_begins_outside_the_spread(
    desk: Desk, entry: OrderTicket, length: str, passed: bool
) -> None:
    desk.quote(IBM, "100", bid="99.80", ask="100.20")

    assert RULE.check(desk.facts(replace(entry, trail_by=Decimal(length)))).passed is passed


def test_it_says_by_how_much_a_protective_stop_is_off(desk: Desk) -> None:
    desk.quote(IBM, "100", bid="99.80", ask="100.20")
    judged = RULE.check(desk.facts(replace(buy(limit="104"), protect_px=Decimal("101"))))

    assert judged == Judgment(Decimal("1.21"), False)
    assert "a protective stop beyond entry and market" in RULE.words(Decimal("1.21"), Decimal(0), passed=False)


def test_a_protective_stop_that_is_right_leaves_what_was_observed_of_the_order_as_it_was(desk: Desk) -> None:
    asked = replace(buy(stop="105"), protect_px=Decimal("104"))

    assert RULE.check(desk.facts(asked)) == RULE.check(desk.facts(buy(stop="105")))


def test_whether_a_protective_stop_is_right_cannot_be_judged_without_a_quote(desk: Desk) -> None:
    unseen = listed("NEW")
    desk.list(unseen)
    asked = replace(buy(limit="100", instrument=unseen), protect_px=Decimal("98"))

    assert RULE.check(desk.facts(asked)) == Judgment(None, False)


def test_a_change_of_an_entry_is_not_asked_where_its_protective_stop_was_put_once(desk: Desk) -> None:
    old = replace(buy(limit="90"), protect_px=Decimal("89"))
    order = desk.state.blotter.orders[desk.send(old)]
    desk.quote(IBM, "88", bid="87.80", ask="88.20")

    assert desk.gate(RULE).check_change(order, replace(old, quantity=Decimal(5)), desk.state).failed == ()
