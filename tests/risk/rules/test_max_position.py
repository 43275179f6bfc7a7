"""One instrument's share of equity, over all strategies and with what already works."""

from decimal import Decimal

import pytest

from risk.rules.max_position import MaxPosition
from tests.risk.desk import AAPL, IBM, MEAN, Desk, buy, sell

RULE = MaxPosition()  # 5 % of 100,000 at 100 is 50 shares


@pytest.mark.parametrize(("quantity", "passed"), [("49", True), ("50", True), ("51", False)])
def test_a_position_is_at_most_its_share_of_equity(desk: Desk, quantity: str, passed: bool) -> None:
    assert RULE.check(desk.facts(buy(quantity))).passed is passed
    assert RULE.check(desk.facts(sell(quantity))).passed is passed


def test_other_strategies_and_working_orders_count(desk: Desk) -> None:
    desk.hold(buy("20", strategy=MEAN))
    desk.send(buy("10", strategy=MEAN))
    desk.hold(buy("30", instrument=AAPL))  # another instrument does not

    assert RULE.headroom(desk.facts(buy("1"))) == 20
    assert RULE.check(desk.facts(buy("20"))).passed
    assert not RULE.check(desk.facts(buy("21"))).passed


def test_a_working_order_on_the_other_side_makes_no_room(desk: Desk) -> None:
    desk.hold(buy("50"))
    desk.send(sell("50"))

    assert not RULE.check(desk.facts(buy("1"))).passed


def test_an_order_beside_counts_as_working(desk: Desk) -> None:
    facts = desk.facts(buy("30"), buy("21", strategy=MEAN))

    assert not RULE.check(facts).passed
    assert RULE.headroom(facts) == 29
    assert RULE.headroom(desk.facts(buy("30"), buy("21", instrument=AAPL))) == 50  # another instrument does not
    assert RULE.headroom(desk.facts(buy("30"), sell("21"))) == 50  # nor the other side: it may not fill


def test_an_order_that_flips_is_judged_by_what_it_leads_to(desk: Desk) -> None:
    desk.hold(sell("40"))

    assert RULE.check(desk.facts(buy("90"))).passed
    assert not RULE.check(desk.facts(buy("91"))).passed


def test_what_is_held_is_valued_at_the_mark_and_not_at_a_low_limit(desk: Desk) -> None:
    assert not RULE.check(desk.facts(buy("51", limit="1"))).passed
    assert not RULE.check(desk.facts(buy("26", limit="200"))).passed


def test_the_share_is_of_equity_now(desk: Desk) -> None:
    desk.hold(buy("50", instrument=AAPL))
    desk.quote(AAPL, "80")  # 1,000 lost: 5 % of 99,000 is 49 shares

    assert RULE.headroom(desk.facts(buy("1"))) == Decimal("49.5")
    assert RULE.check(desk.facts(buy("49"))).passed
    assert not RULE.check(desk.facts(buy("50"))).passed


def test_an_account_without_equity_opens_nothing(desk: Desk) -> None:
    desk.cash("0")

    assert not RULE.check(desk.facts(buy("1"))).passed


def test_the_gauge_shows_the_largest_position(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.hold(sell("25", instrument=AAPL))
    desk.quote(IBM, "100")

    gauge = RULE.gauge(desk.state)

    assert gauge is not None
    assert (gauge.observed, gauge.used_frac) == (Decimal("0.025"), Decimal("0.5"))
