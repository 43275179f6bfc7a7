"""What a record says beside its sentence, for whoever opens its line: where to ask on, and what a strategy saw."""

from collections.abc import Iterable
from typing import TypeAlias

from cockpit.glyphs import Glyphs, written
from oms.domain.events import Record
from oms.domain.ids import to_signal_id
from oms.domain.signal import Observation
from oms.domain.strategy_events import SignalRaised
from oms.domain.units import DAY

Particulars: TypeAlias = tuple[tuple[str, str], ...]
"""Titles and texts."""


def particulars(record: Record) -> Particulars:
    """Return the number by which `cockpit journal show` knows a record, the signal that it came of, and for a signal
    what its strategy saw and for how long it would hold."""
    told = [("RECORD", str(record.seq))] if record.seq else []
    signal_id = to_signal_id(record.correlation_id)
    if signal_id is not None:
        told.append(("SIGNAL", signal_id))
    if isinstance(record.event, SignalRaised):
        signal = record.event.signal
        if signal.time_horizon is not None:
            told.append(("HOLDS", f"{signal.time_horizon / DAY:g} days at most"))
        told += saw(signal.metadata)
    return tuple(told)


def readable(told: Particulars, glyphs: Glyphs) -> Particulars:
    """Return the texts as they can be read with a set of signs."""
    return tuple((title, written(text, glyphs)) for title, text in told)


def saw(metadata: Iterable[Observation]) -> Particulars:
    """Return what a strategy saw on one line, nothing if it does not say."""
    text = ", ".join(f"{seen.name} {seen.value}" for seen in metadata)
    return (("SAW", text),) if text else ()
