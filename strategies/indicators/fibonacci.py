"""Fibonacci retracement levels: how far a swing is given back, in ratios of Fibonacci's numbers.

Neighbors in his sequence (Leonardo of Pisa, Liber Abaci, 1202) approach a ratio of 0.618; one number to the next but
one 0.382, to the third 0.236. 0.5 and 0.786 (the root of 0.618) are custom. That prices turn at such levels is
what some traders believe and nobody has shown: they are lines to measure by.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from strategies.indicators.indicator import Indicator, checked_period

RATIOS: Final = (0.0, 0.236, 0.382, 0.5, 0.618, 0.786, 1.0)


class Fibonacci(Indicator):
    """The levels of the swing between the highest high and the lowest low of the last `period` bars.

    `levels` belong to `RATIOS`, in the unit of the prices it is fed with; `value` is the level of 0.618. A swing whose
    high is the newer of the two went up (`is_up`) and is given back downward: `high - ratio * (high - low)`; one whose
    low is newer upward: `low + ratio * (high - low)`. Where both are of one bar, or the window is flat, it went up.
    """

    __slots__ = ("_highs", "_lows", "is_up", "levels")

    def __init__(self, period: int = 50) -> None:
        super().__init__()
        self._highs: deque[float] = deque(maxlen=checked_period(period))
        self._lows: deque[float] = deque(maxlen=period)
        self.levels: tuple[float, ...] = ()
        self.is_up = True

    def update(self, high: float, low: float) -> float | None:
        """Take a bar in and return the level of 0.618, or None before `period` bars."""
        self._highs.append(high)
        self._lows.append(low)
        if len(self._highs) < (self._highs.maxlen or 0):
            return None
        top, bottom = max(self._highs), min(self._lows)
        self.is_up = _newest(self._highs, top) >= _newest(self._lows, bottom)
        begin, way = (top, -1) if self.is_up else (bottom, 1)
        self.levels = tuple(begin + way * ratio * (top - bottom) for ratio in RATIOS)
        self.value = self.levels[RATIOS.index(0.618)]
        return self.value


def _newest(values: Iterable[float], wanted: float) -> int:
    """Return the place of the newest of the values that is this one."""
    return max(place for place, value in enumerate(values) if value == wanted)
