"""Momentum: the rate of change."""

from strategies.indicators.indicator import Indicator
from strategies.indicators.window import Window


class Momentum(Indicator):
    """`newest / value of period values ago - 1`, a fraction; 0 where the older value is zero."""

    __slots__ = ("_window",)

    def __init__(self, period: int) -> None:
        super().__init__()
        self._window = Window(period)

    def update(self, value: float) -> float | None:
        """Take a value in and return the change, or None before `period` + 1 values."""
        older = self._window.push(value)
        if older is not None:
            self.value = (value - older) / older if older else 0.0
        return self.value
