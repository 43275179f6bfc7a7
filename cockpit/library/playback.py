"""When the market moves: only while a script waits for it to.

A recorded market has no time of its own, so between two statements of a script it stands still, and what the script
reads and decides belongs to one instant. `play` lets it move until something has happened. While a callback on a quote
is still at work the market waits for it, so an order sent from there meets the prices it was decided on, in every run
alike.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from cockpit.library.errors import BrokerConnectionError, RequestError, TradingError
from cockpit.session import Session
from oms.domain import events as ev
from oms.domain.ids import InstrumentId
from oms.domain.market import Quote
from oms.journal.holdover import Holdover
from oms.live_inbox import LiveInbox

FIRST_QUOTES_SECS: Final = 10.0
_STANDSTILLS: Final = (ev.BrokerDisconnected, ev.TradingHalted)  # after which a session may hold its feed by itself


class Playback:
    """Holds one session's market, and lets it go. Made before the session starts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._enough: Callable[[ev.Record], bool] | None = None  # what the play under way waits for
        self._obstacle: Exception | None = None
        self._stopped = asyncio.Event()
        self._callbacks: set[asyncio.Task[None]] = set()
        self._is_live = isinstance(session.inbox, LiveInbox)
        self.hold()
        session.bus.subscribe(self._watch)

    @property
    def playing(self) -> bool:
        """Whether the market moves, or waits for a callback to move on."""
        return self._enough is not None

    async def play(
        self, enough: Callable[[ev.Record], bool], serving: asyncio.Task[None], within: float | None = None
    ) -> None:
        """Let the market move up to and including the first record that is enough, or to its end; or for so many
        seconds of the wall, if neither comes.

        Raises:
            RequestError: it moves already; a callback cannot move it either.
            BrokerConnectionError: the broker is lost, or was meanwhile.
            TradingError: the journal has failed, or did meanwhile, or the session is over.
        """
        if self.playing:
            raise RequestError("the market moves already: one run at a time, and none from a callback")
        obstacle = self._find_obstacle()
        if obstacle is not None:
            raise obstacle
        self._stopped.clear()
        self._obstacle, self._enough = None, enough
        self.hold()
        ends = [asyncio.create_task(self._stopped.wait()), asyncio.create_task(self._session.inbox.feed_ended.wait())]
        try:
            await asyncio.wait([serving, *ends], timeout=within, return_when=asyncio.FIRST_COMPLETED)
            while self._callbacks:
                await asyncio.wait(self._callbacks)
        finally:
            for task in ends:
                task.cancel()
            self._enough = None
            self.hold()
        if serving.done():
            raise TradingError("the session is over") from serving.exception()
        if self._obstacle is not None:
            raise self._obstacle

    async def play_bars(self, bars: int | None, serving: asyncio.Task[None]) -> int:
        """Play so many sessions of the feed to their end, or all that are left; return how many it were.

        Raises what `play` raises.
        """
        if bars is not None and (type(bars) is not int or bars < 1):
            raise RequestError(f"bars: expected a positive whole number, got {bars!r}")
        played = 0

        def enough(record: ev.Record) -> bool:
            nonlocal played
            played += isinstance(record.event, ev.TapePositioned)
            return played == bars

        await self.play(enough, serving)
        return played

    async def play_first_quotes(self, serving: asyncio.Task[None]) -> None:
        """Play until every instrument has a price, or one has its second, or a session of the feed is over.

        A recorded market comes to one of these by itself. A live one may be closed for days, so it is waited for no
        longer than `FIRST_QUOTES_SECS`; whoever asks then for a price that is not there is told so.
        """
        seen: set[InstrumentId] = set()
        wanted = len(self._session.feed.instruments)

        def enough(record: ev.Record) -> bool:
            event = record.event
            if not (isinstance(event, ev.MarketMoved) and isinstance(event.data, Quote)):
                return isinstance(event, ev.TapePositioned)
            name = event.data.instrument.instrument_id
            again = name in seen
            seen.add(name)
            return again or len(seen) == wanted

        await self.play(enough, serving, FIRST_QUOTES_SECS if self._is_live else None)

    def wait_for(self, callback: asyncio.Task[None]) -> None:
        """Hold the market until a callback is through."""
        self._callbacks.add(callback)
        callback.add_done_callback(self._called)
        self.hold()

    def _called(self, callback: asyncio.Task[None]) -> None:
        self._callbacks.discard(callback)
        self.hold()

    def hold(self) -> None:
        """Hold the market unless a script waits for it, whatever else has let it go."""
        moves = self._enough is not None and not self._callbacks and not self._stopped.is_set()
        self._session.pace.pause(paused=not moves)

    def _watch(self, record: ev.Record) -> None:
        if self._enough is None:
            if isinstance(record.event, ev.MarketMoved):  # somebody else let it go, such as a resume after a fault
                self.hold()
            return
        if isinstance(record.event, _STANDSTILLS):
            self._obstacle = self._obstacle or self._find_obstacle()
        if not self._stopped.is_set() and (self._obstacle is not None or self._enough(record)):
            self._stopped.set()
            self.hold()

    def _find_obstacle(self) -> Exception | None:
        """Return why the market cannot move on; a halt alone stops orders and not prices, and a live link that is gone
        comes back by itself."""
        session = self._session
        broker, lost = next(((name, text) for name, text in session.state.runs.links.items() if text), ("", ""))
        if lost and not self._is_live:
            return BrokerConnectionError(f"{broker} is lost: {lost}; session.resume() reaches for it again")
        if isinstance(session.journal, Holdover) and session.journal.holding:
            return TradingError(f"{session.state.trading.text}; session.resume() tries it again")
        return None
