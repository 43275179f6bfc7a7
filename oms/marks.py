"""The last price of each instrument and its age: what positions are valued at.

Quotes are live and not durable; `MarkRecorded` keeps the mark of what is held, so that a restart values it until the
first quote comes. It is recorded at three moments and at no other: at the end of a session and of a run, where
recorded time may stand still until the next start; and with the fill that opens a position, because a crash before
the session's end would leave that one without any mark, its equity unknown, and the gate denying until quotes come.
Between them a mark may be old by the part of a session that was lost in a crash, never missing; a mark with every
quote would be a record with every quote.
"""

from typing import NamedTuple

from oms.domain.account_events import MarkRecorded
from oms.domain.events import MarketMoved
from oms.domain.ids import InstrumentId
from oms.domain.market import Quote
from oms.domain.units import Nanos, Price
from oms.slice import Appliers


class Mark(NamedTuple):
    """A price and the engine time at which it was seen."""

    px: Price
    ts: Nanos


class Marks:
    """Newest quote and mark of each instrument."""

    def __init__(self) -> None:
        self.by_id: dict[InstrumentId, Mark] = {}
        self.quotes: dict[InstrumentId, Quote] = {}
        self.conflated = 0  # quotes that were never seen, because newer ones came while the engine was behind

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {MarketMoved: self._see, MarkRecorded: self._record}

    def get(self, instrument_id: InstrumentId) -> Mark | None:
        """Return the mark, or None when no price was ever seen."""
        return self.by_id.get(instrument_id)

    def _see(self, event: MarketMoved, _ts: Nanos) -> None:
        data = event.data
        if type(data) is Quote:
            instrument_id = data.instrument.instrument_id
            self.quotes[instrument_id] = data
            self.by_id[instrument_id] = Mark(data.last_px, data.ts)
            self.conflated += data.conflated

    def _record(self, event: MarkRecorded, _ts: Nanos) -> None:
        self.by_id[event.instrument_id] = Mark(event.px, event.ts_mark)
