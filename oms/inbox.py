"""The single entrance: commands and market data reach the engine here, in one order.

A lockstep feed is pulled only when both lanes are empty and the venue has said all it had to say about the last
datum; the venue is shown a datum before the engine is, so fills come before the marks that the same prices move. What
falls between two data comes between them, without a wait: first what arrives at the venue or from it, then what the
engine waits for. In recorded time nothing else can make time pass.

Of the core only the inboxes may wait. `Pace` says how long a recorded instant lasts on the wall;
changing it, pausing, or any command ends a wait at once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from oms.domain import commands as do
from oms.domain.deadline import DeadlineReached
from oms.domain.market import Bar, MarketData, SessionEnded
from oms.domain.units import Nanos
from oms.lanes import BREATH_SECS, Asked, Lanes, first
from oms.lockstep import LockstepFeed, LockstepVenue
from oms.pace import Pace

T = TypeVar("T")


class Inbox(Lanes):
    """The entrance of an engine on a lockstep feed. `deadline` says when the engine wants to be woken."""

    def __init__(
        self, feed: LockstepFeed, venue: LockstepVenue, pace: Pace, deadline: Callable[[], Nanos | None]
    ) -> None:
        super().__init__(pace)
        self._deadline = deadline
        self.feed = feed
        self._venue = venue
        self._held: MarketData | None = None  # pulled, and waiting for its instant
        self._due: float | None = None
        self._newest: Nanos | None = None  # when the newest instant was recorded
        self._elapsed: Nanos = 0  # between it and the one before
        self._hearing: asyncio.Future[object] | None = None  # while what the venue has to say is written into its book

    def skip(self, until: Nanos, seen: Callable[[Bar], None]) -> None:
        """Go past the data up to and including an instant; the bars among it are shown to `seen`.

        It stops before a session's end: the venue must hear of it, or day orders would outlive their day.
        """
        while (datum := self.feed.advance()) is not None and datum.ts <= until:
            if isinstance(datum, SessionEnded):
                break
            if isinstance(datum, Bar):
                seen(datum)
        self._held = datum
        if datum is None:
            self.feed_ended.set()

    async def heard(self) -> None:
        """Return once what the venue is about to say was taken: who serves the batches was waiting first, so that it
        has begun to decide that by then."""
        while self._hearing is not None:
            await asyncio.wait([self._hearing])

    async def batches(self) -> AsyncIterator[list[Asked]]:
        """Yield what waits, in order, until closed."""
        loop = asyncio.get_running_loop()
        breath = loop.time()
        while True:
            if self._stop_is_untold:
                await asyncio.sleep(0)
            waiting = await self._take()
            if waiting:
                yield waiting
                continue
            if self.closed:
                return
            if loop.time() - breath > BREATH_SECS:
                await asyncio.sleep(0)
                breath = loop.time()
                continue
            self._held = datum = self._next_datum()
            played = await self._play(datum) if self._is_due(loop.time()) else None
            if played is None:
                await self._wait(loop)
                breath = loop.time()
            elif played:
                yield played

    async def _play(self, datum: MarketData | None) -> list[Asked] | None:
        """Return what comes next: what falls before a datum, or else the datum. None when nothing does, and nothing
        that could be seen when something has only arrived at the venue."""
        arrives, deadline = self._venue.due(), self._deadline()
        until = datum.ts if datum is not None else arrives
        if until is None:
            return None
        if datum is not None and (expires := self._venue.expires()) is not None:  # without data no order grows old
            arrives = expires if arrives is None else min(arrives, expires)
        if arrives is not None and arrives <= until and (deadline is None or arrives <= deadline):
            self._tell(self._venue.pass_to, arrives)
            await self._let_keep()
            return self.said()
        if deadline is not None and deadline <= until:
            self._tell(self._venue.pass_to, deadline)
            return [Asked(DeadlineReached(ts=deadline))]
        if datum is None:
            return None
        self._held = None
        self._tell(self._venue.on_market, datum)
        await self._let_keep()
        return [*self.said(), Asked(datum)]

    async def _let_keep(self) -> None:
        """Let the venue write its book, and the loop go on meanwhile: nothing is said of what does not stand there."""
        writing = self._venue.keep()
        if writing is None:
            return
        self._hearing = asyncio.ensure_future(writing)
        try:
            await self._hearing
        finally:
            self._hearing = None

    def said(self) -> list[Asked]:
        """Take what the venue has said; one that cannot keep its book says nothing, and the engine is told."""
        try:
            return [Asked(report) for report in self._venue.drain()]
        except ConnectionError as error:
            self._lose(error)
            return []

    def _tell(self, what: Callable[[T], None], arg: T) -> None:
        """Let the venue know; one that cannot keep its book is reported, and the market moves all the same."""
        try:
            what(arg)
        except ConnectionError as error:
            self._lose(error)

    def _lose(self, error: ConnectionError) -> None:
        self.put(do.BrokerDown(actor="inbox", broker=self._venue.broker_id, text=str(error)))

    async def _take(self) -> list[Asked]:
        """Return what presses, else what the venue says, else other commands, else the end; never two at once."""
        pressing = self._pressing()
        if pressing:
            return pressing
        await self._let_keep()
        return self._pressing() or self.said() or self._pressing() or first(self._normal or self._last)

    def _next_datum(self) -> MarketData | None:
        if self._held is not None or self.feed_ended.is_set():
            return self._held
        played = self.feed.instant
        datum = self.feed.advance()
        if datum is None:
            if self._venue.due() is None:
                self.feed_ended.set()
        elif self.feed.instant > played:
            self._schedule(datum.ts)
        return datum

    def _schedule(self, ts: Nanos) -> None:
        """Set when the new instant is due: so much after the last one was due, so that speed does not drift."""
        self._elapsed, self._newest = 0 if self._newest is None else ts - self._newest, ts
        tempo = self.pace.tempo
        if tempo is None:
            self._due = None
            return
        now = asyncio.get_running_loop().time()
        last = self._due if self._due is not None else now
        self.pace.lasts = tempo.secs(self._elapsed)
        self._due = max(last + self.pace.lasts, now)

    def _is_due(self, now: float) -> bool:
        return not self.pace.paused and (self._due is None or now >= self._due)

    async def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for a command, a change of pace, or the instant that is due."""
        self.pace.changed.clear()
        due = None if self._held is None or self.pace.paused else self._due
        try:
            async with asyncio.timeout_at(due):
                await self.pace.changed.wait()
        except TimeoutError:
            return
        tempo = self.pace.tempo  # it may have changed: what waits comes at the new one, if that is sooner
        if tempo is None:
            self._due = None
        elif self._due is not None:
            self.pace.lasts = tempo.secs(self._elapsed)
            self._due = min(self._due, loop.time() + self.pace.lasts)
