"""What can be traded."""

from oms.domain.events import InstrumentListed
from oms.domain.ids import InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.units import Nanos
from oms.slice import Appliers


class Instruments:
    """The listed instruments by id, in the order of listing."""

    def __init__(self) -> None:
        self.by_id: dict[InstrumentId, Instrument] = {}

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {InstrumentListed: self._list}

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

    def _list(self, event: InstrumentListed, _ts: Nanos) -> None:
        self.by_id[event.instrument.instrument_id] = event.instrument
