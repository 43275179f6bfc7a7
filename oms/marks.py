"""The last price of each instrument and its age: what positions are valued at.

Quotes are live and not durable; `MarkRecorded` keeps the mark of what is held, so that a restart values it until the
first quote comes. It is recorded at three moments and at no other: at the end of a session and of a run, where
recorded time may stand still until the next start; and with the fill that opens a position, because a crash before
the session's end would leave that one without any mark, its equity unknown, and the gate denying until quotes come.
Between them a mark may be old by the part of a session that was lost in a crash, never missing; a mark with every
quote would be a record with every quote.
"""

from typing import Final, NamedTuple

from oms.domain.events import Event, MarketMoved, MarkRecorded
from oms.domain.ids import InstrumentId
from oms.domain.market import Bar, Quote
from oms.domain.units import Nanos, Price


class Mark(NamedTuple):
    """A price and the engine time at which it was seen."""

    px: Price
    ts: Nanos


class Marks:
    """Newest quote, mark and previous close of each instrument."""

    HANDLES: Final = (MarketMoved, MarkRecorded)

    def __init__(self) -> None:
        self.by_id: dict[InstrumentId, Mark] = {}
        self.quotes: dict[InstrumentId, Quote] = {}
        self.closes: dict[InstrumentId, Price] = {}  # of the last bar seen: the base of the day's change

    def apply(self, event: Event, ts: Nanos) -> None:  # noqa: ARG002 - every slice is called alike
        """Count an event in."""
        if isinstance(event, MarketMoved):
            data = event.data
            if isinstance(data, Quote):
                instrument_id = data.instrument.instrument_id
                self.quotes[instrument_id] = data
                self.by_id[instrument_id] = Mark(data.last_px, data.ts)
            elif isinstance(data, Bar):
                self.closes[data.instrument.instrument_id] = data.close_px
        elif isinstance(event, MarkRecorded):
            self.by_id[event.instrument_id] = Mark(event.px, event.ts_mark)

    def get(self, instrument_id: InstrumentId) -> Mark | None:
        """Return the mark, or None when no price was ever seen."""
        return self.by_id.get(instrument_id)
