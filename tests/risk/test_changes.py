"""A change is judged as the difference it makes, and what may only reduce never opens."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.fees import PerShareFee, TieredFee
from oms.domain.order import OrderTicket
from oms.domain.risk import Verdict
from oms.domain.units import LARGEST
from risk.catalog import build_rules
from risk.findings import findings
from risk.rulebook import REDUCE_ONLY
from risk.rules.buying_power import BuyingPower
from risk.rules.max_order_value import MaxOrderValue
from risk.rules.max_position import MaxPosition
from tests.risk.desk import Desk, buy, sell

RULES = build_rules({"max_position": {"limit": Decimal(1)}, "max_order_value": {"limit": Decimal(1_000_000)}})
RISING = TieredFee(tiers=((Decimal(0), Decimal("0.01")), (Decimal(10), Decimal("0.05"))))
ONE_MINIMUM = PerShareFee(rate=Decimal("0.01"), minimum=Decimal(1))


def failed(desk: Desk, wish: OrderTicket, **terms: str) -> tuple[str, ...]:
    """Send a ticket, and return what denies its change."""
    order = desk.state.blotter.orders[desk.send(wish)]
    ticket = replace(wish, **{name: Decimal(value) for name, value in terms.items()})
    return desk.gate(*RULES).check_change(order, ticket, desk.state).failed


@pytest.mark.parametrize(("quantity", "denied"), [("998", ()), ("1000", ()), ("1001", ("max_position",))])
def test_what_an_order_reserves_is_there_for_its_change(desk: Desk, quantity: str, denied: tuple[str, ...]) -> None:
    """The order alone takes nine tenths of the account; beside its own reservation no larger one would pass."""
    assert failed(desk, buy("900", limit="100"), quantity=quantity)[:1] == denied


def test_a_dearer_price_is_judged_like_any(desk: Desk) -> None:
    assert failed(desk, buy("900", limit="100"), limit_px="104") == ("price_collar",)
    assert failed(desk, buy("100", limit="99"), limit_px="100") == ()


def test_what_only_shrinks_passes_whatever_may_not_open(desk: Desk) -> None:
    desk.send(buy("100", limit="99"))
    desk.reduce()

    assert failed(desk, buy("200", limit="99"), quantity="100") == ()
    assert failed(desk, buy("200", limit="99"), limit_px="98") == ("trading_state",)
    assert failed(desk, buy("200", limit="99"), quantity="0.5") == ("increments",)


def test_a_change_back_is_no_repetition(desk: Desk) -> None:
    wish = buy("10", limit="99")
    desk.send(wish)

    assert failed(desk, replace(wish, quantity=Decimal(11)), quantity="10", limit_px="99.50") == ()
    assert failed(desk, replace(wish, limit_px=Decimal(98)), limit_px="99") == ()


def test_judging_a_change_leaves_the_state_as_it_was(desk: Desk) -> None:
    order = desk.state.blotter.orders[desk.send(buy("900", limit="100"))]
    before, reserved = desk.state.digest(), dict(desk.state.blotter.reserved)
    gate = desk.gate(*RULES)
    larger = replace(order.ticket, quantity=Decimal(950))
    gate.check_change(order, larger, desk.state)

    room = gate.headroom_of_change(order, larger, desk.state)
    assert (desk.state.digest(), desk.state.blotter.reserved) == (before, reserved)
    assert (room.quantity, room.rule) == (Decimal(1000), "max_position")


def test_of_a_half_filled_order_only_the_rest_is_judged(desk: Desk) -> None:
    order_id = desk.send(buy("100", limit="100"))
    desk.fill(order_id, "100", Decimal(60))
    order = desk.state.blotter.orders[order_id]
    gate = desk.gate(MaxPosition(limit=Decimal("0.12")), MaxOrderValue())

    def denied(quantity: str) -> tuple[str, ...]:
        return gate.check_change(order, replace(order.ticket, quantity=Decimal(quantity)), desk.state).failed

    assert (denied("120"), denied("121")) == ((), ("max_position",))


@pytest.mark.parametrize(
    ("fees", "fee", "room"), [(RISING, "0.50", 19), (ONE_MINIMUM, "0", 20)], ids=["rising tiers", "a minimum"]
)
def test_a_change_pays_what_the_fee_of_the_order_grows_by(fees: TieredFee | PerShareFee, fee: str, room: int) -> None:
    """Ten have traded and paid; another ten cost 1,000 of the 1,000.20 that are free, and what the fee grows by."""
    desk = Desk(cash="2000.20")
    desk.fees = fees
    order_id = desk.send(buy("15", limit="100"))
    desk.fill(order_id, "100", Decimal(10))
    order = desk.state.blotter.orders[order_id]
    gate = desk.gate(BuyingPower())
    larger = replace(order.ticket, quantity=Decimal(20))

    (missing,) = gate.check_change(order, larger, desk.state).observed
    assert missing == Decimal(fee) - Decimal("0.20")
    assert gate.headroom_of_change(order, larger, desk.state).quantity == room


@pytest.mark.parametrize(("quantity", "passes"), [("9", True), ("10", True), ("11", False)])
def test_what_may_only_reduce_is_at_most_what_is_held(desk: Desk, quantity: str, passes: bool) -> None:
    desk.hold(buy("10"))
    gate = desk.gate(*RULES)

    decision = gate.check(sell(quantity, reduce_only=True), desk.state)

    assert (REDUCE_ONLY not in decision.failed) is passes
    assert gate.headroom(sell("99", reduce_only=True), desk.state).quantity == 10


def test_what_already_works_against_a_position_is_no_more_to_be_reduced(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.send(sell("6", limit="110"))
    gate = desk.gate(MaxOrderValue(limit=LARGEST))

    assert gate.check(sell("4", reduce_only=True), desk.state).failed == ()
    denied = gate.check(sell("5", reduce_only=True), desk.state)
    assert denied.failed == (REDUCE_ONLY,)
    assert [(found.rule, found.verdict, found.text) for found in findings(denied, gate.limits())][1:] == [
        (REDUCE_ONLY, Verdict.DENY, "it may only reduce, and would open")
    ]
