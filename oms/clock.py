"""Engine time: what all that decides (windows, ages, expiries, hours) goes by. It never goes back.

The clock belongs to the feed. Recorded or made-up data carry their own time, which stands still until an event moves
it, so that a run depends on the data and not on the machine. Data of a live feed arrive in the time of this machine.
"""

from collections.abc import Callable

from oms.domain.units import Nanos


class SimClock:
    """Time that the feed moves."""

    def __init__(self, start: Nanos = 0) -> None:
        self._now = start

    def now(self) -> Nanos:
        """Return the time of the newest event."""
        return self._now

    def hear(self, ts: Nanos) -> None:
        """Go forward to `ts`; an earlier instant leaves the clock where it is."""
        self._now = max(self._now, ts)


class LiveClock:
    """Time that passes by itself: what `wall` says, in UTC nanoseconds, but never less than it said before."""

    def __init__(self, wall: Callable[[], Nanos]) -> None:
        self._wall = wall
        self._now = wall()

    def now(self) -> Nanos:
        """Return the wall's time; the latest one seen where the wall was set back."""
        self._now = max(self._now, self._wall())
        return self._now

    def hear(self, ts: Nanos) -> None:
        """Pay no heed to what others say the time is."""
