"""The socket a strategy fits into.

A strategy is a reactor: it is handed a bar, a quote or one of its fills together with a `Context`, and returns what it
thinks as signals. It sends nothing, sizes nothing and asks no clock. What it may remember is what it has seen; what
it holds it must read from the context each time, because between its signal and a position stand a sizer, the gate
and a venue, and any of them may have said no. A strategy that believed its own signals would exit positions it never
got.

Two habits keep a strategy from nagging. It *enters on an event* (averages cross, a band is touched), not on every
bar on which a condition lasts: after a denial it tries again at the next event. It *exits on a condition*, on every
bar until the position is gone: an exit that was refused must not be forgotten.

To add one: a file of its own with a subclass, and one line in `strategies.catalog`.
"""

from collections.abc import Sequence
from typing import ClassVar, TypeAlias

from oms.domain.fill import Fill
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.market import Bar, MarketData, Quote
from oms.domain.signal import Observation, SignalType, TradingSignal
from oms.domain.units import DAY, Nanos, Price
from strategies.config import StrategyConfig, StrategyType
from strategies.context import Context, Holding
from strategies.metrics import Tally
from strategies.well_formed import flaw_of

Signals: TypeAlias = Sequence[TradingSignal]


class BaseStrategy:
    """A strategy without an opinion: every handler returns no signal.

    A subclass names its `TYPE` and the struct its parameters come in (`CONFIG`), and overrides the handlers it has
    an opinion in. It must be deterministic, keep constant memory after its warm-up and read no time but `now`.
    """

    TYPE: ClassVar[StrategyType]
    CONFIG: ClassVar[type[StrategyConfig]] = StrategyConfig

    config: StrategyConfig

    def __init__(self, config: StrategyConfig) -> None:
        self.config = config
        self.warmup_bars = 0  # bars of each instrument it must have seen before it can raise a signal
        self.tally = Tally(config.strategy_id)

    @property
    def strategy_id(self) -> StrategyId:
        """Its name, which is also that of its table in the configuration."""
        return self.config.strategy_id

    def required_symbols(self) -> tuple[InstrumentId, ...]:
        """Return the instruments it wants to be fed with."""
        return self.config.instruments

    @property
    def ready(self) -> bool:
        """Whether it has seen enough of every instrument."""
        return True

    def waiting(self) -> dict[InstrumentId, str]:
        """Return in words, per instrument, what it waits for, the nearest first; `12/30 bars` while it warms up."""
        return {}

    def leaving(self) -> str:
        """Return at which value of what `waiting` shows its own rule closes what it holds; empty if it has none."""
        return ""

    def on_bar(self, bar: Bar, context: Context) -> Signals:  # noqa: ARG002 - no opinion
        """Return what a closed bar makes it think."""
        return ()

    def on_quote(self, quote: Quote, context: Context) -> Signals:  # noqa: ARG002 - no opinion
        """Return what a quote makes it think. Only a strategy that overrides this is handed quotes."""
        return ()

    def on_fill(self, fill: Fill, context: Context) -> Signals:  # noqa: ARG002 - no opinion
        """Return what a fill of its own makes it think; the context shows the position with the fill counted."""
        return ()

    # -- what a signal is made of --------------------------------------------------------------------------------

    def enter(
        self,
        bar: Bar,
        signal_type: SignalType,
        *,
        confidence: float,
        strength: float,
        reason: str,
        target_px: Price | None = None,
        group_id: str | None = None,
        metadata: tuple[Observation, ...] = (),
    ) -> TradingSignal:
        """Return BUY or SELL at the bar's close, with the configured stop and target, on the tick, and time horizon.

        `target_px` stands in for a target that is not a fraction of the price; `metadata` is what was `observed`.
        """
        away = 1 if signal_type is SignalType.BUY else -1
        instrument, config = bar.instrument, self.config
        if target_px is None and config.take_profit is not None:
            target_px = instrument.price(bar.close + away * _steps(bar.close, config.take_profit))
        return TradingSignal(
            strategy_id=config.strategy_id,
            instrument_id=instrument.instrument_id,
            signal_type=signal_type,
            ts=bar.ts,
            confidence=confidence,
            strength=strength,
            reason=reason,
            price=bar.close_px,
            stop_px=instrument.price(bar.close - away * _steps(bar.close, config.stop_loss)),
            target_px=target_px,
            group_id=group_id,
            time_horizon=config.time_horizon,
            metadata=metadata,
        )

    def leave(
        self, bar: Bar, reason: str, group_id: str | None = None, metadata: tuple[Observation, ...] = ()
    ) -> TradingSignal:
        """Return CLOSE. It is never half-hearted: confidence and strength are 1."""
        return TradingSignal(
            strategy_id=self.config.strategy_id,
            instrument_id=bar.instrument.instrument_id,
            signal_type=SignalType.CLOSE,
            ts=bar.ts,
            confidence=1.0,
            strength=1.0,
            reason=reason,
            price=bar.close_px,
            group_id=group_id,
            metadata=metadata,
        )

    def beyond_limits(self, gain_frac: float) -> str | None:
        """Return in words which of stop and target a gain has reached, or None.

        Strategies ask with a bar's close: a price that was only touched inside the bar counts for neither.
        """
        stop, target = self.config.stop_loss, self.config.take_profit
        if gain_frac <= -stop:
            return f"stop, {gain_frac:+.1%} beyond {-stop:+.1%}"
        if target is not None and gain_frac >= target:
            return f"target, {gain_frac:+.1%} beyond {target:+.1%}"
        return None

    def beyond_horizon(self, now: Nanos, *held: Holding) -> str | None:
        """Return in words that one of these has been held for as long as an opinion lasts, or None.

        It lasts from the first fill on, over restarts too, and is over with the first bar that closes after it.
        """
        horizon = self.config.time_horizon
        if horizon is None:
            return None
        longest = max((now - holding.since for holding in held if holding.since is not None), default=0)
        if longest < horizon:
            return None
        return f"time, held for {longest / DAY:.1f} of {horizon / DAY:g} days"

    # -- the reference's names -----------------------------------------------------------------------------------

    def generate_signals(self, bar: Bar, context: Context) -> Signals:
        """Return what `on_bar` returns."""
        return self.on_bar(bar, context)

    def process_market_event(self, data: MarketData, context: Context) -> Signals:
        """Return what `on_bar` or `on_quote` returns; a session's end means nothing to a strategy."""
        if isinstance(data, Bar):
            return self.on_bar(data, context)
        return self.on_quote(data, context) if isinstance(data, Quote) else ()

    def validate_signal(self, signal: TradingSignal) -> bool:
        """Tell whether the signal is well formed and this strategy's to raise."""
        return flaw_of(signal, self.strategy_id, self.required_symbols()) is None

    def get_status(self) -> dict[str, object]:
        """Return id, name and description, type, `status` (`ready` or `warming up`), what it waits for, and its
        metrics."""
        return {
            "strategy_id": self.strategy_id,
            "name": self.config.name or self.strategy_id,
            "description": self.config.description,
            "type": self.TYPE,
            "status": "ready" if self.ready else "warming up",
            "waiting": self.waiting(),
            "metrics": self.tally.metrics(),
        }


def conviction(excess: float) -> float:
    """Return the confidence of a signal that meets every entry condition: 0.6, and up to 0.4 for what exceeds them.

    `excess` is 0 where a condition is just met and counts up to 1.
    """
    return 0.6 + 0.4 * max(0.0, min(1.0, excess))


def _steps(ticks: int, frac: float) -> int:
    """Return a fraction of a price in ticks; at least one, so that a stop never lies on its entry."""
    return max(1, round(abs(ticks) * frac))
