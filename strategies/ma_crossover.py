"""Moving average crossover: the plain form, which asks nothing to confirm the cross.

Entry, on the bar with which the short average (SMA of `short_period`) has come to lie above the long one
(`long_period`): BUY; below it: SELL.

    confidence = 0.6 + 0.4 * min(1, |momentum of momentum_period bars| / 5 %)
    strength   = min(1, |momentum| / 5 %)

sent when the confidence reaches `min_confidence`.

Exit: the averages cross back, the close lies `stop_loss` or `take_profit` away from the average entry price, or the
time horizon is over. The target is wide (10 %), because a slow cross is meant to ride.
"""

from oms.domain.ids import InstrumentId
from oms.domain.market import Bar
from oms.domain.signal import Observation, SignalType, observed
from strategies.base import BaseStrategy, Signals, conviction
from strategies.config import StrategyConfig, StrategyType, require
from strategies.context import Context
from strategies.indicators.crossover import Crossover
from strategies.indicators.momentum import Momentum

FULL_MOMENTUM = 0.05  # a change that counts in full


class MovingAverageCrossoverConfig(StrategyConfig, frozen=True, kw_only=True):
    """Periods count bars."""

    short_period: int = 20
    long_period: int = 50
    momentum_period: int = 14
    min_confidence: float = 0.6
    take_profit: float | None = 0.10

    def __post_init__(self) -> None:
        """Refuse numbers that describe no cross."""
        super().__post_init__()
        require(1 <= self.short_period < self.long_period, "short_period is at least 1 and below long_period")
        require(self.momentum_period >= 1, "momentum_period is at least 1")
        require(0 <= self.min_confidence <= 1, "min_confidence lies between 0 and 1")


class MovingAverageCrossoverStrategy(BaseStrategy):
    """Buys and sells every cross."""

    TYPE = StrategyType.TREND_FOLLOWING
    CONFIG = MovingAverageCrossoverConfig

    config: MovingAverageCrossoverConfig

    def __init__(self, config: MovingAverageCrossoverConfig) -> None:
        super().__init__(config)
        self.warmup_bars = max(config.long_period, config.momentum_period + 1)
        self._crosses = {instrument_id: _Cross(config) for instrument_id in config.instruments}

    @property
    def ready(self) -> bool:
        """Whether every instrument has its averages and its momentum."""
        return all(cross.bars == self.warmup_bars for cross in self._crosses.values())

    def waiting(self) -> dict[InstrumentId, str]:
        """Return the gap of the averages: a cross is where it is zero."""
        nearest = sorted(self._crosses, key=lambda instrument_id: self._crosses[instrument_id].averages.distance)
        return {instrument_id: self._wait(self._crosses[instrument_id]) for instrument_id in nearest}

    def leaving(self) -> str:
        """Return where the averages cross back."""
        return "0"

    def on_bar(self, bar: Bar, context: Context) -> Signals:
        """Return an entry on a cross, or the exit of what is held."""
        cross = self._crosses[bar.instrument.instrument_id]
        cross.bars += cross.bars < self.warmup_bars
        gap = cross.averages.update(bar.close)
        momentum = cross.momentum.update(bar.close)
        if gap is None or momentum is None:
            return ()
        holding = context.position(bar.instrument.instrument_id)
        turned = cross.averages.turned
        if holding.quantity:
            reason = self.beyond_limits(holding.gain_frac(bar.close_px)) or self.beyond_horizon(context.now, holding)
            if reason is None and turned == -holding.sign:
                reason = f"{self._averages} crossed back"
            return () if reason is None else (self.leave(bar, reason, metadata=self._seen(bar)),)
        return self._entry(bar, turned, momentum) if turned else ()

    def _entry(self, bar: Bar, turned: int, momentum: float) -> Signals:
        pace = abs(momentum) / FULL_MOMENTUM
        confidence = conviction(pace)
        if confidence < self.config.min_confidence:
            return ()
        side, way = (SignalType.BUY, "above") if turned > 0 else (SignalType.SELL, "below")
        reason = f"{self._averages} crossed {way}, momentum {momentum:+.1%}"
        entry = self.enter(
            bar, side, confidence=confidence, strength=min(1.0, pace), reason=reason, metadata=self._seen(bar)
        )
        return (entry,)

    def _seen(self, bar: Bar) -> tuple[Observation, ...]:
        """Return the averages as prices, gap and momentum as fractions."""
        cross, tick = self._crosses[bar.instrument.instrument_id], float(bar.instrument.tick)
        short, long = cross.averages.averages
        return observed(
            short=short * tick, long=long * tick, gap=cross.averages.value or 0.0, momentum=cross.momentum.value or 0.0
        )

    @property
    def _averages(self) -> str:
        return f"{self.config.short_period}/{self.config.long_period}"

    def _wait(self, cross: "_Cross") -> str:
        gap = cross.averages.value
        if gap is None or cross.bars < self.warmup_bars:
            return f"{cross.bars}/{self.warmup_bars} bars"
        return f"{self._averages} gap {gap:+.1%}"


class _Cross:
    """What is known of one instrument; `bars` stops counting at the warm-up."""

    __slots__ = ("averages", "bars", "momentum")

    def __init__(self, config: MovingAverageCrossoverConfig) -> None:
        self.averages = Crossover(config.short_period, config.long_period)
        self.momentum = Momentum(config.momentum_period)
        self.bars = 0
