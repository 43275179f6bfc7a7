"""Handing over: once, after the commit, never after a stop, and nothing to a link that is down."""

from collections.abc import Sequence

from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import AccountId, BrokerId
from oms.domain.order import Order, OrderStatus
from oms.domain.report import VenueReport
from oms.domain.risk import TradingState
from oms.domain.signal import TradingSignal
from tests.doubles.core import SmallGate
from tests.oms.assembled import Engine
from tests.oms.examples import (
    ACCOUNT,
    ORDER,
    SIM,
    D,
    quote,
    signal,
    ticket,
    traded,
)

TICKET = do.SubmitTicket(actor="ann", ticket=ticket("100"))
HALT = do.HaltTrading(actor="ann", reason="enough")


async def test_an_order_is_handed_over_once_and_its_cancel_after_it() -> None:
    engine = await Engine().started()
    await engine.serve(TICKET)
    await engine.serve(do.CancelOrder(actor="ann", client_order_id=ORDER))

    assert [order.client_order_id for order in engine.desk.submitted] == [ORDER]
    assert [order.client_order_id for order in engine.desk.canceled] == [ORDER]


async def test_once_the_latch_is_set_an_approved_order_is_withheld_and_canceled_as_an_event() -> None:
    engine = await Engine().started()
    engine.latch.set()
    withheld = await engine.serve(TICKET)
    assert engine.desk.submitted == []
    await engine.serve(*withheld)

    assert engine.status() is OrderStatus.CANCELED
    assert engine.state.blotter.orders[ORDER].text == "not sent: trading was stopped first"


async def test_a_latch_set_between_two_orders_of_a_batch_holds_the_second_back() -> None:
    engine = await Engine().started()

    def stop(_order: Order) -> Sequence[VenueReport]:
        engine.latch.set()
        return ()

    engine.desk.answer = stop
    withheld = await engine.serve(TICKET, TICKET)

    assert [order.client_order_id for order in engine.desk.submitted] == ["SIM-1-1"]
    assert [command.client_order_id for command in withheld if isinstance(command, do.WithholdOrder)] == ["SIM-1-2"]


async def test_a_cancel_goes_out_although_the_latch_is_set() -> None:
    engine = await Engine().started()
    await engine.serve(TICKET)
    engine.latch.set()
    await engine.serve(HALT)

    assert [order.client_order_id for order in engine.desk.canceled] == [ORDER]


async def test_an_order_canceled_by_a_later_event_of_its_batch_never_leaves() -> None:
    """I-14. A fill makes a strategy buy, and the next fill of the same batch trips a limit."""

    def buy_more(record: ev.Record) -> Sequence[TradingSignal]:
        return (signal(),) if isinstance(record.event, ev.OrderFilled) else ()

    engine = await Engine(gate=SmallGate(floor=D(99_000)), think=buy_more).started()
    await engine.serve(quote("150"), TICKET)
    withheld = await engine.serve(traded("50", "150"), traded("50", "180", exec_id="X-2"))
    assert engine.trading() is TradingState.HALTED
    await engine.serve(*withheld)

    assert [order.client_order_id for order in engine.desk.submitted] == [ORDER]
    assert engine.state.blotter.open == {}


async def test_an_order_for_an_account_that_nobody_trades_is_withheld_and_says_so() -> None:
    engine = await Engine().started()
    strange = replace(TICKET.ticket, account=AccountId("THEIRS"))
    withheld = await engine.serve(do.SubmitTicket(actor="ann", ticket=strange))
    await engine.serve(*withheld)
    await engine.serve(do.CancelOrder(actor="ann", client_order_id=ORDER))

    assert engine.status() is OrderStatus.CANCELED
    assert engine.state.blotter.orders[ORDER].text == "not sent: account THEIRS at sim is not traded here"


def _unreachable(_order: Order) -> Sequence[VenueReport]:
    message = "reset by peer"
    raise ConnectionError(message)


async def test_a_link_that_breaks_while_handing_over_is_told_once_and_the_order_stays_in_flight() -> None:
    """Whether it arrived is known to the venue alone, so it is neither sent again nor guessed to be lost."""
    engine = await Engine(answer=_unreachable).started()
    outcomes = await engine.serve(TICKET, TICKET)
    assert [type(outcome) for outcome in outcomes] == [do.BrokerDown, do.WithholdOrder]
    await engine.serve(*outcomes)

    assert engine.status() is OrderStatus.SUBMITTED
    assert engine.state.runs.links == {BrokerId("sim"): "reset by peer"}
    assert len(engine.desk.submitted) == 1
    engine.desk.answer = lambda _order: ()
    engine.router.up((SIM, ACCOUNT))
    await engine.serve(TICKET)
    assert len(engine.desk.submitted) == 2


async def test_a_cancel_waits_while_the_link_is_down() -> None:
    engine = await Engine().started()
    await engine.serve(TICKET)
    engine.desk.answer = _unreachable
    await engine.serve(TICKET)
    await engine.serve(do.CancelOrder(actor="ann", client_order_id=ORDER))

    assert engine.desk.canceled == []
    assert engine.status() is OrderStatus.PENDING_CANCEL
