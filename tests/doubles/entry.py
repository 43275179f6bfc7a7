"""A strategy that enters once: BUY at the first quote it sees, as sure of itself as it was configured."""

from msgspec import Struct

from oms.domain.market import Quote
from oms.domain.signal import SignalType, TradingSignal
from strategies.base import BaseStrategy, Signals
from strategies.config import StrategyConfig, StrategyType
from strategies.context import Context


class EntryConfig(StrategyConfig, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How sure it is."""

    confidence: float = 1.0


class Entry(BaseStrategy):
    """Speaks once."""

    TYPE = StrategyType.SCALPING
    CONFIG = EntryConfig

    def __init__(self, config: EntryConfig) -> None:
        super().__init__(config)
        self._confidence = config.confidence
        self._spoke = False

    def on_quote(self, quote: Quote, context: Context) -> Signals:
        """Return BUY, the first time."""
        if self._spoke:
            return ()
        self._spoke = True
        return [
            TradingSignal(
                strategy_id=self.strategy_id,
                instrument_id=quote.instrument.instrument_id,
                signal_type=SignalType.BUY,
                ts=context.now,
                confidence=self._confidence,
                strength=1.0,
                reason="the first quote",
                price=quote.last_px,
            )
        ]
