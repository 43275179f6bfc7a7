"""What an exit by hand may be for: what its strategy holds, less what other exits of its kind stand for."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderTicket, Purpose, TimeInForce
from oms.domain.risk import ExitRoom, RiskDecision, Verdict
from oms.ports import Headroom
from risk.engine import RiskManager
from risk.findings import findings
from risk.rules.max_position import MaxPosition
from risk.rules.short_sale import ShortSale
from risk.rules.trading_state import TradingStateRule
from tests.risk.desk import MEAN, TREND, Desk, buy, sell

PROTECTED = buy("10")


def stop(quantity: str, px: str = "90") -> OrderTicket:
    """Return a stop as the form marks it."""
    return replace(sell(quantity, stop=px, reduce_only=True, tif=TimeInForce.GTC), purpose=Purpose.PROTECT)


def target(quantity: str, px: str = "110") -> OrderTicket:
    """Return a limit that gives back as the form marks it."""
    return replace(sell(quantity, limit=px, reduce_only=True, tif=TimeInForce.GTC), purpose=Purpose.CLOSE)


def bracketed(desk: Desk, *, stop_px: str | None = "95", target_px: str | None = None) -> None:
    """Hold 10 with legs that work."""
    px = Decimal(stop_px) if stop_px is not None else None
    gain = Decimal(target_px) if target_px is not None else None
    parent = desk.send(replace(buy("10"), protect_px=px, target_px=gain))
    desk.fill(parent, "100")
    for leg, purpose in ((sell("10", stop=stop_px), Purpose.PROTECT), (sell("10", limit=target_px), Purpose.CLOSE)):
        if leg.stop_px is not None or leg.limit_px is not None:
            desk.send(replace(leg, purpose=purpose, parent_id=parent))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def gate(desk: Desk) -> RiskManager:
    made = desk.gate(TradingStateRule(), ShortSale(allow=False), MaxPosition(limit=Decimal(1)))
    desk.apply(ev.LimitsSet(number=1, limits=made.limits()))
    return made


def said(decision: RiskDecision, gate: RiskManager) -> list[str]:
    """Return the words of what denies."""
    return [one.text for one in findings(decision, gate.limits()) if one.verdict is Verdict.DENY]


def test_a_second_stop_for_the_same_shares_is_denied_in_words(desk: Desk, gate: RiskManager) -> None:
    bracketed(desk)

    denied = gate.check(stop("10"), desk.state)

    assert denied.failed == ("reduce_only",)
    assert denied.facts.exit_room == ExitRoom(
        held_qty=Decimal(10), taken_qty=Decimal(10), taken_by=ClientOrderId("SIM-1-2"), orders=1, is_stop=True
    )
    assert said(denied, gate) == ["stop 2 already stands for 10 of 10: change that one"]
    assert gate.headroom(stop("1"), desk.state) == Headroom(Decimal(0), "reduce_only")


def test_what_no_other_stands_for_has_room(desk: Desk, gate: RiskManager) -> None:
    desk.hold(buy("10"))
    desk.send(stop("6"))

    assert gate.check(stop("4", "89"), desk.state).failed == ()
    assert said(gate.check(stop("5", "89"), desk.state), gate) == ["stop 2 already stands for 6 of 10: 4 are left"]
    assert gate.headroom(stop("9", "89"), desk.state) == Headroom(Decimal(4), "reduce_only")


def test_several_stops_are_counted_and_what_they_come_to(desk: Desk, gate: RiskManager) -> None:
    bracketed(desk)
    desk.hold(buy("10"))
    desk.send(stop("6", "92"))
    two = "2 stops already stand for 16 of 20"
    assert said(gate.check(stop("5", "91"), desk.state), gate) == [f"{two}: 4 are left"]

    desk.send(stop("3", "91"))
    assert said(gate.check(stop("2", "90"), desk.state), gate) == ["3 stops already stand for 19 of 20: 1 is left"]

    desk.send(stop("1", "91"))
    four = "4 stops already stand for 20 of 20"
    assert said(gate.check(stop("1", "90"), desk.state), gate) == [f"{four}: change one, stop 2 is the first"]


def test_a_stop_and_a_target_may_stand_for_the_same_shares(desk: Desk, gate: RiskManager) -> None:
    bracketed(desk)

    assert gate.check(target("10"), desk.state).failed == ()

    desk.send(target("10"))
    assert said(gate.check(target("1"), desk.state), gate) == ["target 3 already stands for 10 of 10: change that one"]


def test_a_bracket_counts_once_in_each_kind(desk: Desk, gate: RiskManager) -> None:
    bracketed(desk, target_px="120")
    desk.hold(buy("5"))

    assert gate.headroom(stop("1"), desk.state).quantity == 5
    assert gate.headroom(target("1"), desk.state).quantity == 5


def test_what_is_larger_than_what_is_held_says_how_much_that_is(desk: Desk, gate: RiskManager) -> None:
    desk.hold(buy("10"))

    denied = gate.check(replace(stop("12"), reduce_only=False), desk.state)

    assert denied.failed == ("short_sale", "reduce_only")
    assert said(denied, gate)[1] == "it may only reduce, and would open: at most 10 can be given back"


def test_a_market_order_may_take_everything(desk: Desk, gate: RiskManager) -> None:
    bracketed(desk)
    desk.send(target("10"))

    assert gate.check(sell("10"), desk.state).failed == ()
    assert gate.check(sell("10", reduce_only=True), desk.state).failed == ()
    assert gate.check(sell("10", limit="99", tif=TimeInForce.IOC), desk.state).failed == ()
    assert gate.check(sell("11"), desk.state).failed == ("short_sale",)


def test_what_rests_and_may_open_counts_the_exits_as_gone_before_it(desk: Desk, gate: RiskManager) -> None:
    bracketed(desk, target_px="120")

    denied = gate.check(sell("10", limit="110"), desk.state)

    assert denied.failed == ("short_sale",)
    assert said(denied, gate) == ["10 would be short"]
    assert desk.facts(sell("10", limit="110")).opening_qty == 10
    assert desk.facts(sell("10", limit="110")).leavable_qty == 0


def test_the_exits_of_one_strategy_are_not_in_the_way_of_another(desk: Desk, gate: RiskManager) -> None:
    bracketed(desk)
    desk.hold(buy("10", strategy=MEAN))

    assert gate.check(sell("10", limit="110", strategy=MEAN), desk.state).failed == ()
    assert gate.check(replace(stop("10"), strategy_id=MEAN), desk.state).failed == ()


def test_an_exit_is_no_larger_than_the_account_holds_where_the_venue_is_told(desk: Desk, gate: RiskManager) -> None:
    desk.hold(buy("10"))
    desk.hold(sell("4", strategy=MEAN))

    assert gate.check(stop("7"), desk.state).failed[-1] == "reduce_only"
    assert gate.check(stop("6"), desk.state).failed == ()
    assert gate.check(replace(stop("10"), reduce_only=False), desk.state).failed == ()


def untold(quantity: str, px: str = "110") -> OrderTicket:
    """Return a limit that gives back of which the venue is not told that it does."""
    return replace(target(quantity, px), reduce_only=False)


def test_two_limits_beyond_the_accounts_net_have_the_room_of_one_share(desk: Desk) -> None:
    gate = desk.gate(TradingStateRule(), ShortSale(allow=True), MaxPosition(limit=Decimal(1)))
    desk.apply(ev.LimitsSet(number=1, limits=gate.limits()))
    desk.hold(buy("10"))
    desk.hold(sell("8", strategy=MEAN))

    assert gate.check(untold("10"), desk.state).failed == ()
    assert gate.headroom(untold("99"), desk.state) == Headroom(Decimal(10), "reduce_only")
    assert said(gate.check(untold("11"), desk.state), gate) == [
        "it may only reduce, and would open: at most 10 can be given back"
    ]

    desk.send(untold("6"))

    assert said(gate.check(untold("5", "111"), desk.state), gate) == ["target 3 already stands for 6 of 10: 4 are left"]
    assert gate.headroom(untold("99"), desk.state) == Headroom(Decimal(4), "reduce_only")
    assert gate.check(replace(stop("10"), reduce_only=False), desk.state).failed == ()


def test_what_a_limit_gives_back_beyond_the_accounts_net_is_judged_as_the_opening_that_it_is(
    desk: Desk, gate: RiskManager
) -> None:
    """As a bracket's target is; a stop, which ends a loss, is not."""
    desk.hold(buy("10"))
    desk.hold(sell("8", strategy=MEAN))

    assert said(gate.check(untold("10"), desk.state), gate) == ["8 would be short"]
    assert gate.headroom(untold("10"), desk.state) == Headroom(Decimal(2), "short_sale")
    assert gate.check(untold("2"), desk.state).failed == ()
    assert gate.check(replace(stop("10"), reduce_only=False), desk.state).failed == ()


