"""Rolling correlation of two series.

The sums of squares and of products are slid, and measured anew on the same occasions and for the same reason as in
`moments`.
"""

from math import fsum, sqrt

from strategies.indicators.indicator import Indicator
from strategies.indicators.moments import COLLAPSED
from strategies.indicators.window import Window


class RollingCorrelation(Indicator):
    """Pearson's coefficient of the last `period` pairs, -1 to 1; 0 where one of the two did not move."""

    __slots__ = ("_mean_x", "_mean_y", "_peak_xx", "_peak_yy", "_window_x", "_window_y", "_xx", "_xy", "_yy")

    def __init__(self, period: int) -> None:
        super().__init__()
        self._window_x = Window(period)
        self._window_y = Window(period)
        self._mean_x = self._mean_y = 0.0
        self._xx = self._yy = self._xy = 0.0
        self._peak_xx = self._peak_yy = 0.0

    def update(self, x: float, y: float) -> float | None:
        """Take a pair in and return the coefficient, or None before `period` pairs."""
        old_x, old_y = self._window_x.push(x), self._window_y.push(y)
        if old_x is None or old_y is None:
            if not self._window_x.full:
                return None
            self._measure()
        else:
            self._slide(x, y, old_x, old_y)
        spread = sqrt(self._xx) * sqrt(self._yy)
        self.value = max(-1.0, min(1.0, self._xy / spread)) if spread else 0.0
        return self.value

    def _slide(self, x: float, y: float, old_x: float, old_y: float) -> None:
        period = self._window_x.period
        before_x, before_y = self._mean_x, self._mean_y
        self._mean_x = mean_x = before_x + (x - old_x) / period
        self._mean_y = mean_y = before_y + (y - old_y) / period
        self._xx += (x - old_x) * (x - mean_x + old_x - before_x)
        self._yy += (y - old_y) * (y - mean_y + old_y - before_y)
        self._xy += (x - mean_x) * (y - before_y) - (old_x - mean_x) * (old_y - before_y)
        self._peak_xx = max(self._peak_xx, self._xx)
        self._peak_yy = max(self._peak_yy, self._yy)
        collapsed = self._xx < COLLAPSED * self._peak_xx or self._yy < COLLAPSED * self._peak_yy
        if self._window_x.wrapped or collapsed:
            self._measure()

    def _measure(self) -> None:
        xs, ys = self._window_x.values, self._window_y.values
        self._mean_x = xs[0] + fsum(x - xs[0] for x in xs) / len(xs)
        self._mean_y = ys[0] + fsum(y - ys[0] for y in ys) / len(ys)
        self._xx = self._peak_xx = fsum((x - self._mean_x) ** 2 for x in xs)
        self._yy = self._peak_yy = fsum((y - self._mean_y) ** 2 for y in ys)
        self._xy = fsum((x - self._mean_x) * (y - self._mean_y) for x, y in zip(xs, ys, strict=True))
