"""What makes a signal well formed, so that nobody behind the strategies has to ask again.

Nothing about a signal is taken on trust: what is written down and cannot be read again ends a journal, and what cannot
be computed with ends a run, for all strategies. So types are exact; a number of another library's type is refused
here, where it costs one strategy, and not by the journal.
"""

from collections.abc import Collection
from decimal import Decimal
from math import isfinite
from typing import Final

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.signal import Observation, SignalType, TradingSignal
from oms.domain.units import LARGEST, PRECISION, is_tradable
from strategies.config import LONGEST_HORIZON

LATEST: Final = 2**63 - 1  # nanoseconds, in the year 2262
LONGEST_REASON: Final = 500  # it is journaled with every signal and shown on one line
LONGEST_GROUP: Final = 100
MOST_SEEN: Final = 12  # observations of one signal
LONGEST_SEEN: Final = 24  # characters of the name of one, and of what was seen


def flaw_of(signal: object, strategy_id: StrategyId, instruments: Collection[InstrumentId]) -> str | None:
    """Return in words what is wrong with something that strategy raised as a signal, or None.

    A signal is raised under the strategy's own name on one of its instruments; confidence and strength lie in 0..1;
    prices can be computed with; texts can be written, instants are instants, and what was seen is little and printable.
    """
    if type(signal) is not TradingSignal:
        return f"raised {type(signal).__name__}, not a TradingSignal"
    return _misaddressed(signal, strategy_id, instruments) or _unsound(signal) or _unreadable(signal)


def _misaddressed(signal: TradingSignal, strategy_id: StrategyId, instruments: Collection[InstrumentId]) -> str | None:
    if type(signal.strategy_id) is not str or signal.strategy_id != strategy_id:
        return f"signal in the name of {signal.strategy_id}"
    if type(signal.instrument_id) is not str or signal.instrument_id not in instruments:
        return f"signal on {signal.instrument_id}, which is none of its instruments"
    return None


def _unsound(signal: TradingSignal) -> str | None:
    """Return which number or word cannot be meant."""
    if type(signal.signal_type) is not SignalType:
        return f"signal_type is a SignalType, got {signal.signal_type!r}"
    for name, share in (("confidence", signal.confidence), ("strength", signal.strength)):
        if not (type(share) is float and isfinite(share) and 0.0 <= share <= 1.0):
            return f"{name} is a float between 0 and 1, got {share!r}"
    for name, price in (("price", signal.price), ("stop_px", signal.stop_px), ("target_px", signal.target_px)):
        if price is not None and not _is_number(price):
            return f"{name} is a finite Decimal up to {LARGEST} of at most {PRECISION} digits, got {price!r}"
    if signal.price and not is_tradable(abs(signal.price)):
        return f"price {signal.price} has more places than a price that is computed with"
    for name, nanos, most in (("ts", signal.ts, LATEST), ("time_horizon", signal.time_horizon, LONGEST_HORIZON)):
        if nanos is not None and not (type(nanos) is int and 0 <= nanos <= most):
            return f"{name} is 0 to {most} nanoseconds, got {nanos!r}"
    return None


def _is_number(price: object) -> bool:
    if type(price) is not Decimal or not price.is_finite() or price.copy_abs() > LARGEST:
        return False
    _, digits, exponent = price.as_tuple()
    return len(digits) <= PRECISION and isinstance(exponent, int) and exponent >= -2 * PRECISION


def _unreadable(signal: TradingSignal) -> str | None:
    """Return which text cannot be written down or is too long for its place."""
    group = "" if signal.group_id is None else signal.group_id
    texts = (("reason", signal.reason, LONGEST_REASON), ("group_id", group, LONGEST_GROUP))
    for name, text, most in texts:
        if type(text) is not str or len(text) > most or not _is_text(text):
            return f"{name} is a text of at most {most} characters, got {str(text)[:most]!r}"
    return _unshowable(signal.metadata) if signal.metadata != () else None


def _is_text(text: str) -> bool:
    """Tell whether it has no lone half of a character, which no journal can hold."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _unshowable(metadata: object) -> str | None:
    if type(metadata) is not tuple or any(type(seen) is not Observation for seen in metadata):
        return "metadata is a tuple of Observation"
    if len(metadata) > MOST_SEEN:
        return f"{len(metadata)} observations, expected at most {MOST_SEEN}"
    for seen in metadata:
        for what, text in (("name", seen.name), ("value", seen.value)):
            if not (type(text) is str and text.isprintable() and 0 < len(text) <= LONGEST_SEEN):
                return f"an observation's {what} is 1 to {LONGEST_SEEN} printable characters, got {text!r}"
    names = [seen.name for seen in metadata]
    if len(set(names)) < len(names):
        return f"two observations of one name among {', '.join(names)}"
    return None
