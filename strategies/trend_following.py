"""Trend following: two moving averages change places, and momentum confirms it.

Entry, on the bar with which the fast average (SMA of `fast_period`) has come to lie above the slow one
(`slow_period`), if the momentum of `momentum_period` bars is positive too; below and negative for a short:

    strength   = 0.5 for the cross
               + 0.25 * min(1, |momentum| / 5 %)
               + 0.25 * min(1, volume ratio / volume_threshold)
    confidence = strength

sent when the strength reaches `signal_threshold`. The volume ratio compares with the mean of `slow_period` bars.

Exit: the averages cross back, the close lies `stop_loss` or `take_profit` away from the average entry price, or the
time horizon is over.
"""

from oms.domain.ids import InstrumentId
from oms.domain.market import Bar
from oms.domain.signal import Observation, SignalType, observed
from strategies.base import BaseStrategy, Signals
from strategies.config import StrategyConfig, StrategyType, require
from strategies.context import Context
from strategies.indicators.crossover import Crossover
from strategies.indicators.momentum import Momentum
from strategies.indicators.volume_ratio import VolumeRatio

FULL_MOMENTUM = 0.05  # a change that counts in full


class TrendFollowingConfig(StrategyConfig, frozen=True, kw_only=True):
    """Periods count bars."""

    fast_period: int = 10
    slow_period: int = 30
    momentum_period: int = 14
    volume_threshold: float = 1.2  # volume ratio that counts in full
    signal_threshold: float = 0.6  # strength below which nothing is sent
    take_profit: float | None = 0.06

    def __post_init__(self) -> None:
        """Refuse numbers that describe no trend."""
        super().__post_init__()
        require(1 <= self.fast_period < self.slow_period, "fast_period is at least 1 and below slow_period")
        require(self.momentum_period >= 1, "momentum_period is at least 1")
        require(self.volume_threshold > 0, "volume_threshold is positive")
        require(0 <= self.signal_threshold <= 1, "signal_threshold lies between 0 and 1")


class TrendFollowingStrategy(BaseStrategy):
    """Buys and sells crosses that momentum confirms."""

    TYPE = StrategyType.TREND_FOLLOWING
    CONFIG = TrendFollowingConfig

    config: TrendFollowingConfig

    def __init__(self, config: TrendFollowingConfig) -> None:
        super().__init__(config)
        self.warmup_bars = max(config.slow_period, config.momentum_period + 1)
        self._trends = {instrument_id: _Trend(config) for instrument_id in config.instruments}

    @property
    def ready(self) -> bool:
        """Whether every instrument has its averages and its momentum."""
        return all(trend.bars == self.warmup_bars for trend in self._trends.values())

    def waiting(self) -> dict[InstrumentId, str]:
        """Return the gap of the averages: a cross is where it is zero."""
        nearest = sorted(self._trends, key=lambda instrument_id: self._trends[instrument_id].averages.distance)
        return {instrument_id: self._wait(self._trends[instrument_id]) for instrument_id in nearest}

    def leaving(self) -> str:
        """Return where the averages cross back."""
        return "0"

    def on_bar(self, bar: Bar, context: Context) -> Signals:
        """Return an entry on a confirmed cross, or the exit of what is held."""
        trend = self._trends[bar.instrument.instrument_id]
        trend.bars += trend.bars < self.warmup_bars
        gap = trend.averages.update(bar.close)
        momentum = trend.momentum.update(bar.close)
        volume_ratio = trend.volume.update(bar.volume)
        if gap is None or momentum is None or volume_ratio is None:
            return ()
        holding = context.position(bar.instrument.instrument_id)
        turned = trend.averages.turned
        if holding.quantity:
            reason = self.beyond_limits(holding.gain_frac(bar.close_px)) or self.beyond_horizon(context.now, holding)
            if reason is None and turned == -holding.sign:
                reason = f"{self._averages} crossed back"
            return () if reason is None else (self.leave(bar, reason, metadata=self._seen(bar)),)
        if turned and turned * momentum > 0:
            return self._entry(bar, turned, momentum, volume_ratio)
        return ()

    def _entry(self, bar: Bar, turned: int, momentum: float, volume_ratio: float) -> Signals:
        config = self.config
        strength = 0.5 + 0.25 * min(1.0, abs(momentum) / FULL_MOMENTUM)
        strength += 0.25 * min(1.0, volume_ratio / config.volume_threshold)
        if strength < config.signal_threshold:
            return ()
        side, way = (SignalType.BUY, "above") if turned > 0 else (SignalType.SELL, "below")
        reason = f"{self._averages} crossed {way}, momentum {momentum:+.1%}, volume {volume_ratio:.1f}x"
        entry = self.enter(bar, side, confidence=strength, strength=strength, reason=reason, metadata=self._seen(bar))
        return (entry,)

    def _seen(self, bar: Bar) -> tuple[Observation, ...]:
        """Return the averages as prices, momentum and gap as fractions, and the volume ratio."""
        trend, tick = self._trends[bar.instrument.instrument_id], float(bar.instrument.tick)
        fast, slow = trend.averages.averages
        return observed(
            fast=fast * tick,
            slow=slow * tick,
            gap=trend.averages.value or 0.0,
            momentum=trend.momentum.value or 0.0,
            volume_ratio=trend.volume.value or 0.0,
        )

    @property
    def _averages(self) -> str:
        return f"{self.config.fast_period}/{self.config.slow_period}"

    def _wait(self, trend: "_Trend") -> str:
        gap = trend.averages.value
        if gap is None or trend.bars < self.warmup_bars:
            return f"{trend.bars}/{self.warmup_bars} bars"
        return f"{self._averages} gap {gap:+.1%}"


class _Trend:
    """What is known of one instrument; `bars` stops counting at the warm-up."""

    __slots__ = ("averages", "bars", "momentum", "volume")

    def __init__(self, config: TrendFollowingConfig) -> None:
        self.averages = Crossover(config.fast_period, config.slow_period)
        self.momentum = Momentum(config.momentum_period)
        self.volume = VolumeRatio(config.slow_period)
        self.bars = 0
