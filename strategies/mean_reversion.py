"""Mean reversion: the price has run far from its mean, and its strength index agrees that it is overdone.

    z = (close - mean) / standard deviation, both of the last `bb_period` closes (Bollinger bands)

Entry, on the bar with which both come to hold: z <= -`bb_std` and RSI < `rsi_oversold` for a long,
z >= `bb_std` and RSI > `rsi_overbought` for a short. While they last nothing more is said.

    confidence = 0.6 + 0.4 * min(1, (|z| - bb_std) / bb_std)
    strength   = min(1, |z| / (2 * bb_std))

Exit: the close is back at the mean, which is also the target of the entry, or lies `stop_loss` away from the average
entry price (`take_profit` as well, where one is set), or the time horizon is over.
"""

from math import ceil, floor

from oms.domain.ids import InstrumentId
from oms.domain.market import Bar
from oms.domain.signal import Observation, SignalType, observed
from oms.domain.units import Nanos
from strategies.base import BaseStrategy, Signals, conviction
from strategies.config import StrategyConfig, StrategyType, require
from strategies.context import Context, Holding
from strategies.indicators.bollinger import Bollinger
from strategies.indicators.rsi import RSI


class MeanReversionConfig(StrategyConfig, frozen=True, kw_only=True):
    """Periods count bars, `bb_std` standard deviations; the index runs from 0 to 100."""

    bb_period: int = 20
    bb_std: float = 2.0
    rsi_period: int = 14
    rsi_oversold: float = 30.0
    rsi_overbought: float = 70.0

    def __post_init__(self) -> None:
        """Refuse bands and thresholds that nothing can lie between."""
        super().__post_init__()
        require(self.bb_period >= 2, "bb_period is at least 2")  # noqa: PLR2004 - one close has no deviation
        require(0 < self.bb_std < float("inf"), "bb_std is positive")
        require(self.rsi_period >= 1, "rsi_period is at least 1")
        require(0 <= self.rsi_oversold < self.rsi_overbought <= 100, "0 <= rsi_oversold < rsi_overbought <= 100")  # noqa: PLR2004


class MeanReversionStrategy(BaseStrategy):
    """Buys below the lower band and sells above the upper one, until the mean."""

    TYPE = StrategyType.MEAN_REVERSION
    CONFIG = MeanReversionConfig

    config: MeanReversionConfig

    def __init__(self, config: MeanReversionConfig) -> None:
        super().__init__(config)
        self.warmup_bars = max(config.bb_period, config.rsi_period + 1)
        self._swings = {instrument_id: _Swing(config) for instrument_id in config.instruments}

    @property
    def ready(self) -> bool:
        """Whether every instrument has its bands and its index."""
        return all(swing.bars == self.warmup_bars for swing in self._swings.values())

    def waiting(self) -> dict[InstrumentId, str]:
        """Return how far from the mean and how strong each instrument is."""
        farthest = sorted(self._swings, key=lambda instrument_id: -abs(self._swings[instrument_id].bands.z or 0.0))
        return {instrument_id: self._wait(self._swings[instrument_id]) for instrument_id in farthest}

    def leaving(self) -> str:
        """Return the mean."""
        return "0"

    def on_bar(self, bar: Bar, context: Context) -> Signals:
        """Return an entry when price and index have just come to agree, or the exit of what is held."""
        swing = self._swings[bar.instrument.instrument_id]
        swing.bars += swing.bars < self.warmup_bars
        mean = swing.bands.update(bar.close)
        rsi = swing.rsi.update(bar.close)
        z = swing.bands.z
        if mean is None or rsi is None or z is None:
            return ()
        before, swing.overdone = swing.overdone, self._overdone(z, rsi)
        holding = context.position(bar.instrument.instrument_id)
        if holding.quantity:
            reason = self._why_leave(bar, holding, z, context.now)
            return () if reason is None else (self.leave(bar, reason, metadata=_seen(bar, mean, z, rsi)),)
        if swing.overdone and before is not None and before != swing.overdone:
            return self._entry(bar, mean, z, rsi)
        return ()

    def _overdone(self, z: float, rsi: float) -> int:
        """Return -1 where the price fell too far, +1 where it rose too far, else 0."""
        config = self.config
        if z <= -config.bb_std and rsi < config.rsi_oversold:
            return -1
        return 1 if z >= config.bb_std and rsi > config.rsi_overbought else 0

    def _entry(self, bar: Bar, mean: float, z: float, rsi: float) -> Signals:
        band = self.config.bb_std
        if z < 0:
            side, target, reason = SignalType.BUY, ceil(mean), f"z {z:+.2f} below {-band:+.1f}, rsi {rsi:.0f}"
        else:
            side, target, reason = SignalType.SELL, floor(mean), f"z {z:+.2f} above {band:+.1f}, rsi {rsi:.0f}"
        entry = self.enter(
            bar,
            side,
            confidence=conviction((abs(z) - band) / band),
            strength=min(1.0, abs(z) / (2 * band)),
            reason=reason,
            target_px=bar.instrument.price(target),
            metadata=_seen(bar, mean, z, rsi),
        )
        return (entry,)

    def _why_leave(self, bar: Bar, holding: Holding, z: float, now: Nanos) -> str | None:
        reason = self.beyond_limits(holding.gain_frac(bar.close_px)) or self.beyond_horizon(now, holding)
        if reason is None and holding.sign * z >= 0:
            return f"back at the mean, z {z:+.2f}"
        return reason

    def _wait(self, swing: "_Swing") -> str:
        z, rsi = swing.bands.z, swing.rsi.value
        if z is None or rsi is None:
            return f"{swing.bars}/{self.warmup_bars} bars"
        return f"z {z:+.2f} of ±{self.config.bb_std:.1f}, rsi {rsi:.0f}"


def _seen(bar: Bar, mean: float, z: float, rsi: float) -> tuple[Observation, ...]:
    """Return the mean as a price, how far the close is from it in deviations, and the index."""
    return observed(mean=mean * float(bar.instrument.tick), z=z, rsi=rsi)


class _Swing:
    """What is known of one instrument; `bars` stops counting at the warm-up, `overdone` is None before it."""

    __slots__ = ("bands", "bars", "overdone", "rsi")

    def __init__(self, config: MeanReversionConfig) -> None:
        self.bands = Bollinger(config.bb_period, config.bb_std)
        self.rsi = RSI(config.rsi_period)
        self.bars = 0
        self.overdone: int | None = None
