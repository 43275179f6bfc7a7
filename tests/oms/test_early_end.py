"""A batch ends early when a stop waits: what was decided is committed, and what was not waits behind the stop."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest

from oms.clock import LiveClock
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.market import MarketData
from oms.domain.order import OrderTicket
from oms.domain.report import VenueReport
from oms.domain.risk import RiskDecision
from oms.domain.signal import TradingSignal
from oms.inbox import Inbox
from oms.journal.errors import JournalError
from oms.lanes import BATCH, Lanes, Reply
from oms.live_inbox import LiveInbox
from oms.pace import Pace
from oms.state import State
from tests.doubles.core import ListFeed, SmallGate
from tests.oms.assembled import Engine
from tests.oms.entrance import bar
from tests.oms.examples import ORDER, START, D, kinds, ticket, traded

TICKETS = 5_000
STOPPED_AT = BATCH + 44  # in the middle of the second batch

HALT = do.HaltTrading(actor="ann", reason="enough")
TICKET = do.SubmitTicket(actor="bob", ticket=ticket("1"))

Entered: TypeAlias = Callable[["Stopped"], Lanes]


class CountingGate(SmallGate):
    """Does something at the ticket of one number, counted from 1."""

    def __init__(self, at: int, act: Callable[[], None]) -> None:
        super().__init__()
        self._left = at
        self._act = act

    def check(
        self, ticket: OrderTicket, state: State, beside: Sequence[OrderTicket] = (), *, confirmed: bool = False
    ) -> RiskDecision:
        self._left -= 1
        if not self._left:
            self._act()
        return super().check(ticket, state, beside, confirmed=confirmed)


class Stopped(Engine):
    """An engine with an inbox, stopped while it decides: by another thread, as the stop watcher does it."""

    def __init__(
        self,
        entered: Entered,
        data: Sequence[MarketData] = (),
        at: int = 0,
        think: Callable[[ev.Record], Sequence[TradingSignal]] = lambda _record: (),
    ) -> None:
        super().__init__(gate=CountingGate(at, self.stop), think=think)
        self.data = data
        self.inbox = entered(self)
        self.stops = 0
        self.commits_before = 0

    async def started(self) -> "Stopped":
        """Begin a run."""
        await super().started()
        self.commits_before = self.journal.commits
        return self

    def stop(self) -> None:
        """Close the gate and tell the loop, which is busy deciding."""
        loop = asyncio.get_running_loop()
        self.stops += 1

        def tell() -> None:
            self.latch.set()
            loop.call_soon_threadsafe(self.inbox.put, HALT)

        thread = threading.Thread(target=tell)
        thread.start()
        thread.join()

    def post(self, count: int) -> list[Reply]:
        """Let tickets wait."""
        return [self.inbox.post(TICKET) for _ in range(count)]

    async def run(self, true: Callable[[], bool]) -> None:
        """Serve the inbox until something holds. It takes turns of the loop, and no time."""
        running = asyncio.create_task(self.oms.run(self.inbox))
        while not true():  # noqa: ASYNC110 - nobody else waits for it
            await asyncio.sleep(0)
        self.inbox.close()
        await running

    def before_the_halt(self, kind: type) -> int:
        """Return how many events of a kind stand in the journal before the halt."""
        events = [record.event for record in self.journal.records]
        halted = next(number for number, event in enumerate(events) if isinstance(event, ev.TradingHalted))
        return sum(isinstance(event, kind) for event in events[:halted])

    def hear(self, *reports: VenueReport) -> None:
        """Let the venue say something."""
        if isinstance(self.inbox, LiveInbox):
            for report in reports:
                self.inbox.hear(report)
        else:
            self.desk.outbox.extend(reports)


def lockstep(engine: Stopped) -> Lanes:
    return Inbox(ListFeed(engine.data), engine.desk, Pace(), engine.state.next_deadline)


def live(engine: Stopped) -> Lanes:
    return LiveInbox(LiveClock(lambda: START).now, engine.state.next_deadline)


both = pytest.mark.parametrize("entered", [lockstep, live])


@both
async def test_of_thousands_of_tickets_none_is_decided_between_the_one_in_hand_and_the_stop(entered: Entered) -> None:
    engine = await Stopped(entered, at=STOPPED_AT).started()
    replies = engine.post(TICKETS)
    await engine.run(replies[-1].done)

    assert engine.before_the_halt(oev.OrderInitialized) == STOPPED_AT
    assert len(engine.desk.submitted) == BATCH  # what had been approved and had not left is not sent any more
    assert [order.client_order_id for order in engine.desk.canceled] == [f"SIM-1-{n}" for n in range(1, BATCH + 1)]
    commits = engine.journal.commits - engine.commits_before
    assert commits == 4 + (TICKETS - STOPPED_AT - 1) // BATCH, "two batches, the stop, what was put back, and the rest"


@both
async def test_what_waits_behind_the_stop_is_decided_in_order_and_everybody_is_answered(entered: Entered) -> None:
    engine = await Stopped(entered, at=STOPPED_AT).started()
    replies = engine.post(TICKETS)
    await engine.run(replies[-1].done)

    answers = [kinds(record.event for record in reply.result()) for reply in replies]
    assert answers[:STOPPED_AT] == [["OrderInitialized", "OrderSubmitted"]] * STOPPED_AT
    assert answers[STOPPED_AT:] == [["OrderInitialized", "OrderDenied"]] * (TICKETS - STOPPED_AT)
    made = [record.event for reply in replies for record in reply.result()[:1]]
    numbers = [event.client_order_id for event in made if isinstance(event, oev.OrderInitialized)]
    assert numbers == [f"SIM-1-{number}" for number in range(1, TICKETS + 1)]


@both
async def test_what_a_venue_said_is_counted_behind_the_stop_and_before_anything_newer(entered: Entered) -> None:
    """Fills are money: those that the stop overtook are counted, in their order, and the stop knows of the first."""

    def stop_at_the_first(record: ev.Record) -> Sequence[TradingSignal]:
        if isinstance(record.event, oev.OrderFilled) and not engine.stops:
            engine.stop()
        return ()

    engine = Stopped(entered, think=stop_at_the_first)
    await engine.started()
    await engine.serve(do.SubmitTicket(actor="bob", ticket=ticket("100")))
    engine.hear(*[traded("1", exec_id=f"X-{number}") for number in range(100)])
    await engine.run(lambda: not engine.state.blotter.open)

    assert engine.before_the_halt(oev.OrderFilled) == 1
    filled = [record.event for record in engine.journal.records if isinstance(record.event, oev.OrderFilled)]
    assert [event.fill.exec_id for event in filled] == [f"X-{number}" for number in range(100)]
    assert engine.state.blotter.orders[ORDER].filled_qty == D(100)


async def test_prices_of_which_nothing_is_durable_let_the_stop_in_as_well() -> None:
    """Without a commit the loop would not turn by itself, and whoever stops can only tell the loop."""
    seen: list[int] = []

    def stop_at_the_third(record: ev.Record) -> Sequence[TradingSignal]:
        if isinstance(record.event, ev.MarketMoved):
            seen.append(record.event.data.ts)
            if len(seen) == 3:
                engine.stop()
        return ()

    bars = [bar(START + number) for number in range(50)]
    engine = Stopped(live, think=stop_at_the_third)
    engine.bus.subscribe(lambda _halted: seen.append(0), ev.TradingHalted)
    await engine.started()
    assert isinstance(engine.inbox, LiveInbox)
    for one in bars:
        engine.inbox.hear(one)
    await engine.run(lambda: len(seen) > len(bars))

    times = [one.ts for one in bars]
    assert seen == [*times[:3], 0, *times[3:]]


async def test_a_datum_that_the_venue_has_seen_waits_behind_the_stop_and_before_the_next() -> None:
    data = [bar(START + 1), bar(START + 2), bar(START + 3)]
    seen: list[object] = []

    def stop_at_the_fill(record: ev.Record) -> Sequence[TradingSignal]:
        if isinstance(record.event, ev.MarketMoved):
            seen.append(record.event.data)
        else:
            seen.append(type(record.event).__name__)
            engine.stop()
        return ()

    engine = Stopped(
        lambda one: Inbox(ListFeed(data), one.desk, Pace(), one.state.next_deadline), think=stop_at_the_fill
    )
    engine.bus.subscribe(lambda _halted: seen.append("TradingHalted"), ev.TradingHalted)
    await engine.started()
    await engine.serve(do.SubmitTicket(actor="bob", ticket=ticket("100")))
    engine.desk.on_shown[START + 2] = [traded("100")]
    await engine.run(engine.inbox.feed_ended.is_set)

    assert seen == [data[0], "OrderFilled", "TradingHalted", data[1], data[2]]


async def test_a_commit_that_fails_takes_only_what_was_decided_with_it() -> None:
    """What had not been decided is no part of the failed batch: it still waits, behind the stop, and is answered."""
    engine = await Stopped(lockstep, at=10).started()
    replies = engine.post(20)
    engine.journal.fails = True
    with pytest.raises(JournalError):
        await engine.oms.run(engine.inbox)

    assert [reply.done() for reply in replies] == [True] * 10 + [False] * 10
    engine.journal.fails = False
    await engine.run(replies[-1].done)
    assert engine.before_the_halt(oev.OrderInitialized) == 0


async def test_what_the_stop_overtook_can_be_given_up_and_refused_like_all_that_waits() -> None:
    engine = await Stopped(lockstep, at=10).started()
    replies = engine.post(20)
    engine.journal.fails = True
    with pytest.raises(JournalError):
        await engine.oms.run(engine.inbox)
    engine.inbox.give_up(do.SubmitTicket, JournalError("no room"))

    with pytest.raises(JournalError, match="no room"):
        await replies[-1]


async def test_a_gate_that_stays_closed_without_a_stop_keeps_nothing_waiting_for_ever() -> None:
    """Such as one whose file could not be taken away: each input is decided all the same."""
    engine = await Stopped(lockstep).started()
    engine.latch.set()
    replies = engine.post(20)
    await engine.run(replies[-1].done)

    assert engine.desk.submitted == []
