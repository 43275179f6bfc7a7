"""What strategies say, and whether they are heard. What holds for events holds for these: see `oms.domain.events`,
whose `Event` includes them.
"""

from typing import TypeAlias

from msgspec import Struct

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.signal import TradingSignal


class SignalRaised(Struct, frozen=True, kw_only=True, gc=False):
    """A strategy said something."""

    signal: TradingSignal


class SignalDeclined(Struct, frozen=True, kw_only=True, gc=False):
    """No ticket was made of a signal. `text` says why: the sizer, a strategy that is paused, the other leg."""

    strategy_id: StrategyId
    instrument_id: InstrumentId
    text: str


class StrategyEnabled(Struct, frozen=True, kw_only=True, gc=False):
    """Its signals go through to the sizer."""

    strategy_id: StrategyId
    actor: str


class StrategyPaused(Struct, frozen=True, kw_only=True, gc=False):
    """It is fed, its signals are discarded. `text` says why, where nobody asked for it."""

    strategy_id: StrategyId
    actor: str
    text: str = ""


class StrategyStopped(Struct, frozen=True, kw_only=True, gc=False):
    """It is fed, and what it says is not taken down, until somebody enables it by name."""

    strategy_id: StrategyId
    actor: str


class StrategyFaulted(Struct, frozen=True, kw_only=True, gc=False):
    """It raised: it is no longer fed. The others go on."""

    strategy_id: StrategyId
    text: str


StrategyEvent: TypeAlias = (
    SignalRaised | SignalDeclined | StrategyEnabled | StrategyPaused | StrategyStopped | StrategyFaulted
)
