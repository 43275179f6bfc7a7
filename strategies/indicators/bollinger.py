"""Bollinger bands (John Bollinger, Bollinger on Bollinger Bands, 2001)."""

from strategies.indicators.indicator import Indicator
from strategies.indicators.moments import Moments


class Bollinger(Indicator):
    """`value` is the middle band, the mean of the last `period` values.

    `upper` and `lower` lie `width` population standard deviations around it. `z` says how many deviations the newest
    value is away from the middle; 0 where the window is flat.
    """

    __slots__ = ("_moments", "lower", "upper", "width", "z")

    def __init__(self, period: int = 20, width: float = 2.0) -> None:
        super().__init__()
        self._moments = Moments(period)
        self.width = width
        self.upper: float | None = None
        self.lower: float | None = None
        self.z: float | None = None

    def update(self, value: float) -> float | None:
        """Take a value in and return the middle band, or None before `period` values."""
        if not self._moments.push(value):
            return None
        middle, deviation = self._moments.mean, self._moments.deviation
        self.value = middle
        self.upper = middle + self.width * deviation
        self.lower = middle - self.width * deviation
        self.z = (value - middle) / deviation if deviation else 0.0
        return middle
