"""How far a value lies from the mean of its window, in standard deviations."""

from strategies.indicators.indicator import Indicator
from strategies.indicators.moments import Moments


class ZScore(Indicator):
    """`(newest - mean) / population standard deviation` over the last `period` values; 0 where they are all equal."""

    __slots__ = ("_moments",)

    def __init__(self, period: int) -> None:
        super().__init__()
        self._moments = Moments(period)

    def update(self, value: float) -> float | None:
        """Take a value in and return its z-score, or None before `period` values."""
        if not self._moments.push(value):
            return None
        deviation = self._moments.deviation
        self.value = (value - self._moments.mean) / deviation if deviation else 0.0
        return self.value
