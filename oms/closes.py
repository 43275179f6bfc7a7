"""The last closes of each instrument, so many and no more: what a change and a volatility are measured from.

Live state: no part of the digest, and after a restart the bars of the past are shown again. It outlives a reset.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from oms.domain.events import MarketMoved
from oms.domain.ids import InstrumentId
from oms.domain.market import Bar
from oms.domain.units import Nanos, Price
from oms.slice import Appliers

KEPT: Final = 65  # a quarter of daily bars, and the one before it


class Closes:
    """A ring of closes per instrument, oldest first."""

    def __init__(self) -> None:
        self._by_id: dict[InstrumentId, deque[Price]] = {}

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {MarketMoved: self._hear}

    def show(self, bar: Bar) -> None:
        """Take a bar in."""
        self._by_id.setdefault(bar.instrument.instrument_id, deque(maxlen=KEPT)).append(bar.close_px)

    def of(self, instrument_id: InstrumentId) -> Sequence[Price]:
        """Return the closes that are kept, oldest first; empty before the first."""
        return tuple(self._by_id.get(instrument_id, ()))

    def last(self, instrument_id: InstrumentId) -> Price | None:
        """Return the newest close, or None before the first."""
        closes = self._by_id.get(instrument_id)
        return closes[-1] if closes else None

    def _hear(self, event: MarketMoved, _ts: Nanos) -> None:
        if type(event.data) is Bar:
            self.show(event.data)
