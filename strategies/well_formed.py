"""What makes a signal well formed, so that nobody behind the strategies has to ask again."""

from collections.abc import Collection
from decimal import Decimal
from typing import Final

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.signal import TradingSignal

LONGEST_REASON: Final = 500  # it is journaled with every signal and shown on one line


def flaw_of(signal: object, strategy_id: StrategyId, instruments: Collection[InstrumentId]) -> str | None:
    """Return in words what is wrong with something that strategy raised as a signal, or None.

    A signal is raised under the strategy's own name on one of its instruments; confidence and strength lie in 0..1;
    prices are finite. A comparison with NaN is false, so NaN fails each test.
    """
    if not isinstance(signal, TradingSignal):
        return f"raised {type(signal).__name__}, not a TradingSignal"
    return _misaddressed(signal, strategy_id, instruments) or _unsound(signal)


def _misaddressed(signal: TradingSignal, strategy_id: StrategyId, instruments: Collection[InstrumentId]) -> str | None:
    if signal.strategy_id != strategy_id:
        return f"signal in the name of {signal.strategy_id}"
    if signal.instrument_id not in instruments:
        return f"signal on {signal.instrument_id}, which is none of its instruments"
    return None


def _unsound(signal: TradingSignal) -> str | None:
    if len(signal.reason) > LONGEST_REASON:
        return f"a reason of {len(signal.reason)} characters, expected at most {LONGEST_REASON}"
    for name, share in (("confidence", signal.confidence), ("strength", signal.strength)):
        if not 0.0 <= share <= 1.0:
            return f"{name} lies between 0 and 1, got {share}"
    prices: dict[str, object] = {"price": signal.price, "stop_px": signal.stop_px, "target_px": signal.target_px}
    for name, price in prices.items():
        if price is not None and not (isinstance(price, Decimal) and price.is_finite()):
            return f"{name} is a finite Decimal, got {price}"
    return None
