"""The average true range (J. Welles Wilder, New Concepts in Technical Trading Systems, 1978)."""

from strategies.indicators.indicator import Indicator, checked_period


class ATR(Indicator):
    """How far a bar moves, gaps included, in the unit of its prices.

    The true range is the largest of high - low, |high - previous close| and |low - previous close|; of the first bar
    it is high - low. The average begins as the mean of `period` ranges and goes on by Wilder's smoothing.
    """

    __slots__ = ("_close", "_count", "_period", "_sum")

    def __init__(self, period: int = 14) -> None:
        super().__init__()
        self._period = checked_period(period)
        self._close: float | None = None
        self._count = 0
        self._sum = 0.0

    def update(self, high: float, low: float, close: float) -> float | None:
        """Take a bar in and return the average, or None before `period` bars."""
        previous, self._close = self._close, close
        reach = float(high - low)
        if previous is not None:
            reach = max(reach, abs(high - previous), abs(low - previous))
        if self.value is not None:
            self.value += (reach - self.value) / self._period
        else:
            self._count += 1
            self._sum += reach
            if self._count == self._period:
                self.value = self._sum / self._period
        return self.value
