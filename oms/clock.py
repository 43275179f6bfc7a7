"""Engine time, which no machine's clock moves.

It stands still until an event moves it, so everything that decides (windows, ages, expiries, hours)
follows the data and not the machine. It never goes back.
"""

from oms.domain.units import Nanos


class SimClock:
    """Time that the feed moves."""

    def __init__(self, start: Nanos = 0) -> None:
        self._now = start

    def now(self) -> Nanos:
        """Return the time of the newest event."""
        return self._now

    def move_to(self, ts: Nanos) -> None:
        """Go forward to `ts`; an earlier instant leaves the clock where it is."""
        self._now = max(self._now, ts)
