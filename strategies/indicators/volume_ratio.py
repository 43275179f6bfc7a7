"""Whether more is traded than usual."""

from strategies.indicators.indicator import Indicator
from strategies.indicators.sma import SMA


class VolumeRatio(Indicator):
    """The newest volume over the mean of the last `period`, the newest included; 0 where nothing was traded."""

    __slots__ = ("_mean",)

    def __init__(self, period: int) -> None:
        super().__init__()
        self._mean = SMA(period)

    def update(self, volume: float) -> float | None:
        """Take a volume in and return the ratio, or None before `period` volumes."""
        mean = self._mean.update(volume)
        if mean is not None:
            self.value = volume / mean if mean else 0.0
        return self.value
