"""Stops by hand that made way for a flatten: they come back where the close comes to nothing, at the venue or here."""

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, short_id
from oms.domain.order import OrderFlag, OrderStatus, OrderType, Purpose, Side, TimeInForce
from oms.domain.report import ExecType
from oms.exits import as_exit
from oms.invariants import broken
from tests.oms.examples import SIM, Core, D, folded, kinds, quote, said, ticket, traded
from tests.oms.test_aside import ANN, FLATTEN, HALT, hold, taken_down, working


def with_a_stop_by_hand(core: Core) -> ClientOrderId:
    """Hold AAPL with a stop that somebody typed, and return that."""
    hold(core, "10")
    wish = replace(ticket("10", Side.SELL), order_type=OrderType.STOP_MARKET, stop_px=D(140), tif=TimeInForce.GTC)
    stop = core.submit(replace(wish, purpose=Purpose.PROTECT))
    core.put(said(ExecType.NEW, stop, side=Side.SELL))
    return stop


def test_a_stop_by_hand_that_made_way_comes_back_for_what_is_left() -> None:
    core = Core()
    closing = taken_down(core, [with_a_stop_by_hand(core)])
    core.put(traded("4", order_id=closing, exec_id="X-part", side=Side.SELL))
    core.put(said(ExecType.CANCELED, closing, side=Side.SELL))

    assert working(core) == [(Purpose.PROTECT, 6)]
    assert [stop.stop_px for stop in core.state.brackets.protection(next(iter(core.state.ledger.open)))] == [140]
    assert not core.state.brackets.legs.owed
    assert folded(core.durable).digest() == core.state.digest()


def test_a_stop_by_hand_comes_back_when_trading_goes_on_because_nobody_approved_it_for_a_halt() -> None:
    core = Core()
    stop = with_a_stop_by_hand(core)
    core.put(HALT)
    core.put(said(ExecType.REJECTED, taken_down(core, [stop]), side=Side.SELL))
    assert working(core) == []
    core.put(do.ResumeTrading(actor=ANN))

    assert working(core) == [(Purpose.PROTECT, 10)]


def test_a_stop_by_hand_comes_back_where_the_flatten_went_no_further() -> None:
    core = Core()
    stop = with_a_stop_by_hand(core)
    core.put(FLATTEN)
    core.put(said(ExecType.CANCELED, stop, side=Side.SELL))
    core.put(do.RenewProtection(actor="session"))
    core.put(do.RenewProtection(actor="session"))

    assert working(core) == [(Purpose.PROTECT, 10)]


def test_a_stop_by_hand_is_not_made_again_for_another_position_than_it_was_for() -> None:
    core = Core()
    closing = taken_down(core, [with_a_stop_by_hand(core)])
    core.put(traded("10", order_id=closing, exec_id="X-all", side=Side.SELL))
    assert not core.state.brackets.legs.aside
    hold(core, "5")
    core.put(do.RenewProtection(actor="session"))

    assert working(core) == []


def test_a_stop_that_somebody_typed_anew_meanwhile_is_not_doubled() -> None:
    core = Core()
    stop = with_a_stop_by_hand(core)
    core.put(FLATTEN)
    core.put(said(ExecType.CANCELED, stop, side=Side.SELL))
    again = core.submit(core.order(stop).ticket)
    core.put(said(ExecType.NEW, again, side=Side.SELL))
    core.put(do.RenewProtection(actor="session"))

    assert working(core) == [(Purpose.PROTECT, 10)]


def refused(core: Core, end: ExecType = ExecType.REJECTED) -> ClientOrderId:
    """Let a flatten come to nothing and the venue refuse the stop that comes back; return what stands now."""
    closing = taken_down(core, [with_a_stop_by_hand(core)])
    core.put(said(ExecType.CANCELED, closing, side=Side.SELL))
    again = list(core.state.blotter.orders)[-1]
    core.put(said(end, again, side=Side.SELL, text="no stops today"))
    return list(core.state.blotter.orders)[-1]


def test_a_stop_by_hand_that_the_venue_does_not_take_back_is_held_here() -> None:
    core = Core()
    held = refused(core)

    order, before = core.order(held), list(core.state.blotter.orders.values())[-2]
    assert (order.status, order.ticket.stop_px, order.leaves_qty) == (OrderStatus.HELD, D(140), D(10))
    assert order.text == f"soft: stop {short_id(before.client_order_id)} is REJECTED"
    assert (before.status, before.flags) == (OrderStatus.REJECTED, (OrderFlag.SOFT,))
    assert before.text == "it is REJECTED: no stops today; it is held here now"
    (stop,) = core.state.brackets.protection(next(iter(core.state.ledger.open)))
    assert (stop.stop_px, stop.quantity, stop.at_venue) == (D(140), D(10), False)
    assert not core.state.brackets.legs.owed
    assert folded(core.durable).digest() == core.state.digest()


@pytest.mark.parametrize("halted", [False, True])
def test_what_is_held_so_leaves_when_a_price_touches_it_also_in_a_stop_of_trading(halted: bool) -> None:
    core = Core()
    held = refused(core)
    if halted:
        core.put(HALT)
    assert kinds(core.put(quote("141", ts=core.now + 1))) == ["MarketMoved"]
    core.put(quote("139", ts=core.now + 1))

    order = core.order(held)
    assert (order.status, order.ticket.order_type) == (OrderStatus.SUBMITTED, OrderType.MARKET)
    assert order.ticket.passes_stop
    core.put(traded("10", order_id=held, exec_id="X-stop", side=Side.SELL))
    assert not core.state.ledger.open
    assert not core.state.blotter.open
    assert not list(broken(core.state))
    assert folded(core.durable).digest() == core.state.digest()


