"""Handing over: once, after the commit, never after a stop, and nothing to a link that is down."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.deadline import DeadlineReached
from oms.domain.events import Record
from oms.domain.ids import AccountId, BrokerId, Route
from oms.domain.order import Order, OrderStatus, OrderType, Purpose, Side, TimeInForce
from oms.domain.report import ExecType, NotFound, Unclear, VenueReport
from oms.domain.risk import TradingState
from oms.domain.signal import TradingSignal
from oms.domain.units import MINUTE, SECOND
from tests.doubles.core import SmallGate
from tests.oms.assembled import Engine
from tests.oms.examples import (
    ACCOUNT,
    FAR_AWAY,
    ORDER,
    SIM,
    START,
    D,
    quote,
    said,
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


async def test_a_flatten_leaves_although_the_latch_is_set_and_the_stop_is_on_record() -> None:
    engine = await Engine().started()
    await engine.serve(quote("150"))
    await engine.serve(TICKET)
    await engine.serve(traded("100"))
    engine.latch.set()
    await engine.serve(HALT)
    withheld = await engine.serve(do.FlattenPosition(actor="ann"))

    assert withheld == []
    assert [order.ticket.purpose for order in engine.desk.submitted] == [Purpose.OPEN, Purpose.CLOSE]


async def test_a_latch_set_between_two_orders_of_a_batch_holds_the_second_back() -> None:
    engine = await Engine().started()

    def stop(_order: Order) -> Sequence[VenueReport]:
        engine.latch.set()
        return ()

    engine.desk.answer = stop
    withheld = await engine.serve(TICKET, TICKET)

    assert [order.client_order_id for order in engine.desk.submitted] == ["SIM-1-1"]
    assert [command.client_order_id for command in withheld if isinstance(command, do.WithholdOrder)] == ["SIM-1-2"]


async def test_a_stop_that_protects_leaves_although_the_latch_is_set_and_so_does_its_change() -> None:
    """Ruling 14: what was armed with its parent before the halt, and nothing else."""
    engine = await Engine().started()
    wish = replace(ticket("100"), protect_px=D(145), target_px=D(160))
    await engine.serve(do.SubmitTicket(actor="ann", ticket=wish))
    await engine.serve(traded("40"))
    engine.latch.set()
    (target, stop) = (engine.desk.submitted[2], engine.desk.submitted[1])
    await engine.serve(HALT)

    await engine.serve(said(ExecType.NEW, stop.client_order_id, side=Side.SELL), traded("60", exec_id="X-2"))
    withheld = await engine.serve()

    assert [order.client_order_id for order in engine.desk.canceled] == [ORDER, target.client_order_id]
    assert [(order.client_order_id, wish.quantity) for order, wish in engine.desk.replaced] == [
        (stop.client_order_id, D(100))
    ]
    assert withheld == []


async def test_a_cancel_goes_out_although_the_latch_is_set() -> None:
    engine = await Engine().started()
    await engine.serve(TICKET)
    engine.latch.set()
    await engine.serve(HALT)

    assert [order.client_order_id for order in engine.desk.canceled] == [ORDER]


async def test_an_order_canceled_by_a_later_event_of_its_batch_never_leaves() -> None:
    """I-14. A fill makes a strategy buy, and the next fill of the same batch trips a limit."""

    def buy_more(record: ev.Record) -> Sequence[TradingSignal]:
        return (signal(),) if isinstance(record.event, oev.OrderFilled) else ()

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
    engine.router.up(Route(SIM, ACCOUNT))
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


async def test_an_order_is_submitted_once_even_if_its_record_comes_by_again() -> None:
    """Step 9 of sending: whatever becomes of the answer, there is no second hand-over for one client order id."""
    engine = await Engine().started()
    await engine.serve(TICKET)
    (approval,) = [record for record in engine.heard if isinstance(record.event, oev.OrderSubmitted)]
    for _ in range(3):
        assert engine.router.hand_over(approval, engine.state.blotter) is None

    assert len(engine.desk.submitted) == 1


async def test_an_order_that_is_not_heard_of_is_asked_about_and_never_submitted_again() -> None:
    """O-01, O-02: an hour of silence, garbage and "not found" makes many questions and one order."""
    engine = await Engine(capabilities=FAR_AWAY).started()
    await engine.serve(TICKET)
    for minute in range(60):
        while (deadline := engine.state.next_deadline() or 0) and deadline <= START + minute * MINUTE:
            await engine.serve(DeadlineReached(ts=deadline))
        await engine.serve(Unclear(client_order_id=ORDER, text="503", ts=START + minute * MINUTE))
        if minute % 2:
            await engine.serve(NotFound(client_order_id=ORDER, ts=START + minute * MINUTE))

    assert engine.status() is OrderStatus.NOT_FOUND
    assert len(engine.desk.submitted) == 1
    assert len(engine.desk.queried) > 50


async def test_a_question_waits_while_the_link_is_down_and_one_that_breaks_it_is_told() -> None:
    engine = await Engine(capabilities=FAR_AWAY).started()
    await engine.serve(TICKET)
    engine.desk.answer = _unreachable
    await engine.serve(TICKET)
    asked = Record(seq=0, ts=START, wall=0, event=oev.OrderQueried(client_order_id=ORDER))
    assert engine.router.hand_over(asked, engine.state.blotter) is None
    assert engine.desk.queried == []

    engine.router.up(Route(SIM, ACCOUNT))
    engine.desk.query = _unreachable  # type: ignore[assignment, method-assign]
    told = engine.router.hand_over(asked, engine.state.blotter)
    assert told == do.BrokerDown(actor="router", broker=SIM, text="reset by peer")


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (Capabilities(order_types=frozenset({OrderType.LIMIT})), "not sent: sim takes no MARKET"),
        (Capabilities(tifs=frozenset({TimeInForce.GTC})), "not sent: sim takes no DAY MARKET"),
    ],
)
async def test_what_the_broker_does_not_do_is_never_handed_over(declared: Capabilities, words: str) -> None:
    engine = await Engine(capabilities=declared).started()
    await engine.serve(*await engine.serve(TICKET))

    assert engine.desk.submitted == []
    assert engine.state.blotter.orders[ORDER].text == words


async def test_an_order_that_went_down_with_the_link_is_asked_about_when_the_link_is_up_again() -> None:
    """The schedule goes on meanwhile, in vain, and the first question after it is answered."""
    engine = await Engine(answer=_unreachable, capabilities=FAR_AWAY).started()
    await engine.serve(*await engine.serve(TICKET))
    for _ in range(5):
        deadline = engine.state.next_deadline()
        assert deadline is not None
        await engine.serve(DeadlineReached(ts=deadline))
    assert engine.status() is OrderStatus.UNKNOWN
    assert engine.desk.queried == []

    engine.router.up(Route(SIM, ACCOUNT))
    await engine.serve(DeadlineReached(ts=engine.state.next_deadline() or 0))
    assert [order.client_order_id for order in engine.desk.queried] == [ORDER]
    await engine.serve(traded("100"))
    assert engine.status() is OrderStatus.FILLED
    assert engine.state.next_deadline() is None


def pass_while_committing(engine: Engine, secs: int) -> None:
    """Let so much time pass between a decision and its hand-over."""
    engine.journal.meanwhile = lambda records: engine.clock.hear(records[-1].ts + secs * SECOND)


@pytest.mark.parametrize(("waited", "slow", "leaves"), [(0, 60, True), (0, 61, False), (50, 10, True), (50, 11, False)])
async def test_an_approval_holds_for_a_minute_from_the_yes_however_it_was_spent(
    waited: int, slow: int, leaves: bool
) -> None:
    """In the queue behind a slow commit, or in its own."""
    engine = await Engine().started()
    engine.clock.hear(START + waited * SECOND)
    pass_while_committing(engine, slow)
    withheld = await engine.serve(replace(TICKET, ts_agreed=START))
    await engine.serve(*withheld)

    assert bool(engine.desk.submitted) is leaves
    if not leaves:
        assert engine.state.blotter.orders[ORDER].text == "not sent: its approval has expired: it was given 61 s ago"
        assert engine.state.blotter.orders[ORDER].withheld
        assert engine.state.blotter.reserved == {}


async def test_what_nobody_was_asked_about_was_approved_when_it_was_decided() -> None:
    engine = await Engine(think=lambda record: [signal()] if isinstance(record.event, ev.MarketMoved) else []).started()
    engine.clock.hear(START + 120 * SECOND)
    await engine.serve(quote("150"))
    assert len(engine.desk.submitted) == 1

    pass_while_committing(engine, 61)
    (withheld,) = await engine.serve(quote("151"))

    assert isinstance(withheld, do.WithholdOrder)
    assert len(engine.desk.submitted) == 1


async def test_a_stop_that_protects_leaves_however_slow_the_commit_was() -> None:
    engine = await Engine().started()
    await engine.serve(do.SubmitTicket(actor="ann", ticket=replace(ticket("100"), protect_px=D(140))))
    pass_while_committing(engine, 3_600)
    await engine.serve(traded("100"))

    assert [order.ticket.purpose for order in engine.desk.submitted] == [Purpose.OPEN, Purpose.PROTECT]


async def test_a_stop_by_hand_that_protects_leaves_however_slow_the_commit_was() -> None:
    engine = await Engine().started()
    await engine.serve(TICKET)
    await engine.serve(traded("100"))
    pass_while_committing(engine, 3_600)
    stop = replace(ticket("100", Side.SELL), order_type=OrderType.STOP_MARKET, stop_px=D(140), purpose=Purpose.PROTECT)
    await engine.serve(do.SubmitTicket(actor="ann", ticket=stop))

    assert [order.ticket.purpose for order in engine.desk.submitted] == [Purpose.OPEN, Purpose.PROTECT]
