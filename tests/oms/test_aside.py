"""What makes way for a flatten, and that it comes back where the close comes to nothing."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, InstrumentId
from oms.domain.order import OrderStatus, Purpose, Side, TimeInForce
from oms.domain.report import CancelReject, ExecType
from oms.domain.units import DAY
from tests.oms.examples import AAPL, INSTRUMENTS, START, Core, D, folded, kinds, quote, said, ticket, traded

ANN = "ann"
HALT = do.HaltTrading(actor=ANN, reason="enough")
FLATTEN = do.FlattenPosition(actor=ANN)
IBM = InstrumentId("IBM.XNYS")


def hold(core: Core, quantity: str) -> None:
    """Buy so much of AAPL, which is quoted."""
    core.put(quote("150"))
    order_id = core.submit(ticket(quantity))
    core.put(traded(quantity, order_id=order_id, exec_id=f"X-{order_id}"))


def guarded(core: Core, quantity: str = "10") -> tuple[ClientOrderId, ClientOrderId]:
    """Hold AAPL with a stop and a target that work, and return the two."""
    core.put(quote("150"))
    entry = core.submit(replace(ticket(quantity), protect_px=D(140), target_px=D(170)))
    core.put(traded(quantity, order_id=entry, exec_id="X-entry"))
    stop, target = list(core.state.blotter.orders)[-2:]
    for leg in (stop, target):
        core.put(said(ExecType.NEW, leg, side=Side.SELL))
    return stop, target


def taken_down(core: Core, legs: Sequence[ClientOrderId]) -> ClientOrderId:
    """Flatten until the close is sent, and return it."""
    core.put(FLATTEN)
    for leg in legs:
        core.put(said(ExecType.CANCELED, leg, side=Side.SELL))
    (closing,) = [one.client_order_id for one in core.put(FLATTEN) if isinstance(one, oev.OrderSubmitted)]
    return closing


def working(core: Core) -> list[tuple[Purpose, int]]:
    """Return what is open, as far as it is on its way or works, and of how much."""
    orders = [one for one in core.state.blotter.open.values() if one.status is not OrderStatus.HELD]
    return [(one.ticket.purpose, int(one.leaves_qty)) for one in orders]


def test_what_was_never_quoted_is_not_flattened_and_keeps_its_stop() -> None:
    """No venue closes at a price that there is not, and the stop would be gone by then."""
    core = Core()
    guarded(core)
    core.state = folded(core.durable)
    refused = core.put(FLATTEN)

    assert [event.text for event in refused if isinstance(event, ev.CommandRefused)] == [
        f"there is no price of {AAPL} yet: what is held there stays, and so does what works for it"
    ]
    assert kinds(refused) == ["CommandRefused"]
    core.put(quote("150"))
    assert kinds(core.put(FLATTEN)) == ["OrderPendingCancel", "OrderPendingCancel"]


def test_what_was_never_quoted_holds_up_nothing_else() -> None:
    core = Core()
    hold(core, "10")
    other = core.submit(ticket("10", instrument_id=IBM))
    core.put(traded("10", order_id=other, exec_id="X-ibm", instrument_id=IBM))

    assert kinds(core.put(FLATTEN)) == ["OrderInitialized", "OrderSubmitted", "CommandRefused"]
    core.put(quote("20", instrument=INSTRUMENTS[1]))
    assert kinds(core.put(do.FlattenPosition(actor=ANN, instrument_id=IBM))) == ["OrderInitialized", "OrderSubmitted"]


@pytest.mark.parametrize("end", [ExecType.REJECTED, ExecType.CANCELED, ExecType.EXPIRED])
@pytest.mark.parametrize("halted", [False, True])
def test_a_close_that_comes_to_nothing_brings_back_the_stop_that_made_way_for_it(end: ExecType, halted: bool) -> None:
    core = Core()
    legs = guarded(core)
    if halted:
        core.put(HALT)
    closing = taken_down(core, legs)
    assert working(core) == [(Purpose.CLOSE, 10)]
    core.put(said(end, closing, side=Side.SELL))

    assert working(core) == [(Purpose.PROTECT, 10), *([] if halted else [(Purpose.CLOSE, 10)])]
    assert [stop.stop_px for stop in core.state.brackets.protection(next(iter(core.state.ledger.open)))] == [140]
    assert folded(core.durable).digest() == core.state.digest()


def test_an_order_for_the_auction_is_no_close_that_a_stop_would_wait_for() -> None:
    """It rests until the evening, and the position is open to the market now."""
    core = Core()
    closing = taken_down(core, guarded(core))
    evening = replace(ticket("10", Side.SELL), purpose=Purpose.CLOSE, tif=TimeInForce.AT_THE_CLOSE)
    core.put(said(ExecType.NEW, core.submit(evening), side=Side.SELL))
    core.put(said(ExecType.REJECTED, closing, side=Side.SELL))

    assert (Purpose.PROTECT, 10) in working(core)


def test_the_target_that_made_way_comes_back_when_trading_goes_on() -> None:
    core = Core()
    legs = guarded(core)
    core.put(HALT)
    core.put(said(ExecType.REJECTED, taken_down(core, legs), side=Side.SELL))
    core.put(do.ResumeTrading(actor=ANN))

    assert working(core) == [(Purpose.PROTECT, 10), (Purpose.CLOSE, 10)]


def test_a_close_that_the_gate_denies_brings_back_the_stop() -> None:
    core = Core()
    legs = guarded(core)
    core.put(FLATTEN)
    for leg in legs:
        core.put(said(ExecType.CANCELED, leg, side=Side.SELL))
    core.gate.denies_closing = True
    core.put(FLATTEN)

    assert working(core) == [(Purpose.PROTECT, 10)]


def test_what_a_close_left_over_is_what_the_stop_that_comes_back_is_for() -> None:
    core = Core()
    closing = taken_down(core, guarded(core))
    core.put(traded("4", order_id=closing, exec_id="X-part", side=Side.SELL))
    assert working(core) == [(Purpose.CLOSE, 6)]
    core.put(said(ExecType.EXPIRED, closing, side=Side.SELL, ts=START + DAY))

    assert working(core) == [(Purpose.PROTECT, 6), (Purpose.CLOSE, 6)]


def test_a_close_that_trades_whole_brings_nothing_back() -> None:
    core = Core()
    closing = taken_down(core, guarded(core))
    core.put(traded("10", order_id=closing, exec_id="X-all", side=Side.SELL))

    assert not core.state.ledger.open
    assert not core.state.blotter.open
    assert not core.state.brackets.legs.aside


def test_a_stop_comes_back_also_where_its_cancel_is_confirmed_after_the_close_has_failed() -> None:
    core = Core()
    stop, target = guarded(core)
    order_id = core.submit(replace(ticket("10", Side.SELL), purpose=Purpose.CLOSE))
    core.put(do.FlattenPosition(actor=ANN))
    core.put(said(ExecType.REJECTED, order_id, side=Side.SELL))
    assert working(core) == [(Purpose.PROTECT, 10), (Purpose.CLOSE, 10)]
    core.put(said(ExecType.CANCELED, stop, side=Side.SELL))
    core.put(said(ExecType.CANCELED, target, side=Side.SELL))

    assert working(core) == [(Purpose.PROTECT, 10), (Purpose.CLOSE, 10)]
    assert core.order(stop).is_closed


def test_a_flatten_that_went_no_further_than_its_cancels_is_undone_when_protection_is_renewed() -> None:
    """The program may end between the two steps, or whoever asked may have given up waiting."""
    core = Core()
    legs = guarded(core)
    core.put(FLATTEN)
    for leg in legs:
        core.put(said(ExecType.CANCELED, leg, side=Side.SELL))
    assert working(core) == []
    core.put(do.RenewProtection(actor="session"))

    assert working(core) == [(Purpose.PROTECT, 10), (Purpose.CLOSE, 10)]


def test_what_is_not_canceled_yet_when_a_flatten_is_given_up_comes_back_once_it_is() -> None:
    core = Core()
    stop, target = guarded(core)
    core.put(FLATTEN)
    core.put(do.RenewProtection(actor="session"))
    core.put(do.RenewProtection(actor="session"))
    for leg in (stop, target):
        core.put(said(ExecType.CANCELED, leg, side=Side.SELL))

    assert working(core) == [(Purpose.PROTECT, 10), (Purpose.CLOSE, 10)]
    assert not core.state.brackets.legs.aside
    assert folded(core.durable).digest() == core.state.digest()


def test_a_stop_whose_cancel_the_venue_refused_stands_as_before() -> None:
    core = Core()
    stop, target = guarded(core)
    core.put(FLATTEN)
    core.put(CancelReject(client_order_id=stop, ts=core.now, text="too late"))
    core.put(CancelReject(client_order_id=target, ts=core.now, text="too late"))
    core.put(do.RenewProtection(actor="session"))

    assert not core.state.brackets.legs.aside
    assert [core.order(leg).status for leg in (stop, target)] == [OrderStatus.ACCEPTED] * 2
    core.put(traded("4", order_id=core.submit(ticket("4", Side.SELL)), exec_id="X-less", side=Side.SELL))
    asked = core.order(stop).replacing
    assert asked is not None
    assert asked.quantity == 6


def test_renewing_protection_leaves_a_close_alone_that_is_on_its_way() -> None:
    core = Core()
    taken_down(core, guarded(core))
    core.put(do.RenewProtection(actor="session"))

    assert working(core) == [(Purpose.CLOSE, 10)]


def test_a_stop_that_a_person_canceled_does_not_come_back_with_a_flatten_that_fails() -> None:
    core = Core()
    stop, target = guarded(core)
    core.put(do.CancelOrder(actor=ANN, client_order_id=stop))
    core.put(said(ExecType.CANCELED, stop, side=Side.SELL))
    core.put(said(ExecType.REJECTED, taken_down(core, [target]), side=Side.SELL))

    assert working(core) == [(Purpose.CLOSE, 10)]
