"""Prices for a script: the newest, those that were, and those to come.

There is one feed, the session's, and it is listened to from the first subscriber on.
"""

from collections import deque
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final, TypeAlias

from cockpit.library.argument import to_callback
from cockpit.library.errors import MarketDataError, RequestError
from cockpit.library.guests import Callback, Guests
from cockpit.library.instant import to_datetime
from cockpit.library.open_reader import OpenReader
from cockpit.library.request import to_instrument
from cockpit.session import Session
from oms.domain.events import MarketMoved, Record
from oms.domain.ids import InstrumentId
from oms.domain.market import Bar, Quote
from oms.domain.units import SECOND, Nanos

QuoteCallback: TypeAlias = Callback[Quote]

BARS_KEPT: Final = 1_000  # of each instrument
INTERVALS: Final = 3  # of the feed without a quote, after which the last one is stale
LEAST_AGE: Final = 5 * SECOND


class QuoteBoard:
    """`session.market`: quotes and bars of the session's feed. `history` are the bars that came before it."""

    def __init__(self, session: Session, reader: OpenReader, guests: Guests, history: Iterable[Bar]) -> None:
        self._session = session
        self._reader = reader
        self._guests = guests
        self._subscribers: dict[InstrumentId, list[QuoteCallback]] = {}
        self._bars: dict[InstrumentId, deque[Bar]] = {}
        self._listens = False
        for bar in history:
            self._keep(bar)
        session.bus.subscribe(self._on_bar, MarketMoved)

    async def subscribe_to_quotes(self, symbol: str, callback: QuoteCallback) -> Callable[[], None]:
        """Call `callback(quote)` for every quote of an instrument from now on; return what ends that.

        Raises:
            RequestError: nothing is listed under that symbol, or the callback cannot be called.
        """
        name = self._named(symbol)
        to_callback(callback)
        called = self._subscribers.setdefault(name, [])
        called.append(callback)
        if not self._listens:
            self._listens = True
            self._session.bus.subscribe(self._on_quote, MarketMoved)

        def unsubscribe() -> None:
            if callback in called:
                called.remove(callback)

        return unsubscribe

    async def get_latest_quote(self, symbol: str) -> Quote:
        """Return the newest quote. Its sizes are in lots; `.bid_px`, `.ask_px` and `.last_px` are Decimal.

        Raises:
            RequestError: nothing is listed under that symbol.
            MarketDataError: there was none yet, or it is older than three intervals of its feed and five seconds.
        """
        name, state = self._named(symbol), self._session.state
        quote = state.marks.quotes.get(name)
        if quote is None:
            raise MarketDataError(f"{name} has not been quoted yet")
        age, limit = state.ts - quote.ts, max(LEAST_AGE, INTERVALS * self._session.feed.interval)
        if age > limit:
            seen = f"{to_datetime(quote.ts):%Y-%m-%d %H:%M:%S}Z"
            raise MarketDataError(f"{name}: quote of {seen} is {_secs(age)} s old, more than {_secs(limit)} s")
        return quote

    async def get_bars(self, symbol: str, limit: int = 100) -> list[Bar]:
        """Return the newest bars that have closed, oldest first; at most `BARS_KEPT` are kept.

        Raises:
            RequestError: nothing is listed under that symbol, or the limit is not a positive whole number.
        """
        if type(limit) is not int or limit < 1:
            raise RequestError(f"limit: expected a positive whole number, got {limit!r}")
        return list(self._bars.get(self._named(symbol), ()))[-limit:]

    def _named(self, symbol: str) -> InstrumentId:
        self._reader.demand_open()
        return to_instrument(symbol, self._session.state.instruments).instrument_id

    def _keep(self, bar: Bar) -> None:
        self._bars.setdefault(bar.instrument.instrument_id, deque(maxlen=BARS_KEPT)).append(bar)

    def _on_bar(self, record: Record) -> None:
        if isinstance(record.event, MarketMoved) and isinstance(record.event.data, Bar):
            self._keep(record.event.data)

    def _on_quote(self, record: Record) -> None:
        if isinstance(record.event, MarketMoved) and isinstance(record.event.data, Quote):
            quote = record.event.data
            for callback in tuple(self._subscribers.get(quote.instrument.instrument_id, ())):
                self._guests.call(callback, quote)


def _secs(duration: Nanos) -> str:
    return f"{Decimal(duration) / SECOND:.0f}"
