"""What is durable goes to the venues first and then to whoever listens, but for those who close and open the gate."""

from msgspec.structs import replace

from oms.bus import Bus
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.order import Order, Side
from oms.domain.report import ExecType, VenueReport
from oms.outgoing import let_out
from tests.oms.assembled import Engine
from tests.oms.examples import SIM, D, said, ticket, traded

TICKET = do.SubmitTicket(actor="ann", ticket=ticket("100"))
HALT = do.HaltTrading(actor="ann", reason="enough")


async def test_what_leaves_is_handed_over_before_anybody_hears_of_its_batch() -> None:
    engine = await Engine().started()
    seen: list[str] = []

    def take(order: Order) -> tuple[VenueReport, ...]:
        seen.append(order.client_order_id)
        return ()

    engine.desk.answer = take
    engine.bus.subscribe(lambda record: seen.append(type(record.event).__name__))
    await engine.serve(TICKET, TICKET)

    assert seen == ["SIM-1-1", "SIM-1-2", *["OrderInitialized", "OrderSubmitted"] * 2]


async def test_a_stop_is_heard_then_every_cancel_is_handed_over_and_only_then_they_are_heard_of() -> None:
    """Who follows a stop knows of it by then, and who follows orders keeps no cancel waiting."""
    engine = await Engine().started()
    await engine.serve(TICKET, TICKET)
    seen: list[str] = []
    engine.router.tell_of_cancels(lambda order: seen.append(order.client_order_id))
    engine.bus.subscribe(lambda record: seen.append(type(record.event).__name__), ev.TradingHalted, *oev.ORDER_EVENTS)
    await engine.serve(TICKET, HALT)

    assert seen == [
        *["OrderInitialized", "OrderSubmitted", "TradingHalted"],
        *["SIM-1-1", "SIM-1-2", "SIM-1-3"],
        *["OrderPendingCancel"] * 3,
    ]


async def test_what_a_resume_makes_anew_leaves_because_whoever_opens_the_gate_hears_of_it_first() -> None:
    engine = await Engine().started()
    engine.bus.subscribe(lambda _record: engine.latch.clear(), ev.TradingResumed)
    wish = replace(TICKET.ticket, protect_px=D(145), target_px=D(160))
    await engine.serve(do.SubmitTicket(actor="ann", ticket=wish))
    await engine.serve(traded("100"))
    engine.latch.set()
    await engine.serve(HALT)
    (target,) = engine.desk.canceled
    await engine.serve(said(ExecType.CANCELED, target.client_order_id, side=Side.SELL))
    withheld = await engine.serve(do.ResumeTrading(actor="ann"))

    assert withheld == []
    assert engine.desk.submitted[-1].ticket.limit_px == D(160)
    assert len(engine.desk.submitted) == 4


async def test_what_came_of_handing_over_is_returned_in_its_order() -> None:
    engine = await Engine().started()

    def fail(_order: Order) -> tuple[VenueReport, ...]:
        message = "gone"
        raise ConnectionError(message)

    engine.desk.answer = fail
    withheld = await engine.serve(TICKET, TICKET)

    assert [type(outcome).__name__ for outcome in withheld] == ["BrokerDown", "WithholdOrder"]


async def test_of_a_link_that_went_whoever_closes_the_gate_hears_before_anything_else_of_the_batch_leaves() -> None:
    engine = await Engine().started()
    engine.bus.subscribe(lambda _record: engine.latch.set(), ev.BrokerDisconnected)
    down = do.BrokerDown(actor="session", broker=SIM, text="gone")
    await engine.serve(TICKET, down, TICKET)

    assert [order.client_order_id for order in engine.desk.submitted] == ["SIM-1-1"]


async def test_a_batch_in_which_nothing_leaves_is_heard_in_its_order() -> None:
    engine = await Engine().started()
    heard: list[int] = []
    bus = Bus()
    bus.subscribe(lambda record: heard.append(record.seq))
    records = engine.journal.records

    assert let_out([records[:1], (), records[1:]], bus, engine.router, engine.state.blotter) == []
    assert heard == [record.seq for record in records]
