"""A strategy's opinion. It has no quantity and cannot become an order without a sizer and the gate.

It has no id either while it is only thought: the journal gives it one when it writes it down, see `ids.signal_id`.
"""

from enum import StrEnum
from math import isfinite
from typing import Final

from msgspec import Struct

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.units import Nanos, Price

DIGITS: Final = 6  # of a number that was seen; more would be noise in every record


class SignalType(StrEnum):
    """What the strategy would do."""

    BUY = "BUY"
    SELL = "SELL"
    HOLD = "HOLD"
    CLOSE = "CLOSE"
    REDUCE = "REDUCE"
    INCREASE = "INCREASE"


class Observation(Struct, frozen=True, array_like=True, gc=False):
    """What a strategy saw, under its own name for it: `z`, and `-2.31416`. It is text: to be shown, not to be computed
    with."""

    name: str
    value: str


class TradingSignal(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One opinion on one instrument.

    `confidence` and `strength` lie in 0..1. `stop_px` and `target_px` are where the strategy itself would leave, and
    `time_horizon` is for how long it would hold at most, in nanoseconds from the first fill on. Signals that share a
    `group_id` are judged as one: all legs pass the gate or none. `reason` is shown to the trader, and `metadata` is
    what the strategy saw when it came to it.
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
    time_horizon: Nanos | None = None
    metadata: tuple[Observation, ...] = ()


def observed(**seen: float | str) -> tuple[Observation, ...]:
    """Return what was seen as a signal carries it, in the order given: words as they are, numbers to `DIGITS` digits.

    Raises:
        ValueError: a number is not finite.
    """
    return tuple(
        Observation(name, what if isinstance(what, str) else _digits(name, what)) for name, what in seen.items()
    )


def _digits(name: str, number: float) -> str:
    if not isfinite(number):
        msg = f"{name} was seen as {number}, which is no number"
        raise ValueError(msg)
    return f"{number + 0.0:.{DIGITS}g}"  # + 0.0 makes one zero of two
