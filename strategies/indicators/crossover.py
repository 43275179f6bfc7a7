"""Two moving averages and the moment they change places."""

from math import inf

from strategies.indicators.indicator import Indicator
from strategies.indicators.sma import SMA


class Crossover(Indicator):
    """`value` is the gap `fast average / slow average - 1`, a fraction; 0 where the slow average is zero.

    `turned` is +1 on the value with which the fast average has come to lie above the slow one, -1 on the one that
    brought it below, else 0. Merely touching is no turn, and which side it begins on is none either.
    """

    __slots__ = ("_fast", "_side", "_slow", "turned")

    def __init__(self, fast_period: int, slow_period: int) -> None:
        super().__init__()
        self._fast = SMA(fast_period)
        self._slow = SMA(slow_period)
        self._side = 0
        self.turned = 0

    @property
    def averages(self) -> tuple[float, float]:
        """The fast and the slow one; 0 before they are ready."""
        return self._fast.value or 0.0, self._slow.value or 0.0

    @property
    def distance(self) -> float:
        """How far apart the averages are, as a fraction; infinite before both are ready."""
        return abs(self.value) if self.value is not None else inf

    def update(self, value: float) -> float | None:
        """Take a value in and return the gap, or None before both averages are ready."""
        fast, slow = self._fast.update(value), self._slow.update(value)
        if fast is None or slow is None:
            return None
        gap = fast - slow
        side = (gap > 0) - (gap < 0)
        self.turned = side if self._side and side == -self._side else 0
        self._side = side or self._side
        self.value = gap / slow if slow else 0.0
        return self.value
