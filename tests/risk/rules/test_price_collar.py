"""How far a limit price may be through the mark, at the limit and one tick to either side."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.instrument import AssetClass
from oms.domain.order import OrderTicket, Purpose
from oms.domain.risk import Verdict
from risk.findings import findings
from risk.rules.price_collar import PriceCollar
from tests.risk.desk import IBM, Desk, buy, listed, sell

RULE = PriceCollar()
COIN = replace(listed("BTC"), asset_class=AssetClass.CRYPTO)


@pytest.mark.parametrize(("limit", "passed"), [("102.99", True), ("103.00", True), ("103.01", False), ("1", True)])
def test_a_buy_is_at_most_three_percent_above_the_mark(desk: Desk, limit: str, passed: bool) -> None:
    assert RULE.check(desk.facts(buy(limit=limit))).passed is passed


@pytest.mark.parametrize(("limit", "passed"), [("97.01", True), ("97.00", True), ("96.99", False), ("999", True)])
def test_a_sell_is_at_most_three_percent_below_it(desk: Desk, limit: str, passed: bool) -> None:
    assert RULE.check(desk.facts(sell(limit=limit))).passed is passed


@pytest.mark.parametrize(("limit", "passed"), [("105.00", True), ("105.01", False)])
def test_a_coin_has_five_percent(desk: Desk, limit: str, passed: bool) -> None:
    desk.list(COIN)
    desk.quote(COIN, "100")

    assert RULE.check(desk.facts(buy(limit=limit, instrument=COIN))).passed is passed


@pytest.mark.parametrize(("limit", "passed"), [("123.60", True), ("123.61", False)])
def test_a_stop_limit_order_is_held_against_its_stop(desk: Desk, limit: str, passed: bool) -> None:
    assert RULE.check(desk.facts(buy(stop="120", limit=limit))).passed is passed


@pytest.mark.parametrize(
    ("last", "wish", "nearest"),
    [
        ("100.01", buy(limit="110"), "103.01"),  # of 103.0103
        ("100.01", sell(limit="90"), "97.01"),  # of 97.0097
        ("100.00", sell(limit="90"), "97.00"),
    ],
)
def test_the_denial_names_the_nearest_price_that_would_pass(
    desk: Desk, last: str, wish: OrderTicket, nearest: str
) -> None:
    desk.quote(IBM, last)
    gate = desk.gate(RULE)

    decision = gate.check(wish, desk.state)
    (found,) = findings(decision, gate.limits())
    again = gate.check(replace(wish, limit_px=Decimal(nearest)), desk.state)

    assert (found.verdict, found.limit) == (Verdict.DENY, Decimal(nearest))
    assert found.text.endswith(f"{Decimal(nearest).normalize():f} is the nearest that passes")
    assert again.failed == ()


def test_what_it_passes_is_said_without_a_price_to_go_to(desk: Desk) -> None:
    gate = desk.gate(RULE)

    (found,) = findings(gate.check(buy(limit="99.50"), desk.state), gate.limits())

    assert found.text == "limit price 99.5 is within the collar"
    assert gate.check(buy(limit="99.50"), desk.state).facts.collar_px is None


@pytest.mark.parametrize(("limit", "failed"), [("97.00", ()), ("96.99", ("price_collar",)), ("10", ("price_collar",))])
@pytest.mark.parametrize("reduce_only", [True, False])
def test_a_hand_slips_no_less_when_it_closes(
    desk: Desk, limit: str, failed: tuple[str, ...], *, reduce_only: bool
) -> None:
    desk.hold(buy("10"))

    assert desk.gate(RULE).check(sell("10", limit=limit, reduce_only=reduce_only), desk.state).failed == failed


def test_who_is_denied_may_still_leave_at_the_market_and_at_the_price_that_is_named(desk: Desk) -> None:
    desk.hold(buy("10"))
    gate = desk.gate(RULE)
    denied = gate.check(sell("10", limit="10"), desk.state)

    assert denied.facts.collar_px == Decimal(97)
    assert gate.check(sell("10", limit="97"), desk.state).failed == ()
    assert gate.check(sell("10"), desk.state).failed == ()


def test_what_protects_trades_at_whatever_its_limit_says(desk: Desk) -> None:
    desk.hold(buy("10"))
    stop = replace(sell("10", stop="95", limit="10"), purpose=Purpose.PROTECT)

    assert desk.gate(RULE).check(stop, desk.state).failed == ()
    assert desk.gate(RULE).check(replace(stop, purpose=Purpose.CLOSE), desk.state).failed == ("price_collar",)


def test_a_target_that_the_market_has_passed_leaves_and_one_that_is_changed_is_judged(desk: Desk) -> None:
    """As made with its parent: bought at 80 with a target of 90, and the market is at 100."""
    parent = desk.send(buy("10"))
    desk.fill(parent, "80")
    target = replace(sell("10", limit="90"), purpose=Purpose.CLOSE, parent_id=parent)
    gate = desk.gate(RULE)
    assert gate.check(target, desk.state).failed == ()
    order = desk.state.blotter.orders[desk.send(target)]

    assert gate.check_change(order, replace(target, limit_px=Decimal("10.4")), desk.state).failed == ("price_collar",)
    assert gate.check_change(order, replace(target, limit_px=Decimal("110")), desk.state).failed == ()
    assert gate.check_change(order, replace(target, quantity=Decimal(5)), desk.state).failed == ()


def test_a_market_order_takes_what_it_meets(desk: Desk) -> None:
    assert RULE.check(desk.facts(buy())).observed is None
    assert RULE.check(desk.facts(buy())).passed


def test_a_number_that_is_none_cannot_be_judged(desk: Desk) -> None:
    judged = RULE.check(desk.facts(buy(limit="NaN")))

    assert (judged.observed, judged.passed) == (None, False)
    assert RULE.nearest_px(desk.facts(buy(limit="NaN"))) is None


@pytest.mark.parametrize("option", ["limit", "crypto_limit"])
def test_a_collar_that_is_none_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match=rf"^\[risk.price_collar\] {option} must be a number above 0"):
        PriceCollar(**{option: Decimal(0)})
