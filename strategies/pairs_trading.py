"""Pairs trading: two instruments that move together have drifted apart, and are bet to meet again.

    spread      = ln(first) - ln(second)
    z           = (spread - mean) / standard deviation, both of the last `lookback_period` spreads
    correlation = that of the two log prices over the same bars

The log spread is what two legs of equal value earn, one long and one short, and a sizer that risks the same on both
makes them equal; a fitted hedge ratio would describe a position nobody holds. Correlation is that of prices, as the
spread is one of prices.

Entry, on the bar with which |z| >= `entry_threshold` and correlation >= `min_correlation` come to hold: SELL what is
dear and BUY what is cheap, two signals with one group, so that neither leg is taken alone.

    confidence = 0.6 + 0.4 * min(1, (|z| - entry_threshold) / entry_threshold)
    strength   = min(1, |z| / (2 * entry_threshold))

Exit, CLOSE on both legs: z has come within `exit_threshold` of zero or gone past it; or both legs together have lost
`stop_loss` (won `take_profit`, where one is set) of a leg's value. The stop a leg's signal carries is where that
happens if the other leg stands still. A leg whose partner is not held is closed: alone it is a bet nobody made. And
both are closed when one has been held for the time horizon.

Nothing is said before bars of the same interval have arrived for both; an interval only one of them has is left out.
"""

from itertools import chain
from math import log

from oms.domain.ids import InstrumentId, symbol_of
from oms.domain.market import Bar
from oms.domain.signal import SignalType, observed
from strategies.base import BaseStrategy, Signals, conviction
from strategies.config import SignalGenerationError, StrategyConfig, StrategyType, require
from strategies.context import Context
from strategies.indicators.correlation import RollingCorrelation
from strategies.indicators.z_score import ZScore


class PairsTradingConfig(StrategyConfig, frozen=True, kw_only=True):
    """`pairs` says who is traded against whom; left empty, `instruments` are paired two by two in their order.

    An instrument is in one pair only, because its position could not be told apart otherwise. Thresholds count
    standard deviations, the period bars.
    """

    pairs: tuple[tuple[InstrumentId, InstrumentId], ...] = ()
    lookback_period: int = 252
    entry_threshold: float = 2.0
    exit_threshold: float = 0.5
    min_correlation: float = 0.7

    def __post_init__(self) -> None:
        """Refuse pairs that are none and thresholds that could not be left again."""
        super().__post_init__()
        require(bool(self.pairs) or len(self.instruments) % 2 == 0, "instruments without pairs are even in number")
        legs = tuple(chain.from_iterable(self.pairs))
        require(len(set(legs)) == len(legs), "pairs has each instrument in one pair only")
        require(not self.instruments or set(legs) <= set(self.instruments), "pairs are made of instruments")
        require(self.lookback_period >= 2, "lookback_period is at least 2")  # noqa: PLR2004 - one has no deviation
        require(0 <= self.exit_threshold < self.entry_threshold < float("inf"), "0 <= exit_threshold < entry_threshold")
        require(-1 <= self.min_correlation <= 1, "min_correlation lies between -1 and 1")

    def couples(self) -> tuple[tuple[InstrumentId, InstrumentId], ...]:
        """Return the pairs, named or made two by two."""
        return self.pairs or tuple(zip(self.instruments[::2], self.instruments[1::2], strict=True))


