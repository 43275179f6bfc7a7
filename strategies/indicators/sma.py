"""The simple moving average.

A running sum is cheap and forgets nothing: every rounding error since the start stays in it. So it is summed anew,
exactly rounded, each time the window has gone round once; what an error can grow to is then bounded by one window,
at a cost that does not depend on the period.
"""

from math import fsum

from strategies.indicators.indicator import Indicator
from strategies.indicators.window import Window


class SMA(Indicator):
    """The mean of the last `period` values."""

    __slots__ = ("_sum", "_window")

    def __init__(self, period: int) -> None:
        super().__init__()
        self._window = Window(period)
        self._sum = 0.0

    def update(self, value: float) -> float | None:
        """Take a value in and return the mean, or None before `period` values."""
        window = self._window
        dropped = window.push(value)
        if dropped is None:
            if not window.full:
                return None
            self._sum = fsum(window.values)
        elif window.wrapped:
            self._sum = fsum(window.values)
        else:
            self._sum += value - dropped
        self.value = self._sum / window.period
        return self.value
