"""The floor: what the venue sees of its market just now.

A session of an instrument begins with its first quote and ends, for all of them, when the feed says so. Nobody else at
the venue keeps time: what may trade in an opening or a closing is asked here.
"""

from oms.domain.ids import InstrumentId
from oms.domain.market import Quote
from oms.domain.order import Side
from oms.domain.units import ZERO, Nanos, Quantity


class Floor:
    """The newest quotes, the sessions that are on, and what is left of the sizes shown where they count (`sized`)."""

    def __init__(self, *, sized: bool) -> None:
        self.sized = sized
        self.quotes: dict[InstrumentId, Quote] = {}
        self.trading: set[InstrumentId] = set()  # quoted since the last session ended
        self._ranged: Nanos = 0  # the instant of the newest quote that came with a range
        self._taken: dict[tuple[InstrumentId, Side], Quantity] = {}  # of the newest quotes' sizes

    def show(self, quote: Quote) -> bool:
        """See a quote; return whether it opens its instrument's session."""
        instrument_id = quote.instrument.instrument_id
        self.quotes[instrument_id] = quote
        if quote.range is not None:
            self._ranged = max(self._ranged, quote.ts)
        if self._taken:
            for side in Side:
                self._taken.pop((instrument_id, side), None)
        if instrument_id in self.trading:
            return False
        self.trading.add(instrument_id)
        return True

    def met(self, instrument_id: InstrumentId) -> Quote | None:
        """Return the quote that an order meets which arrives now; None when it waits for the next."""
        quote = self.quotes.get(instrument_id)
        return quote if quote is not None and quote.ts >= self._ranged else None

    def end(self) -> None:
        """End the session of every instrument."""
        self.trading.clear()

    def left(self, quote: Quote, side: Side, wanted: Quantity) -> Quantity:
        """Return how much of what an order of this side wants is still to be had from the newest quote."""
        if not self.sized:
            return wanted
        shown = quote.instrument.quantity(quote.ask_size if side is Side.BUY else quote.bid_size)
        return min(wanted, shown - self._taken.get((quote.instrument.instrument_id, side), ZERO))

    def take(self, quote: Quote, side: Side, quantity: Quantity) -> None:
        """Count what an order of this side takes."""
        if self.sized:
            key = quote.instrument.instrument_id, side
            self._taken[key] = self._taken.get(key, ZERO) + quantity
