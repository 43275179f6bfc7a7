"""Mean and standard deviation of a sliding window.

The sum of squared deviations is slid by Welford's update: exact in real numbers, and in floats as good as the sum is
large. When a jump leaves the window the sum collapses and what is left of it can be mostly rounding error; a flat
stretch would then show a deviation that is not there, and a z-score made of noise. So the window is measured anew
when it has gone round once, and whenever the sum has fallen to a thousandth of what it has been since. Each such fall
needs a rise before it, so the cost per value stays constant.
"""

from math import fsum, sqrt

from strategies.indicators.window import Window

COLLAPSED = 1e-3  # of its peak: below, a sum may have lost three of its sixteen digits


class Moments:
    """The mean of the last `period` values and the sum of their squared deviations from it."""

    __slots__ = ("_peak", "mean", "squares", "window")

    def __init__(self, period: int) -> None:
        self.window = Window(period)
        self.mean = 0.0
        self.squares = 0.0
        self._peak = 0.0

    def push(self, value: float) -> bool:
        """Take a value in; tell whether the window is full, so that the moments stand."""
        window = self.window
        dropped = window.push(value)
        if dropped is None:
            if window.full:
                self._measure()
            return window.full
        before = self.mean
        step = value - dropped
        self.mean = mean = before + step / window.period
        self.squares += step * (value - mean + dropped - before)
        self._peak = max(self._peak, self.squares)
        if window.wrapped or self.squares < COLLAPSED * self._peak:
            self._measure()
        return True

    @property
    def deviation(self) -> float:
        """The population standard deviation; exactly zero where all values of the window are equal."""
        return sqrt(self.squares / self.window.period)

    def _measure(self) -> None:
        values = self.window.values
        first = values[0]  # deviations from it are exact zeros in a flat window, whatever its level
        self.mean = first + fsum(value - first for value in values) / len(values)
        self.squares = self._peak = fsum((value - self.mean) ** 2 for value in values)