def test_what_waits_for_the_close_is_no_exit_at_the_market(desk: Desk, gate: RiskManager) -> None:
    desk.hold(buy("10"))
    desk.hold(sell("10", strategy=MEAN))
    at_market = replace(sell("10"), purpose=Purpose.CLOSE)

    assert gate.check(at_market, desk.state).failed == ()
    assert gate.check(replace(at_market, tif=TimeInForce.AT_THE_CLOSE), desk.state).failed == ("short_sale",)


def test_an_exit_is_no_opening_in_a_market_that_only_reduces(desk: Desk, gate: RiskManager) -> None:
    desk.hold(buy("10"))
    desk.reduce()

    assert gate.check(stop("10"), desk.state).failed == ()
    assert "reduce_only" in gate.check(stop("11"), desk.state).failed


def test_a_new_stop_does_not_pass_a_halt_and_a_change_of_one_does(desk: Desk, gate: RiskManager) -> None:
    desk.hold(buy("10"))
    order = working(desk, stop("10"))
    desk.halt()

    assert gate.check(stop("1"), desk.state).failed[0] == "trading_state"
    assert gate.check_change(order, replace(order.ticket, quantity=Decimal(6)), desk.state).failed == ()
    assert gate.check_change(order, replace(order.ticket, stop_px=Decimal(95)), desk.state).failed == ()
    larger = gate.check_change(order, replace(order.ticket, quantity=Decimal(11)), desk.state)
    assert set(larger.failed) == {"trading_state", "short_sale", "reduce_only"}


