"""Moving average convergence divergence (Gerald Appel, 1979)."""

from strategies.indicators.ema import EMA
from strategies.indicators.indicator import Indicator


class MACD(Indicator):
    """`value` is the fast average less the slow one, `signal` its own average, `histogram` value less signal.

    `signal` and `histogram` follow `signal_period` - 1 values after the first `value` and are None until then.
    """

    __slots__ = ("_fast", "_signal", "_slow", "histogram", "signal")

    def __init__(self, fast_period: int = 12, slow_period: int = 26, signal_period: int = 9) -> None:
        super().__init__()
        self._fast = EMA(fast_period)
        self._slow = EMA(slow_period)
        self._signal = EMA(signal_period)
        self.signal: float | None = None
        self.histogram: float | None = None

    def update(self, value: float) -> float | None:
        """Take a value in and return the difference of the averages, or None before the slower one is ready."""
        fast, slow = self._fast.update(value), self._slow.update(value)
        if fast is None or slow is None:
            return None
        self.value = fast - slow
        self.signal = self._signal.update(self.value)
        if self.signal is not None:
            self.histogram = self.value - self.signal
        return self.value
