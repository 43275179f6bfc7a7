"""The single entrance: commands and market data reach the engine here, in one order.

Two lanes hold what people and programs ask: the urgent one (stops, cancels, what the router withheld) goes first.
A lockstep feed is pulled only when both lanes are empty and the venue has said all it had to say about the last
datum; the venue is shown a datum before the engine is, so fills come before the marks that the same prices move.

This is the only module of the core that may wait. `Pace` says how long a recorded instant lasts on the wall;
changing it, pausing, or any command ends a wait at once.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from oms.decide import Input
from oms.domain import commands as do
from oms.domain.events import Record
from oms.domain.market import Bar, MarketData, SessionEnded
from oms.domain.units import Nanos
from oms.pace import Pace
from oms.ports import LockstepFeed, LockstepVenue

BATCH: Final = 256
BREATH_SECS: Final = 0.004  # how long data may flow without letting the screen and the keys have the loop

URGENT: Final = (do.HaltTrading, do.CancelOrder, do.WithholdOrder, do.BrokerDown)

OUTCOMES: Final = (do.WithholdOrder, do.BrokerDown)  # of handing over; they are heard while the run ends

Reply: TypeAlias = asyncio.Future[Sequence[Record]]


class EngineEnded(RuntimeError):
    """The engine takes no more commands; nothing was done."""


class Asked(NamedTuple):
    """An input with the future that is told, after the commit, which records it caused."""

    cause: Input
    reply: Reply | None = None


class Inbox:
    """Everything that enters the engine. `put` and `ask` may be called from the loop's thread only."""

    def __init__(self, feed: LockstepFeed, venue: LockstepVenue, pace: Pace) -> None:
        self.feed = feed
        self._venue = venue
        self.pace = pace
        self._urgent: deque[Asked] = deque()
        self._normal: deque[Asked] = deque()
        self._last: deque[Asked] = deque()  # the run's end: nothing may stand behind it in the journal
        self._held: MarketData | None = None  # pulled, and waiting for its instant
        self._due: float | None = None
        self._newest: Nanos | None = None  # when the newest instant was recorded
        self._elapsed: Nanos = 0  # between it and the one before
        self.feed_ended = asyncio.Event()
        self.closed = False

    def put(self, command: do.Command) -> None:
        """Queue a command whose outcome nobody waits for."""
        self._enter(Asked(command))

    def post(self, command: do.Command) -> Reply:
        """Queue a command and return what will be its answer: the durable records it caused, after their commit.

        Nobody has to wait for it.
        """
        reply: Reply = asyncio.get_running_loop().create_future()
        reply.add_done_callback(_hear)
        self._enter(Asked(command, reply))
        return reply

    async def ask(self, command: do.Command) -> Sequence[Record]:
        """Queue a command and return the durable records it caused, after they were committed.

        Raises:
            JournalError: the commit failed; nothing was done.
            EngineEnded: the run is over or ending; nothing was done.
        """
        return await self.post(command)

    def close(self) -> None:
        """End the batches once what already waits was taken. What comes later is refused by name."""
        self.closed = True
        self.pace.changed.set()

    def abandon(self) -> None:
        """Refuse everything that still waits: nobody serves it any more."""
        self.closed = True
        for lane in (self._urgent, self._normal, self._last):
            while lane:
                _refuse(lane.popleft())

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

    async def batches(self) -> AsyncIterator[list[Asked]]:
        """Yield what waits, in order, until closed."""
        loop = asyncio.get_running_loop()
        breath = loop.time()
        while True:
            waiting = self._take()
            if waiting:
                yield waiting
                continue
            if self.closed:
                return
            if loop.time() - breath > BREATH_SECS:
                await asyncio.sleep(0)
                breath = loop.time()
                continue
            datum = self._next_datum()
            if datum is None or not self._is_due(loop.time()):
                self._held = datum
                await self._wait(loop)
                breath = loop.time()
                continue
            self._held = None
            self._show(datum)
            yield [*map(Asked, self._venue.drain()), Asked(datum)]

    def _enter(self, asked: Asked) -> None:
        if isinstance(asked.cause, do.EndRun):
            self._last.append(asked)
        elif self.closed and not isinstance(asked.cause, OUTCOMES):
            _refuse(asked)
        else:
            (self._urgent if isinstance(asked.cause, URGENT) else self._normal).append(asked)
        self.pace.changed.set()

    def _show(self, datum: MarketData) -> None:
        """Let the venue see a datum; one that cannot keep its book is reported, and the market moves all the same."""
        try:
            self._venue.on_market(datum)
        except ConnectionError as error:
            self.put(do.BrokerDown(actor="inbox", broker=self._venue.broker_id, text=str(error)))

    def _take(self) -> list[Asked]:
        """Return urgent commands, else what the venue says, else other commands, else the end; never two at once."""
        lane = self._urgent
        if not lane:
            reports = self._venue.drain()
            if reports:
                return [Asked(report) for report in reports]
            lane = self._normal or self._last
        return [lane.popleft() for _ in range(min(len(lane), BATCH))]

    def _next_datum(self) -> MarketData | None:
        if self._held is not None or self.feed_ended.is_set():
            return self._held
        played = self.feed.instant
        datum = self.feed.advance()
        if datum is None:
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


def _refuse(asked: Asked) -> None:
    if asked.reply is not None and not asked.reply.done():
        asked.reply.set_exception(EngineEnded("the engine has ended"))


def _hear(reply: Reply) -> None:
    """Take an error that nobody waits for: whoever serves the inbox has it too."""
    if not reply.cancelled():
        reply.exception()