def test_a_change_does_not_count_the_order_itself(desk: Desk, gate: RiskManager) -> None:
    desk.hold(buy("10"))
    order = working(desk, stop("6"))

    assert gate.check_change(order, replace(order.ticket, quantity=Decimal(10)), desk.state).failed == ()
    assert gate.headroom_of_change(order, order.ticket, desk.state).quantity == 10


def test_what_only_becomes_smaller_passes_though_it_is_still_too_much(desk: Desk, gate: RiskManager) -> None:
    desk.hold(buy("10"))
    order = working(desk, stop("10"))
    desk.hold(sell("6"))

    assert gate.check_change(order, replace(order.ticket, quantity=Decimal(8)), desk.state).failed == ()
    assert gate.check_change(order, replace(order.ticket, stop_px=Decimal(95)), desk.state).failed != ()


def test_an_order_that_is_already_on_its_way_to_close_leaves_less_for_an_exit(desk: Desk, gate: RiskManager) -> None:
    desk.hold(buy("10"))
    desk.send(sell("4"))

    assert gate.headroom(stop("1"), desk.state).quantity == 6
    assert desk.facts(stop("1")).key.strategy_id == TREND


def test_a_number_that_is_none_makes_no_error(desk: Desk, gate: RiskManager) -> None:
    desk.hold(buy("10"))

    denied = gate.check(replace(stop("1"), quantity=Decimal("NaN")), desk.state)

    assert denied.verdict is Verdict.DENY
    assert desk.facts(replace(stop("1"), quantity=Decimal("NaN"), reduce_only=False)).goes_beyond is False


def working(desk: Desk, wish: OrderTicket) -> Order:
    """Return an order that works."""
    order_id = desk.send(wish)
    desk.apply(oev.OrderAccepted(client_order_id=order_id))
    return desk.state.blotter.orders[order_id]
