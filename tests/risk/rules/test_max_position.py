"""One instrument's share of equity, over all strategies and with what already works."""

from decimal import Decimal

import pytest

from oms.domain.order import OrderTicket
from risk.catalog import build_rule
from risk.findings import findings
from risk.rules.max_position import MaxPosition
from tests.risk.desk import AAPL, IBM, MEAN, TREND, Desk, buy, sell

RULE = MaxPosition()  # 5 % of 100,000 at 100 is 50 shares
CAPPED = MaxPosition(limit=Decimal("0.5"), limit_value=Decimal(10_000))  # 500 shares, or 100
SHARED = MaxPosition(limit=Decimal("0.5"), strategy_limit_value=Decimal(2_000))  # 500 shares, 20 of each strategy


def told(desk: Desk, rule: MaxPosition, wish: OrderTicket) -> str:
    """Return what the rule says of a ticket, read from the decision as it is journaled."""
    gate = desk.gate(rule)
    (found,) = findings(gate.check(wish, desk.state), gate.limits())
    return found.text


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


@pytest.mark.parametrize(("quantity", "passed"), [("99", True), ("100", True), ("101", False)])
def test_a_position_is_worth_at_most_its_amount_where_one_is_set(desk: Desk, quantity: str, passed: bool) -> None:
    assert CAPPED.check(desk.facts(buy(quantity))).passed is passed
    assert CAPPED.check(desk.facts(sell(quantity))).passed is passed
    assert CAPPED.headroom(desk.facts(buy("1"))) == 100


def test_the_tighter_of_share_and_amount_binds(desk: Desk) -> None:
    wide = MaxPosition(limit_value=Decimal(10_000))

    assert wide.headroom(desk.facts(buy("1"))) == 50
    assert told(desk, wide, buy("51")) == "position 5.10% of equity is more than 5.00%"
    assert told(desk, CAPPED, buy("101")) == "position 10.10% of equity is more than 10.00%, which is 10,000.00"


@pytest.mark.parametrize(("quantity", "passed"), [("19", True), ("20", True), ("21", False)])
def test_a_strategy_holds_at_most_its_amount_of_an_instrument(desk: Desk, quantity: str, passed: bool) -> None:
    desk.hold(buy("40", strategy=MEAN))

    assert SHARED.check(desk.facts(buy(quantity, strategy=TREND))).passed is passed
    assert SHARED.headroom(desk.facts(buy("1", strategy=TREND))) == 20


def test_what_a_strategy_holds_and_has_working_counts_and_what_is_beside(desk: Desk) -> None:
    desk.hold(buy("5"))
    desk.send(buy("6"))
    desk.send(sell("3"))  # it may not fill
    desk.hold(buy("20", instrument=AAPL))  # another instrument has its own

    assert SHARED.headroom(desk.facts(buy("1"))) == 9
    assert SHARED.headroom(desk.facts(buy("1"), buy("4"), buy("2", strategy=MEAN))) == 5
    assert SHARED.check(desk.facts(buy("9"))).passed
    assert not SHARED.check(desk.facts(buy("9"), buy("1"))).passed


def test_a_strategy_that_goes_back_through_zero_is_judged_by_what_it_leads_to(desk: Desk) -> None:
    desk.hold(sell("20"))

    assert SHARED.check(desk.facts(buy("40"))).passed
    assert not SHARED.check(desk.facts(buy("41"))).passed


def test_what_a_strategy_has_too_much_of_is_said_with_its_amount(desk: Desk) -> None:
    assert told(desk, SHARED, buy("21")) == (
        "the strategy's own position would be worth more than 2,000.00; in all it is 2.10% of equity"
    )
    assert told(desk, SHARED, buy("501")) == "position 50.10% of equity is more than 50.00%"
    assert told(desk, SHARED, buy("20")) == "position 2.00% of equity of at most 50.00%"


def test_the_gauge_shows_the_amount_that_is_used_most(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.hold(sell("15", strategy=MEAN))

    capped, shared = CAPPED.gauge(desk.state), SHARED.gauge(desk.state)

    assert capped is not None
    assert shared is not None
    assert (capped.observed, capped.limit, capped.used_frac) == (Decimal("0.005"), Decimal("0.1"), Decimal("0.05"))
    assert (shared.observed, shared.limit, shared.used_frac) == (Decimal("0.015"), Decimal("0.02"), Decimal("0.75"))


def test_amounts_stand_in_the_limits_table_only_where_they_are_set() -> None:
    assert RULE.row().options == {"limit": "0.05"}
    for rule in (CAPPED, SHARED):
        assert build_rule("max_position", rule.row().options) == rule


@pytest.mark.parametrize("option", ["limit_value", "strategy_limit_value"])
@pytest.mark.parametrize("value", [0, -1, Decimal("NaN"), 10**13])
def test_an_amount_that_is_none_is_refused(option: str, value: Decimal) -> None:
    with pytest.raises(ValueError, match=rf"^\[risk\.max_position\] {option} must be a number above 0"):
        build_rule("max_position", {option: value})
