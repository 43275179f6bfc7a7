"""A venue whose calls never return holds nothing but itself: not the loop, not the stop, not another venue."""

import asyncio

from msgspec.structs import replace

from cockpit.assembly import Memory, Minds
from cockpit.latch import Latch
from cockpit.live import live_session
from cockpit.threads import THREADS
from oms.chains import Chains
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.order import OrderFlag, OrderStatus
from oms.domain.report import ExecType
from oms.journal.memory import MemoryJournal
from oms.state import State
from strategies.context import FLAT
from strategies.runner import StrategyRunner
from tests.cockpit.rig import FAR, rig
from tests.doubles.core import FixedSizer, SmallGate
from tests.doubles.venue.listed import ACCOUNT as WIRE_ACCOUNT
from tests.doubles.venue.listed import WIRE, LiveFeed
from tests.doubles.waiting import WaitingBroker
from tests.oms.examples import SIM, START, begin, said, ticket


async def test_a_venue_whose_cancels_never_return_does_not_hold_those_of_another_and_the_result_names_it() -> None:
    async with rig() as one:
        far, near = await one.place(FAR, 3), await one.place(SIM, 3)
        await one.hear(3)
        one.far.hangs = {"cancel"}
        await one.stop()

        assert [order.client_order_id for order in one.near.canceled] == near
        await one.serve(*[said(ExecType.CANCELED, order_id) for order_id in near])
        one.wall = 1.0
        venues = one.aftermath.venues()
        assert (venues[SIM].handed, venues[SIM].confirmed, venues[SIM].obstacle) == (3, 3, "")
        assert (venues[FAR].handed, venues[FAR].confirmed, venues[FAR].obstacle) == (0, 0, "does not answer")
        assert one.statuses(far) == [OrderStatus.PENDING_CANCEL] * 3


async def test_a_cancel_that_never_returns_is_overdue_by_its_deadline_and_asked_for_again() -> None:
    """Questions have threads of their own, so the venue can say that it still works the order."""
    async with rig() as one:
        (order_id,) = await one.place(FAR, 1)
        await one.hear(1)
        one.far.hangs = {"cancel"}
        await one.stop()
        await one.pass_to(10)
        assert one.state.blotter.orders[order_id].flags == (OrderFlag.OVERDUE,)

        assert one.far.has_begun(2)
        one.far.hangs = set()
        await one.pass_to(10.5)
        await one.hear(1)  # "it works"
        await one.pass_to(12)
        await one.hear(1)

        assert one.statuses([order_id]) == [OrderStatus.CANCELED]
        assert [call for call, _ in one.far.calls] == ["submit", "cancel", "query", "cancel"]
        assert await one.left.get() == order_id
        assert one.aftermath.venues()[FAR].handed == 1


async def test_an_order_whose_hand_over_never_returns_is_unknown_by_its_deadline_and_sent_once() -> None:
    async with rig() as one:
        one.far.hangs = {"submit"}
        (order_id,) = await one.place(FAR, 1)
        assert one.far.has_begun(1)
        await one.pass_to(10)
        assert one.statuses([order_id]) == [OrderStatus.UNKNOWN]

        await one.pass_to(12)
        await one.hear(1)
        assert [call for call, _ in one.far.calls] == ["submit", "query"]
        assert one.statuses([order_id]) == [OrderStatus.UNKNOWN], "once not found is not enough"


async def test_a_question_that_never_returns_is_not_asked_twice_at_a_time() -> None:
    async with rig() as one:
        (order_id,) = await one.place(FAR, 1)
        await one.hear(1)
        one.far.hangs = {"cancel", "query"}
        await one.stop()
        assert one.far.has_begun(2)
        await one.pass_to(19)

        assert one.far.has_begun(1)
        assert one.far.calls[1:] == [("cancel", order_id), ("query", order_id)]


async def test_an_order_that_waits_for_a_thread_when_a_stop_comes_never_leaves() -> None:
    async with rig() as one:
        one.far.hangs = {"submit"}
        placed = await one.place(FAR, THREADS + 1)
        assert one.far.has_begun(THREADS)
        await one.stop()
        one.far.let_go.set()
        await one.serve(await one.put.get())

        (left,) = set(placed) - one.far.sent
        assert one.state.blotter.orders[left].text == "not sent: trading was stopped first"
        assert one.statuses([left]) == [OrderStatus.CANCELED]


