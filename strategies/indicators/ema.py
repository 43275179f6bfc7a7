"""The exponential moving average."""

from strategies.indicators.indicator import Indicator
from strategies.indicators.sma import SMA


class EMA(Indicator):
    """`ema + 2 / (period + 1) * (value - ema)`, begun with the simple mean of the first `period` values."""

    __slots__ = ("_begin", "_weight")

    def __init__(self, period: int) -> None:
        super().__init__()
        self._begin: SMA | None = SMA(period)
        self._weight = 2.0 / (period + 1.0)

    def update(self, value: float) -> float | None:
        """Take a value in and return the average, or None before `period` values."""
        if self.value is not None:
            self.value += self._weight * (value - self.value)
        elif self._begin is not None:
            self.value = self._begin.update(value)
            if self.value is not None:
                self._begin = None
        return self.value