class PairsTradingStrategy(BaseStrategy):
    """Sells the dear leg and buys the cheap one, until they meet."""

    TYPE = StrategyType.PAIRS_TRADING
    CONFIG = PairsTradingConfig

    config: PairsTradingConfig

    def __init__(self, config: PairsTradingConfig) -> None:
        super().__init__(config)
        self.warmup_bars = config.lookback_period
        self._pairs = [_Pair(first, second, config) for first, second in config.couples()]
        self._pair_of = {leg: pair for pair in self._pairs for leg in pair.legs}

    @property
    def ready(self) -> bool:
        """Whether every pair has its look-back."""
        return all(pair.z.ready for pair in self._pairs)

    def required_symbols(self) -> tuple[InstrumentId, ...]:
        """Return the legs of all pairs."""
        return tuple(self._pair_of)

    def waiting(self) -> dict[InstrumentId, str]:
        """Return for each leg how far its pair is apart and how correlated it is."""
        farthest = sorted(self._pair_of, key=lambda leg: -abs(self._pair_of[leg].z.value or 0.0))
        return {leg: self._wait(self._pair_of[leg]) for leg in farthest}

    def leaving(self) -> str:
        """Return how near the legs have to come."""
        return f"{self.config.exit_threshold:.1f}"

    def on_bar(self, bar: Bar, context: Context) -> Signals:
        """Return both entries or both exits, once the bars of both legs are there."""
        pair = self._pair_of[bar.instrument.instrument_id]
        pair.bars[bar.instrument.instrument_id] = bar
        first, second = (pair.bars.get(leg) for leg in pair.legs)
        if first is None or second is None or first.ts_close != second.ts_close:
            return ()
        pair.bars.clear()
        before, z, correlation = pair.apart, *pair.measure(first, second)
        if z is None or correlation is None:
            return ()
        config = self.config
        apart = abs(z) >= config.entry_threshold and correlation >= config.min_correlation
        pair.apart = (1 if z > 0 else -1) if apart else 0
        held = [context.position(leg).sign for leg in pair.legs]
        if any(held):
            return self._exit(pair, (first, second), context, z, correlation)
        if apart and before is not None and before != pair.apart:
            return self._entry(pair, (first, second), z, correlation)
        return ()

    def _entry(self, pair: "_Pair", bars: tuple[Bar, Bar], z: float, correlation: float) -> Signals:
        threshold = self.config.entry_threshold
        sides = (SignalType.SELL, SignalType.BUY) if z > 0 else (SignalType.BUY, SignalType.SELL)
        reason = f"{pair.name} z {z:+.2f} beyond ±{threshold:.1f}, correlation {correlation:.2f}"
        group_id, seen = self._group(pair, bars), observed(z=z, correlation=correlation)
        return tuple(
            self.enter(
                bar,
                side,
                confidence=conviction((abs(z) - threshold) / threshold),
                strength=min(1.0, abs(z) / (2 * threshold)),
                reason=reason,
                group_id=group_id,
                metadata=seen,
            )
            for bar, side in zip(bars, sides, strict=True)
        )

    def _exit(self, pair: "_Pair", bars: tuple[Bar, Bar], context: Context, z: float, correlation: float) -> Signals:
        holdings = [context.position(leg) for leg in pair.legs]
        short_first = holdings[0].sign < 0
        if not holdings[0].sign or holdings[0].sign != -holdings[1].sign:
            reason: str | None = f"{pair.name} holds no two opposite legs"
        elif (z if short_first else -z) <= self.config.exit_threshold:
            reason = f"{pair.name} z {z:+.2f} within {self.config.exit_threshold:.1f}"
        else:
            gain = sum(held.gain_frac(bar.close_px) for held, bar in zip(holdings, bars, strict=True))
            reason = self.beyond_limits(gain) or self.beyond_horizon(context.now, *holdings)
        if reason is None:
            return ()
        group_id, seen = self._group(pair, bars), observed(z=z, correlation=correlation)
        return tuple(
            self.leave(bar, reason, group_id, seen) for held, bar in zip(holdings, bars, strict=True) if held.sign
        )

    def _group(self, pair: "_Pair", bars: tuple[Bar, Bar]) -> str:
        return f"{self.strategy_id}:{pair.name}:{bars[1].ts_close}"

    def _wait(self, pair: "_Pair") -> str:
        z, correlation = pair.z.value, pair.correlation.value
        if z is None or correlation is None:
            return f"{pair.seen}/{self.warmup_bars} bars"
        return f"{pair.name} z {z:+.2f} of ±{self.config.entry_threshold:.1f}, correlation {correlation:.2f}"


class _Pair:
    """What is known of one pair.

    `bars` holds the leg that has come while the other is awaited, `seen` stops counting at the look-back, and `apart`
    (+1 the first leg is dear, -1 the second, 0 neither) is None before it.
    """

    __slots__ = ("apart", "bars", "correlation", "legs", "name", "seen", "z")

    def __init__(self, first: InstrumentId, second: InstrumentId, config: PairsTradingConfig) -> None:
        self.legs = (first, second)
        self.name = f"{symbol_of(first)}/{symbol_of(second)}"
        self.bars: dict[InstrumentId, Bar] = {}
        self.z = ZScore(config.lookback_period)
        self.correlation = RollingCorrelation(config.lookback_period)
        self.seen = 0
        self.apart: int | None = None

    def measure(self, first: Bar, second: Bar) -> tuple[float | None, float | None]:
        """Take the bars of one interval in and return z and correlation, None while warming up."""
        for bar in (first, second):
            if bar.close <= 0:
                msg = f"the price {bar.close_px} of {bar.instrument.instrument_id} has no logarithm"
                raise SignalGenerationError(msg)
        if not self.z.ready:
            self.seen += 1
        log_first, log_second = log(first.close), log(second.close)
        return self.z.update(log_first - log_second), self.correlation.update(log_first, log_second)
