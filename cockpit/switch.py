"""The switch of a session: off for anybody and at once, on again by a person.

A stop closes the latch first, which is what keeps orders from leaving, and then lets a command follow, which cancels
and pauses; nothing of that waits for whoever gave it. A resume goes the other way round: what stopped trading is put
right first, then the command is decided, and only its record opens the latch. It undoes the closing that it read when
it began and no later one, so a stop that falls into a resume stands.
"""

import time
from collections.abc import Callable, Sequence
from typing import Final

from cockpit.aftermath import Aftermath, Stop
from cockpit.latch import Latch
from cockpit.link import ACTOR, Link
from oms.bus import Bus
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.risk import TradingState
from oms.engine import OrderManagementSystem
from oms.journal.holdover import Holdover
from oms.journal.memory import MemoryJournal
from oms.lanes import Asked, Lanes, Reply

STOPPED_AGAIN: Final = -1  # a count of halts that no state has


class StopStands(Exception):
    """Trading cannot be resumed: what stopped it is no command and still there. The message says what to do."""


class Switch:
    """Stops and resumes the trading of one session; `aftermath` is told of every stop that somebody gives."""

    def __init__(
        self,
        *,
        engine: OrderManagementSystem,
        inbox: Lanes,
        journal: Holdover | MemoryJournal,
        bus: Bus,
        link: Link,
        latch: Latch,
        aftermath: Aftermath,
    ) -> None:
        self._engine = engine
        self._state = engine.state
        self._inbox = inbox
        self._pace = inbox.pace
        self._journal = journal
        self._link = link
        self._latch = latch
        self._aftermath = aftermath
        self._paused_by_fault = False
        self._opening = 0  # the closing of the latch that the resume under way means to undo
        self._stopping: tuple[do.HaltTrading, Reply] | None = None  # the newest stop, and its answer
        self._standing: Callable[[], str] = _nothing
        bus.subscribe(self._on_halted, ev.TradingHalted)
        bus.subscribe(self._on_resumed, ev.TradingResumed)

    def halt(self, actor: str, reason: str, asked_at: float | None = None) -> Reply:
        """Stop all trading now: the latch first, then the command that cancels and pauses. Return what will be the
        answer to it; the stop does not depend on anybody's waiting for that. `asked_at` is in monotonic seconds."""
        now = time.monotonic()
        self._latch.close(f"{actor}: {reason}")
        return self.follow(Stop(actor, reason, now if asked_at is None else asked_at, self._latch.closed_at))

    def follow(self, stop: Stop) -> Reply:
        """Let the command follow a stop whose latch is closed already; whoever closed it may be another thread, which
        calls this in the loop's. Return what will be the answer."""
        if stop.actor != ACTOR or self._aftermath.stop is None:  # what we add to a stop is no other one
            self._aftermath.begin(stop)
        halt = do.HaltTrading(actor=stop.actor, reason=stop.reason)
        reply = self._inbox.post(halt)
        self._stopping = halt, reply
        return reply

    def lost(self) -> Sequence[do.HaltTrading]:
        """Return the stop whose record went down with a failed commit: who gave it must be on record."""
        if self._stopping is None:
            return ()
        halt, reply = self._stopping
        return (halt,) if reply.done() and not reply.cancelled() and reply.exception() is not None else ()

    def stand_still(self) -> None:
        """Let no time go on after a fault, until somebody resumes; a tape that is held already stays so after that."""
        if not self._pace.paused:
            self._paused_by_fault = True
            self._pace.pause(paused=True)

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
        closings = self._latch.closings
        if isinstance(self._journal, Holdover):
            await self._journal.flush()
        if self._link.is_lost:
            await self._link.again()
        # nothing waits between this reading and the asking; a stop before it is in one of the two counts
        halts = self._state.trading.halts if closings == self._latch.closings else STOPPED_AGAIN
        self._opening = closings
        records = await self._inbox.ask(do.ResumeTrading(actor=actor, halts=halts))
        if self._latch.flag.is_set():
            return records
        if self._paused_by_fault:
            self._paused_by_fault = False
            self._pace.pause(paused=False)
        return records

    async def resume_as(self, noted: do.NoteOperator) -> None:
        """Resume as somebody did while no engine ran, before the loop runs. Raises JournalError."""
        self._opening = self._latch.closings
        command = do.ResumeTrading(actor=noted.actor, halts=noted.resumes)
        await self._engine.take([Asked(command)], self._inbox)
        trading = self._state.trading
        if trading.state is not TradingState.ACTIVE:  # stopped meanwhile
            self._latch.close(trading.text or trading.cause)

    def refuse_resume(self, standing: Callable[[], str]) -> None:
        """Let nobody resume while something says, in words, what stands in the way; empty when nothing does."""
        self._standing = standing

    def _on_halted(self, record: ev.Record) -> None:
        if isinstance(record.event, ev.TradingHalted) and not self._latch.flag.is_set():
            self._latch.close(f"{record.event.cause}: {record.event.text}")

    def _on_resumed(self, _record: ev.Record) -> None:
        self._latch.open(self._opening)


def _nothing() -> str:
    return ""
