"""What can be traded."""

from typing import Final

from oms.domain.events import Event, InstrumentListed
from oms.domain.ids import InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.units import Nanos


class Instruments:
    """The listed instruments by id, in the order of listing."""

    HANDLES: Final = (InstrumentListed,)

    def __init__(self) -> None:
        self.by_id: dict[InstrumentId, Instrument] = {}

    def apply(self, event: Event, ts: Nanos) -> None:  # noqa: ARG002 - every slice is called alike
        """Count an event in."""
        if isinstance(event, InstrumentListed):
            self.by_id[event.instrument.instrument_id] = event.instrument

    def get(self, instrument_id: InstrumentId) -> Instrument | None:
        """Return the instrument, or None when it is not listed."""
        return self.by_id.get(instrument_id)

    def find(self, name: str) -> Instrument | None:
        """Return the one instrument of this id or, where that is unambiguous, of this bare symbol."""
        listed = self.by_id.get(InstrumentId(name))
        if listed is not None:
            return listed
        named = [instrument for instrument in self.by_id.values() if instrument.symbol == name]
        return named[0] if len(named) == 1 else None
