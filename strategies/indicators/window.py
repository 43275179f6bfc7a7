"""The last so many values, as a ring."""

from strategies.indicators.indicator import checked_period


class Window:
    """Keeps the last `period` values; `values` holds them in no particular order once the ring is full."""

    __slots__ = ("_place", "full", "period", "values")

    def __init__(self, period: int) -> None:
        self.period = checked_period(period)
        self.values: list[float] = []
        self.full = False
        self._place = 0

    def push(self, value: float) -> float | None:
        """Take a value in and return the one it pushes out, which is `period` values older; None while filling."""
        if not self.full:
            self.values.append(value)
            self.full = len(self.values) == self.period
            return None
        place = self._place
        dropped = self.values[place]
        self.values[place] = value
        self._place = place + 1 if place + 1 < self.period else 0
        return dropped

    @property
    def wrapped(self) -> bool:
        """Whether the ring has just gone round once more: the moment to sum it anew."""
        return self._place == 0
