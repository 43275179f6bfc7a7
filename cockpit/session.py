"""A session: one run of one configuration, from an open journal to a closed one.

Starting is recovering, and there is no other way to start: fold the journal, ask the venue about every order that
was not closed, reconcile totals, then trade. A first run merely has nothing to fold. Ending is the reverse: the last
record is written, the venue is let go, the journal closed and with it the lock.

The session is a service with zero or more views. A view reads `state`, subscribes to `bus`, and asks by commands; `now`
tells it the engine's time.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

from cockpit.aftermath import Aftermath, Stop
from cockpit.latch import Latch
from cockpit.link import Link
from cockpit.pursuit import Pursuit
from oms.bus import Bus
from oms.chains import Chains
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.market import Bar
from oms.domain.risk import TradingState
from oms.engine import OrderManagementSystem
from oms.journal.errors import JournalError
from oms.journal.holdover import Holdover
from oms.journal.memory import MemoryJournal
from oms.lanes import Asked, Lanes, Reply
from oms.ports import Feed, Journal
from oms.state import State
from strategies.runner import StrategyRunner

ACTOR: Final = "session"
STOPPED_AGAIN: Final = -1  # a count of halts that no state has
CLOSE_SECS: Final = 5.0  # what closing may take before the process goes on without it


class StopStands(Exception):
    """Trading cannot be resumed: what stopped it is no command and still there. The message says what to do."""


class Session:
    """Built by `cockpit.bootstrap`; used as `start`, `serve`, and `end` from anywhere in between."""

    def __init__(
        self,
        *,
        engine: OrderManagementSystem,
        inbox: Lanes,
        feed: Feed,
        journal: Holdover | MemoryJournal,
        bus: Bus,
        chains: Chains,
        link: Link,
        latch: Latch,
        runner: StrategyRunner,
        begin: do.BeginRun,
    ) -> None:
        self.state = engine.state
        self.now = engine.now
        self.bus = bus
        self.feed = feed
        self.pace = inbox.pace
        self.latch = latch
        self.runner = runner
        self.journal = journal
        self.inbox = inbox
        self._engine = engine
        self._link = link
        self.chains = chains
        self._begin = begin
        self.ended_by: str | None = None
        self._paused_by_fault = False
        self._opening = 0  # the closing of the latch that the resume under way means to undo
        self._at_close: list[Callable[[], None]] = []
        self._stopping: tuple[do.HaltTrading, Reply] | None = None  # the newest stop, and its answer
        self._standing: Callable[[], str] = _nothing
        self.aftermath = Aftermath(bus, engine.state)
        link.tell_of_cancels(self.aftermath.hand_over)
        self.pursuit = Pursuit(bus, engine.state, inbox.put)
        bus.subscribe(self._on_halted, ev.TradingHalted)
        bus.subscribe(self._on_resumed, ev.TradingResumed)
        bus.subscribe(self._on_broker_lost, ev.BrokerDisconnected)

    async def start(self, history: Sequence[Sequence[Bar]] = ()) -> None:
        """Recover, and be ready to trade. `history` warms the strategies up; what they say to it is discarded.

        Raises:
            JournalError: the journal cannot be read or written.
            ConnectionError: the broker cannot be reached.
        """
        show_past([bar for session in history for bar in session], self.runner, self.state)
        noted, trading = self.latch.notes.found(), self.state.trading
        wanted = self._begin.latch is None and trading.state is not TradingState.ACTIVE
        resume = noted.resume_of(trading.halts) if wanted else None
        if resume is not None or self._begin.latch is not None:
            self.latch.shut()
        elif trading.state is TradingState.HALTED:
            self.latch.close(trading.text or trading.cause)
        await self._engine.take([Asked(self._begin), *map(Asked, noted.notes)], self.inbox)
        await self._link.open()
        if resume is not None:  # not before the books agree: what it makes anew must not be asked for as lost
            await self._resume_as(resume)
        self.latch.notes.forget(noted)

    async def _resume_as(self, noted: do.NoteOperator) -> None:
        """Resume as somebody did while no engine ran. Raises JournalError."""
        self._opening = self.latch.closings
        command = do.ResumeTrading(actor=noted.actor, halts=noted.resumes)
        await self._engine.take([Asked(command)], self.inbox)
        trading = self.state.trading
        if trading.state is not TradingState.ACTIVE:  # stopped meanwhile
            self.latch.close(trading.text or trading.cause)

    async def serve(self) -> None:
        """Run until `end` was called, and close everything.

        A failed commit halts: nothing is sent, cancels still go out, and `resume` opens the journal anew. Whatever
        else goes wrong is a fault of the program, and nothing that is in memory is to be trusted after it: the latch
        is closed by name, so that the next start does not trade on, and the fault is raised.

        Raises:
            JournalError: the journal can neither be written nor read. The latch is closed.
        """
        keeping = asyncio.create_task(self._link.keep(), name="keep the link")
        keeping.add_done_callback(self._on_link_kept)
        try:
            while True:
                try:
                    await self._engine.run(self.inbox)
                    break
                except JournalError as error:
                    await self._hold_over(error)
        except JournalError:
            raise  # its latch is closed, and says more
        except Exception as error:  # whatever it was, the next start must not trade on
            self.latch.close(f"the engine failed: {_name(error)}")
            raise
        finally:
            self.inbox.abandon()
            keeping.cancel()
            await asyncio.wait([keeping])
            await self.close()
        if not keeping.cancelled():
            keeping.result()  # raises what went wrong there

    def end(self, actor: str, reason: str) -> None:
        """Finish: what waits is decided, the run's end is journaled, and `serve` returns. A second call is ignored."""
        if self.ended_by is None:
            self.ended_by = reason
            self.inbox.put(do.EndRun(actor=actor, reason=reason))
            self.inbox.close()

    def halt(self, actor: str, reason: str, asked_at: float | None = None) -> Reply:
        """Stop all trading now: the latch first, then the command that cancels and pauses. Return what will be the
        answer to it; the stop does not depend on anybody's waiting for that. `asked_at` is in monotonic seconds."""
        now = time.monotonic()
        self.latch.close(f"{actor}: {reason}")
        return self.follow(Stop(actor, reason, now if asked_at is None else asked_at, self.latch.closed_at))

    def follow(self, stop: Stop) -> Reply:
        """Let the command follow a stop whose latch is closed already; whoever closed it may be another thread, which
        calls this in the loop's. Return what will be the answer."""
        if stop.actor != ACTOR or self.aftermath.stop is None:  # what we add to a stop is no other one
            self.aftermath.begin(stop)
        halt = do.HaltTrading(actor=stop.actor, reason=stop.reason)
        reply = self.inbox.post(halt)
        self._stopping = halt, reply
        return reply

    async def resume(self, actor: str) -> Sequence[ev.Record]:
        """Open the gate again: write what the journal still owes, find lost brokers again, then resume. Return the
        records this caused; among them may be a `CommandRefused`.

        Raises:
            JournalError: the journal still cannot be written; the gate stays closed.
            ConnectionError: the broker still cannot be reached; the gate stays closed.
            StopStands: something else says stop for as long as it is there.
        """
        if standing := self._standing():
            raise StopStands(standing)
        closings = self.latch.closings
        if isinstance(self.journal, Holdover):
            await self.journal.flush()
        if self._link.is_lost:
            await self._link.again()
        # nothing waits between this reading and the asking; a stop before it is in one of the two counts
        halts = self.state.trading.halts if closings == self.latch.closings else STOPPED_AGAIN
        self._opening = closings
        records = await self.inbox.ask(do.ResumeTrading(actor=actor, halts=halts))
        if self.latch.flag.is_set():
            return records
        if self._paused_by_fault:
            self._paused_by_fault = False
            self.pace.pause(paused=False)
        return records

    def refuse_resume(self, standing: Callable[[], str]) -> None:
        """Let nobody resume while something says, in words, what stands in the way; empty when nothing does."""
        self._standing = standing

    async def close(self) -> None:
        """Let go of venue and journal; bounded in time, because a thread that hangs must not keep the process."""
        try:
            await asyncio.wait_for(self._link.close(), CLOSE_SECS)
        finally:
            try:
                await asyncio.wait_for(self.journal.close(), CLOSE_SECS)
            finally:
                for last in self._at_close:
                    last()

    def at_close(self, last: Callable[[], None]) -> None:
        """Call something once the journal is closed, however the session ends."""
        self._at_close.append(last)

    async def _hold_over(self, error: JournalError) -> None:
        """After a failed commit: close the gate, fold anew what is durable, cancel what works, and wait for a person.

        Raises:
            JournalError: it cannot be read either, or it is not the first failure.
        """
        reason = f"the journal failed: {error}"
        self.latch.close(reason)
        if not isinstance(self.journal, Holdover) or self.journal.holding:
            raise error
        self._stand_still()
        self.inbox.give_up(do.SubmitTicket, error)  # each would take room in memory that the stop's own records need
        await self.journal.hold()
        self.state.reset()
        self.chains.reset()
        await fold(self.journal, self.state, self.chains)
        self._link.forget()  # what it said went down with the batch; it is asked again
        halt = do.HaltTrading(actor="journal", reason=reason, cause="journal")
        await self._engine.take([*map(Asked, self._lost_stop()), Asked(halt)], self.inbox)
        await self._link.recall()

    def _lost_stop(self) -> Sequence[do.HaltTrading]:
        """Return the stop whose record went down with the failed commit: who gave it must be on record."""
        if self._stopping is None:
            return ()
        halt, reply = self._stopping
        return (halt,) if reply.done() and not reply.cancelled() and reply.exception() is not None else ()

    def _stand_still(self) -> None:
        if not self.pace.paused:
            self._paused_by_fault = True
            self.pace.pause(paused=True)

    def _on_halted(self, record: ev.Record) -> None:
        if isinstance(record.event, ev.TradingHalted) and not self.latch.flag.is_set():
            self.latch.close(f"{record.event.cause}: {record.event.text}")

    def _on_broker_lost(self, record: ev.Record) -> None:
        if isinstance(record.event, ev.BrokerDisconnected) and self._link.halts_when_lost:
            self._stand_still()
            self.halt(ACTOR, f"{record.event.broker} is lost: {record.event.text}")

    def _on_link_kept(self, keeping: asyncio.Task[None]) -> None:
        """Halt, and serve no more, when the link failed in a way that nobody foresaw: the venue would not be heard."""
        error = None if keeping.cancelled() else keeping.exception()
        if error is not None:
            self.halt(ACTOR, f"the link failed: {_name(error)}")
            self.inbox.close()

    def _on_resumed(self, _record: ev.Record) -> None:
        self.latch.open(self._opening)


def _nothing() -> str:
    return ""


def _name(error: BaseException) -> str:
    """Return what kind of error it was; of several that came together, the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__


def show_past(bars: Sequence[Bar], runner: StrategyRunner, state: State) -> None:
    """Show bars that are over: indicators and closes take them in, and nothing is made of them."""
    runner.warm_up(bars)
    for bar in bars:
        state.closes.show(bar)


async def fold(journal: Journal, state: State, chains: Chains) -> None:
    """Apply everything the journal says.

    Raises:
        JournalError: it cannot be read.
    """
    async for record in journal.replay():
        state.apply(record)
        chains.restore(record)
