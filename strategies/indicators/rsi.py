"""The relative strength index (J. Welles Wilder, New Concepts in Technical Trading Systems, 1978)."""

from strategies.indicators.indicator import Indicator, checked_period


class RSI(Indicator):
    """`100 - 100 / (1 + average gain / average loss)`, 0 to 100.

    The averages begin as the mean of the first `period` changes and go on by Wilder's smoothing,
    `(average * (period - 1) + newest) / period`. Without any loss it is 100, and 50 where nothing moved at all.
    """

    __slots__ = ("_changes", "_gain", "_loss", "_period", "_previous")

    def __init__(self, period: int) -> None:
        super().__init__()
        self._period = checked_period(period)
        self._previous: float | None = None
        self._changes = 0
        self._gain = 0.0
        self._loss = 0.0

    def update(self, value: float) -> float | None:
        """Take a value in and return the index, or None before `period` + 1 values."""
        previous, self._previous = self._previous, value
        if previous is None:
            return None
        change = value - previous
        gain, loss = (change, 0.0) if change > 0 else (0.0, -change)
        period = self._period
        if self._changes < period:
            self._changes += 1
            self._gain += gain / period
            self._loss += loss / period
            if self._changes < period:
                return None
        else:
            self._gain = (self._gain * (period - 1) + gain) / period
            self._loss = (self._loss * (period - 1) + loss) / period
        moved = self._gain + self._loss
        self.value = 100.0 * self._gain / moved if moved else 50.0
        return self.value
