"""An order that was lost and comes back: what was asked of it before still holds. And what is somebody else's is never
taken for ours that is wrong."""

from decimal import Decimal

from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderFlag, OrderStatus, OrderType, Purpose, Side, TimeInForce
from oms.domain.report import CancelReject, ExecType, NotFound
from oms.domain.risk import TradingState
from oms.domain.units import SECOND
from tests.oms.examples import AAPL, ORDER, Core, books, quote, said, ticket, traded


def lost(*, refused: bool = False) -> Core:
    """Return a core whose order was to be canceled and then was not found."""
    core = Core()
    core.submit(ticket("100"))
    core.put(do.CancelOrder(actor="ann", client_order_id=ORDER))
    if refused:
        core.put(said(ExecType.NEW))
        core.put(CancelReject(client_order_id=ORDER, ts=core.now, text="too late"))
        core.put(said(ExecType.NEW))
    core.put(NotFound(client_order_id=ORDER, ts=core.now))
    return core


def test_a_cancel_that_was_asked_for_is_asked_for_again_when_the_order_comes_back() -> None:
    core = lost()
    assert core.order().status is OrderStatus.NOT_FOUND
    core.put(said(ExecType.NEW))

    assert (core.order().status, core.order().flags) == (OrderStatus.PENDING_CANCEL, (OrderFlag.FOUND_LATE,))


def test_also_when_it_comes_back_with_a_fill() -> None:
    core = lost()
    core.put(traded("40"))

    assert (core.order().status, core.order().filled_qty) == (OrderStatus.PENDING_CANCEL, Decimal(40))


def test_one_that_nobody_wanted_gone_works_on() -> None:
    core = Core()
    core.submit(ticket("100"))
    core.put(NotFound(client_order_id=ORDER, ts=core.now))
    core.put(said(ExecType.NEW))

    assert core.order().status is OrderStatus.ACCEPTED


def test_a_stop_by_hand_that_was_to_go_goes_when_it_comes_back_and_none_is_made_in_its_place() -> None:
    core = Core()
    core.put(quote("150"))
    core.put(traded("100", order_id=core.submit(ticket("100"))))
    wish = replace(ticket("100", Side.SELL), order_type=OrderType.STOP_MARKET, stop_px=Decimal(145))
    stop = core.submit(replace(wish, purpose=Purpose.PROTECT, tif=TimeInForce.GTC))
    core.put(do.CancelOrder(actor="ann", client_order_id=stop))
    core.put(NotFound(client_order_id=stop, ts=core.now))
    core.put(said(ExecType.NEW, stop, side=Side.SELL))
    assert (core.order(stop).status, core.order(stop).flags) == (OrderStatus.PENDING_CANCEL, (OrderFlag.FOUND_LATE,))
    core.put(said(ExecType.CANCELED, stop, side=Side.SELL))
    core.put(do.RenewProtection(actor="session"))

    assert list(core.state.blotter.orders) == [ORDER, stop]
    assert not core.state.brackets.aside


def test_a_cancel_that_the_venue_has_refused_is_a_wish_no_more() -> None:
    assert lost(refused=True).order().unwanted is False
    assert lost().order().unwanted is True


STOP = ClientOrderId("SIM-1-2")


def found_exit() -> Core:
    """Return a core whose soft stop was touched, was lost on its way to the market, and has come back."""
    market_only = frozenset({OrderType.MARKET, OrderType.LIMIT})
    core = Core(capabilities=Capabilities(knows_at_once=True, order_types=market_only))
    core.put(quote("150"))
    core.submit(replace(ticket("100"), protect_px=Decimal(145)))
    core.put(traded("100"))
    core.put(quote("144"))
    core.put(NotFound(client_order_id=STOP, ts=core.now))
    assert (core.order(STOP).status, core.order().flags) == (OrderStatus.NOT_FOUND, (OrderFlag.UNPROTECTED,))
    core.put(said(ExecType.NEW, STOP, side=Side.SELL))
    return core


def test_a_stop_that_was_found_too_late_and_canceled_leaves_the_position_with_another() -> None:
    """Which waits until it is canceled: the two of them would sell twice what there is."""
    core = found_exit()
    again = ClientOrderId("SIM-1-3")
    assert (core.order(STOP).status, core.order(again).status) == (OrderStatus.PENDING_CANCEL, OrderStatus.HELD)
    core.put(quote("143", ts=core.now + 9 * SECOND))
    assert core.order(again).status is OrderStatus.HELD
    core.put(said(ExecType.CANCELED, STOP, side=Side.SELL))
    core.put(quote("143"))

    (stop,) = core.state.blotter.open.values()
    assert (stop.client_order_id, stop.status, stop.leaves_qty) == (again, OrderStatus.SUBMITTED, Decimal(100))


def test_one_that_was_found_too_late_and_trades_leaves_nothing_for_the_other() -> None:
    core = found_exit()
    core.put(traded("100", "143", STOP, exec_id="X-2", side=Side.SELL))
    core.put(quote("143", ts=core.now + 9 * SECOND))

    assert not core.state.blotter.open
    assert not core.state.ledger.open


def test_a_person_who_cancels_both_has_none_made_again() -> None:
    core = found_exit()
    core.put(do.CancelOrder(actor="ann", client_order_id=ClientOrderId("SIM-1-3")))
    core.put(said(ExecType.CANCELED, STOP, side=Side.SELL))
    core.put(do.RenewProtection(actor="session"))

    assert not core.state.blotter.open


def test_somebody_elses_order_that_has_traded_in_part_works_there_and_is_not_set_aside() -> None:
    core = Core()
    core.put(traded("40", order_id=ClientOrderId("THEIRS-1"), exec_id="X-9"))
    events = core.put(books("94000", {AAPL: "40"}, "THEIRS-1"))

    assert not [event for event in events if isinstance(event, ev.ReportQuarantined)]
    assert [event.client_order_id for event in events if isinstance(event, ev.ForeignOrderSeen)] == ["THEIRS-1"]
    assert core.trading() is TradingState.REDUCING
