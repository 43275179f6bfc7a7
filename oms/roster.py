"""The strategies of the run and whether their signals go through."""

from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from oms.domain.ids import StrategyId
from oms.domain.order_events import OrderFilled
from oms.domain.signal import TradingSignal
from oms.domain.strategy_events import SignalRaised, StrategyEnabled, StrategyFaulted, StrategyPaused, StrategyStopped
from oms.domain.units import Nanos
from oms.slice import Appliers


class Standing(StrEnum):
    """A strategy's leave to trade."""

    ENABLED = "ENABLED"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    FAULTED = "FAULTED"


_HEARD: Final = frozenset({Standing.ENABLED, Standing.PAUSED})


class RosterEntry(Struct, frozen=True, kw_only=True):
    """What is known of one strategy. `text` is the fault when it is FAULTED."""

    strategy_id: StrategyId
    standing: Standing
    signals: int = 0
    fills: int = 0
    last_signal: TradingSignal | None = None
    text: str = ""


class Roster:
    """One entry per strategy that was ever enabled, paused or faulted, or that sent a signal."""

    def __init__(self) -> None:
        self.by_id: dict[StrategyId, RosterEntry] = {}

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {
            StrategyEnabled: self._enable,
            StrategyPaused: self._pause,
            StrategyStopped: self._stop,
            StrategyFaulted: self._fault,
            SignalRaised: self._signal,
            OrderFilled: self._fill,
        }

    def is_heard(self, strategy_id: StrategyId) -> bool:
        """Tell whether this strategy's signals are taken down, though they may not go through."""
        entry = self.by_id.get(strategy_id)
        return entry is not None and entry.standing in _HEARD

    def is_enabled(self, strategy_id: StrategyId) -> bool:
        """Tell whether this strategy's signals go through."""
        entry = self.by_id.get(strategy_id)
        return entry is not None and entry.standing is Standing.ENABLED

    def _enable(self, event: StrategyEnabled, _ts: Nanos) -> None:
        self._set(event.strategy_id, standing=Standing.ENABLED, text="")

    def _pause(self, event: StrategyPaused, _ts: Nanos) -> None:
        self._set(event.strategy_id, standing=Standing.PAUSED)

    def _stop(self, event: StrategyStopped, _ts: Nanos) -> None:
        self._set(event.strategy_id, standing=Standing.STOPPED)

    def _fault(self, event: StrategyFaulted, _ts: Nanos) -> None:
        self._set(event.strategy_id, standing=Standing.FAULTED, text=event.text)

    def _signal(self, event: SignalRaised, _ts: Nanos) -> None:
        entry = self._entry(event.signal.strategy_id)
        self._set(entry.strategy_id, signals=entry.signals + 1, last_signal=event.signal)

    def _fill(self, event: OrderFilled, _ts: Nanos) -> None:
        strategy_id = event.fill.strategy_id
        entry = self.by_id.get(strategy_id)
        if entry is not None:  # a hand-written order has no strategy
            self.by_id[strategy_id] = replace(entry, fills=entry.fills + 1)

    def _entry(self, strategy_id: StrategyId) -> RosterEntry:
        return self.by_id.get(strategy_id) or RosterEntry(strategy_id=strategy_id, standing=Standing.PAUSED)

    def _set(self, strategy_id: StrategyId, **changes: object) -> None:
        self.by_id[strategy_id] = replace(self._entry(strategy_id), **changes)