def test_what_is_held_so_follows_its_position() -> None:
    core = Core()
    held = refused(core)
    core.put(traded("4", order_id=core.submit(ticket("4", Side.SELL)), exec_id="X-less", side=Side.SELL))
    assert core.order(held).leaves_qty == 6
    core.put(traded("6", order_id=core.submit(ticket("6", Side.SELL)), exec_id="X-none", side=Side.SELL))

    assert core.order(held).status is OrderStatus.CANCELED
    legs = core.state.brackets.legs
    assert not any((legs.held, legs.soft, legs.waived, legs.aside, legs.owed, legs.renewed, legs.watched))


def test_what_is_held_so_goes_to_the_venue_with_its_link_and_is_held_again_where_that_still_refuses() -> None:
    core = Core()
    held = refused(core)
    assert kinds(core.put(do.ResumeTrading(actor=ANN))) == ["CommandRefused"]
    core.put(do.RenewProtection(actor="session"))
    assert (core.order(held).status, core.order(held).ticket.stop_px) == (OrderStatus.SUBMITTED, D(140))
    core.put(said(ExecType.REJECTED, held, side=Side.SELL))

    last = list(core.state.blotter.orders.values())[-1]
    assert (last.status, last.leaves_qty) == (OrderStatus.HELD, D(10))
    assert OrderFlag.SOFT in core.order(held).flags
    assert folded(core.durable).digest() == core.state.digest()


def test_a_stop_by_hand_whose_venue_is_out_of_reach_comes_back_here() -> None:
    core = Core()
    closing = taken_down(core, [with_a_stop_by_hand(core)])
    core.put(do.BrokerDown(actor="session", broker=SIM, text="cut"))
    core.put(said(ExecType.CANCELED, closing, side=Side.SELL))

    assert list(core.state.blotter.orders.values())[-1].status is OrderStatus.HELD


def test_who_cancels_what_is_held_so_has_it_gone() -> None:
    core = Core()
    core.put(do.CancelOrder(actor=ANN, client_order_id=refused(core)))
    core.put(do.RenewProtection(actor="session"))

    assert not core.state.blotter.open
    assert not core.state.brackets.legs.waived


@pytest.mark.parametrize("end", [ExecType.CANCELED, ExecType.EXPIRED])
def test_a_late_fill_of_a_stop_that_its_venue_dropped_makes_no_second_one(end: ExecType) -> None:
    core = Core()
    stop = with_a_stop_by_hand(core)
    core.put(said(end, stop, side=Side.SELL))
    hold(core, "10")
    core.put(traded("4", order_id=stop, exec_id="X-late", side=Side.SELL))

    assert [(order.status, order.leaves_qty) for order in core.state.blotter.open.values()] == [
        (OrderStatus.HELD, D(10))
    ]
    assert not core.state.brackets.legs.owed


def test_what_is_held_so_makes_way_for_a_flatten_and_comes_back() -> None:
    core = Core()
    held = refused(core)
    core.put(FLATTEN)
    closing = list(core.state.blotter.orders)[-1]
    assert core.order(held).status is OrderStatus.CANCELED
    core.put(said(ExecType.REJECTED, closing, side=Side.SELL))

    assert working(core) == [(Purpose.PROTECT, 10)]


def test_a_stop_with_a_limit_that_the_venue_does_not_take_back_is_held_here_and_leaves_with_it() -> None:
    core = Core()
    hold(core, "10")
    wish = replace(ticket("10", Side.SELL, limit_px="138"), order_type=OrderType.STOP_LIMIT, stop_px=D(140))
    stop = core.submit(replace(wish, purpose=Purpose.PROTECT))
    core.put(said(ExecType.NEW, stop, side=Side.SELL))
    core.put(said(ExecType.CANCELED, taken_down(core, [stop]), side=Side.SELL))
    again = list(core.state.blotter.orders)[-1]
    core.put(said(ExecType.REJECTED, again, side=Side.SELL))
    held = core.order(list(core.state.blotter.orders)[-1])
    assert core.order(again).flags == (OrderFlag.SOFT,)
    assert (held.status, held.ticket.order_type) == (OrderStatus.HELD, OrderType.STOP_LIMIT)

    core.put(quote("140", ts=core.now + 1))
    gone = core.order(held.client_order_id)
    assert (gone.status, gone.ticket.order_type) == (OrderStatus.SUBMITTED, OrderType.LIMIT)
    assert gone.ticket.limit_px == D(138)


@pytest.mark.parametrize("stop_first", [True, False])
def test_what_is_held_so_and_a_sale_that_both_trade_are_flagged_and_given_back(stop_first: bool) -> None:
    core = Core()
    stop = refused(core)
    sale = core.submit(as_exit(ticket("10", Side.SELL), core.state))
    core.put(quote("139", ts=core.now + 1))
    first, second = (stop, sale) if stop_first else (sale, stop)
    core.put(traded("10", order_id=first, exec_id="X-first", side=Side.SELL))
    events = core.put(traded("10", order_id=second, exec_id="X-second", side=Side.SELL))

    assert OrderFlag.TURNED in core.order(second).flags
    (made,) = [event for event in events if isinstance(event, oev.OrderInitialized)]
    assert (made.ticket.side, made.ticket.quantity) == (Side.BUY, D(10))
