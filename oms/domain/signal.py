"""A strategy's opinion. It has no quantity and cannot become an order without a sizer and the gate."""

from enum import StrEnum

from msgspec import Struct

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.units import Nanos, Price


class SignalType(StrEnum):
    """What the strategy would do."""

    BUY = "BUY"
    SELL = "SELL"
    HOLD = "HOLD"
    CLOSE = "CLOSE"
    REDUCE = "REDUCE"
    INCREASE = "INCREASE"


class TradingSignal(Struct, frozen=True, kw_only=True, gc=False):
    """One opinion on one instrument.

    `confidence` and `strength` lie in 0..1. `stop_px` and `target_px` are where the strategy itself would leave.
    Signals that share a `group_id` are judged as one: all legs pass the gate or none. `reason` is shown to the
    trader.
    """

    strategy_id: StrategyId
    instrument_id: InstrumentId
    signal_type: SignalType
    ts: Nanos
    confidence: float
    strength: float
    reason: str
    price: Price | None = None
    stop_px: Price | None = None
    target_px: Price | None = None
    group_id: str | None = None
