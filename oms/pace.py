"""How fast recorded time passes on the wall.

A tempo is told in one of two ways, and they differ at night. By the instant, every instant lasts as long as any other,
so the gaps of a recording (nights, weekends) are skipped. By recorded time, an instant lasts as long as it did, divided
by some factor, and a night is a night.
"""

import asyncio
from typing import NamedTuple

from oms.domain.units import SECOND, Nanos


class Tempo(NamedTuple):
    """Wall seconds that pass per instant, and per recorded second; one of the two is zero."""

    per_instant: float = 0.0
    per_recorded_sec: float = 0.0

    def secs(self, elapsed: Nanos) -> float:
        """Return how many wall seconds one instant lasts that came `elapsed` after the one before it."""
        return self.per_instant + self.per_recorded_sec * elapsed / SECOND


class Pace:
    """The tempo in force, None for as fast as it goes. Changing it or pausing ends a wait at once."""

    def __init__(self, tempo: Tempo | None = None) -> None:
        self.tempo = tempo
        self.paused = False
        self.lasts = 0.0  # wall seconds that the wait at hand was meant to take
        self.changed = asyncio.Event()

    def set(self, tempo: Tempo | None) -> None:
        """Change the tempo, from now on."""
        self.tempo = tempo
        self.changed.set()

    def pause(self, *, paused: bool) -> None:
        """Hold the feed, or let it go on."""
        self.paused = paused
        self.changed.set()
