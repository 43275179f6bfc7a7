"""A strategy for load: in when flat, out when in, on every quote. It has no opinion about markets."""

from decimal import Decimal

from msgspec import Struct

from oms.domain.market import Quote
from oms.domain.signal import SignalType, TradingSignal
from strategies.base import BaseStrategy, Signals
from strategies.config import StrategyConfig, StrategyType
from strategies.context import Context

STOP = Decimal("0.98")


class ChurnConfig(StrategyConfig, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The common fields only."""


class Churn(BaseStrategy):
    """Asks for a trade on every quote."""

    TYPE = StrategyType.SCALPING
    CONFIG = ChurnConfig

    def on_quote(self, quote: Quote, context: Context) -> Signals:
        """Return BUY when flat and CLOSE when long."""
        held = context.position(quote.instrument.instrument_id).quantity
        return [
            TradingSignal(
                strategy_id=self.strategy_id,
                instrument_id=quote.instrument.instrument_id,
                signal_type=SignalType.CLOSE if held else SignalType.BUY,
                ts=context.now,
                confidence=1.0,
                strength=1.0,
                reason="every quote",
                price=quote.last_px,
                stop_px=quote.instrument.price(quote.instrument.ticks(quote.last_px * STOP)),
            )
        ]
