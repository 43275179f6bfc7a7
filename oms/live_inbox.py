"""The entrance of an engine on the wall clock: what venues and feeds push, what people ask, and that time passes.

Nobody can be told to wait with what has already happened. So what is pushed is taken as it comes: reports always, in
their order, and before tickets; quotes only as long as the engine keeps up. When it does not, the newest quote of an
instrument takes the place of the one that still waits, in its turn, and carries how many it came instead of. Bars, ends
of sessions and quotes that tell how far the market went are not replaceable, and what comes after one is not seen
before it. No report and no command is ever dropped.

Nothing here polls. While nothing happens the loop sleeps until something is put in or the state's next deadline is
reached, which is an input like any other.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Final

from msgspec.structs import replace

from oms.domain.deadline import DeadlineReached
from oms.domain.ids import InstrumentId
from oms.domain.market import MarketData, Quote
from oms.domain.report import VenueReport
from oms.domain.units import SECOND, Nanos
from oms.lanes import BATCH, BREATH_SECS, Asked, Lanes, first
from oms.pace import Pace

MARKET_AT_MOST: Final = BATCH // 2  # of a batch; the rest is for tickets, so that neither can starve the other
SOONEST_SECS: Final = 1e-6  # a wait so short that the loop's clock could not tell it from none would be a spin


class LiveInbox(Lanes):
    """Lanes for what is asked and for what is pushed. `now` is engine time; `deadline` is when the engine wants to be
    woken, None for never."""

    def __init__(self, now: Callable[[], Nanos], deadline: Callable[[], Nanos | None]) -> None:
        super().__init__(Pace())
        self._now = now
        self._deadline = deadline
        self._reports: deque[Asked] = deque()
        # by instrument what can be replaced, else numbered
        self._market: OrderedDict[InstrumentId | int, MarketData] = OrderedDict()
        self._numbers = count()
        # what came after the newest numbered, and may be replaced in its place
        self._in_turn: set[InstrumentId] = set()

    def hear(self, said: MarketData | VenueReport) -> None:
        """Queue what a venue or a feed said. From the loop's thread only, and it never waits."""
        if isinstance(said, Quote):
            self._queue(said)
        elif isinstance(said, MarketData):
            self._number(said)
        else:
            self._reports.append(Asked(said))
        self._changed.set()

    def _queue(self, quote: Quote) -> None:
        """Let a quote take the place of the one that waits, unless that one, or itself, must not be overtaken."""
        instrument_id = quote.instrument.instrument_id
        waiting = self._market.get(instrument_id)
        if isinstance(waiting, Quote):
            quote = replace(quote, conflated=waiting.conflated + 1)
            if quote.range is not None or instrument_id not in self._in_turn:
                del self._market[instrument_id]
        if quote.range is not None:
            self._number(quote)
        else:
            self._market[instrument_id] = quote
            self._in_turn.add(instrument_id)

    def _number(self, datum: MarketData) -> None:
        """Queue what nothing may replace."""
        self._market[next(self._numbers)] = datum
        self._in_turn.clear()

    async def batches(self) -> AsyncIterator[list[Asked]]:
        """Yield what waits, in order, until closed."""
        loop = asyncio.get_running_loop()
        breath = loop.time()
        while True:
            if self._stop_is_untold:
                await asyncio.sleep(0)
            waiting = self._take()
            if waiting:
                yield waiting
                if loop.time() - breath > BREATH_SECS:
                    await asyncio.sleep(0)
                    breath = loop.time()
            elif self.closed:
                return
            else:
                await self._wait()
                breath = loop.time()

    def _take(self) -> list[Asked]:
        """Return what presses, else reports, else a deadline, else prices and after them tickets, else the end."""
        pressing = self._pressing() or first(self._reports)
        if pressing:
            return pressing
        if self.closed:
            return first(self._normal or self._last)
        if self._secs_left() == 0:
            return [Asked(DeadlineReached(ts=self._now()))]
        market = [Asked(self._market.popitem(last=False)[1]) for _ in range(min(len(self._market), MARKET_AT_MOST))]
        return [*market, *first(self._normal, BATCH - len(market))]

    def _secs_left(self) -> float | None:
        """Return how long it is until the next deadline: 0 when it is reached, None without one."""
        deadline = self._deadline()
        if deadline is None:
            return None
        left = deadline - self._now()
        return max(left / SECOND, SOONEST_SECS) if left > 0 else 0

    async def _wait(self) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout(self._secs_left()):
                await self._changed.wait()
        except TimeoutError:
            return