async def test_an_order_that_is_canceled_while_it_waits_for_a_thread_never_leaves_and_its_cancel_neither() -> None:
    """Cancels have threads of their own: the venue would hear of the cancel first, and then of an order to work."""
    async with rig() as one:
        one.far.hangs = {"submit"}
        *sent, last = await one.place(FAR, THREADS + 1)
        assert one.far.has_begun(THREADS)
        await one.serve(do.CancelOrder(actor="ann", client_order_id=last))
        await one.serve(one.put.get_nowait())

        assert one.statuses([last]) == [OrderStatus.CANCELED], "at once, although every thread is held"
        assert one.state.blotter.orders[last].text == "not sent: it was canceled first"
        one.far.hangs = set()
        one.far.let_go.set()
        (after,) = await one.place(FAR, 1)
        await one.hear(THREADS + 1)
        assert {order_id for _, order_id in one.far.calls} == {*sent, after}


async def test_an_order_that_a_thread_has_begun_to_hand_over_is_asked_back_from_its_venue() -> None:
    async with rig() as one:
        one.far.hangs = {"submit"}
        (order_id,) = await one.place(FAR, 1)
        assert one.far.has_begun(1)
        await one.serve(do.CancelOrder(actor="ann", client_order_id=order_id))

        assert await one.left.get() == order_id
        assert one.far.calls == [("submit", order_id), ("cancel", order_id)]
        assert one.put.empty()


async def test_an_order_that_a_stop_finds_waiting_for_a_thread_counts_as_canceled_and_not_as_unanswered() -> None:
    async with rig() as one:
        one.far.hangs = {"submit", "cancel"}
        await one.place(FAR, THREADS + 1)
        assert one.far.has_begun(THREADS)
        await one.stop()
        await one.serve(one.put.get_nowait())

        venue = one.aftermath.venues()[FAR]
        assert (venue.asked, venue.handed, venue.confirmed) == (THREADS + 1, 1, 1)


async def test_an_order_that_has_waited_for_too_long_is_not_sent_any_more() -> None:
    async with rig() as one:
        one.far.hangs = {"submit"}
        placed = await one.place(FAR, THREADS + 1)
        assert one.far.has_begun(THREADS)
        one.wall = 10.1
        one.far.let_go.set()
        await one.serve(await one.put.get())

        (left,) = set(placed) - one.far.sent
        assert one.state.blotter.orders[left].text == "not sent: calls to far did not return for 10 s"


async def test_cancels_go_out_while_every_thread_for_orders_is_held() -> None:
    """B-09: the way of the stop is its own."""
    async with rig() as one:
        working = await one.place(FAR, 1)
        await one.hear(1)
        one.far.hangs = {"submit"}
        await one.place(FAR, THREADS)
        assert one.far.has_begun(1 + THREADS)
        await one.stop()
        await one.hear(1 + THREADS)

        assert one.statuses(working) == [OrderStatus.CANCELED]


async def test_a_session_stops_at_once_at_a_venue_whose_cancels_never_return() -> None:
    """The whole of it: the stop is on record and answered while the cancel is still being made."""
    broker = WaitingBroker(WIRE, WIRE_ACCOUNT)
    session = live_session(
        broker=broker,
        feed=LiveFeed(),
        minds=Minds(
            SmallGate(), FixedSizer(WIRE, WIRE_ACCOUNT), StrategyRunner((), lambda _strategy, _instrument: FLAT)
        ),
        memory=Memory(MemoryJournal(), State({WIRE: broker.capabilities}), Chains()),
        latch=Latch(None),
        begin=begin(),
        wall=lambda: START,
        chance=lambda: 0.0,
    )
    up, accepted = asyncio.Event(), asyncio.Event()
    session.bus.subscribe(lambda _record: up.set(), ev.BrokerConnected)
    session.bus.subscribe(lambda _record: accepted.set(), oev.OrderAccepted)
    await session.start()
    serving = asyncio.create_task(session.serve())
    await up.wait()
    wish = replace(ticket("10"), broker=WIRE, account=WIRE_ACCOUNT)
    await session.inbox.ask(do.SubmitTicket(actor="ann", ticket=wish))
    await accepted.wait()
    broker.hangs = {"cancel"}
    try:
        records = await session.switch.halt("ann", "enough")

        assert isinstance(records[0].event, ev.TradingHalted)
        assert broker.has_begun(2)
        (cancels,) = session.aftermath.venues().values()
        assert (cancels.asked, cancels.handed, cancels.confirmed) == (1, 0, 0)
    finally:
        session.end("test", "over")
        await serving
        broker.let_go.set()
