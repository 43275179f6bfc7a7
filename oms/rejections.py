"""How often the venue said no to each strategy lately, so that a storm of rejections ends by itself."""

from collections import deque
from typing import Final

from oms.blotter import Blotter
from oms.domain.ids import StrategyId
from oms.domain.order_events import OrderRejected
from oms.domain.strategy_events import StrategyEnabled
from oms.domain.units import SECOND, Nanos
from oms.slice import Appliers

STORM: Final = 5  # rejections ...
STORM_SPAN: Final = 60 * SECOND  # ... within this


class Rejections:
    """When each strategy was rejected lately; enabling it forgets them. Applied after the blotter."""

    def __init__(self, blotter: Blotter) -> None:
        self._blotter = blotter
        self.by_strategy: dict[StrategyId, deque[Nanos]] = {}

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {OrderRejected: self._count, StrategyEnabled: self._forget}

    def is_storm(self, strategy_id: StrategyId) -> bool:
        """Tell whether the newest rejection was one too many."""
        instants = self.by_strategy.get(strategy_id)
        return instants is not None and len(instants) == STORM and instants[-1] - instants[0] <= STORM_SPAN

    def _count(self, event: OrderRejected, ts: Nanos) -> None:
        strategy_id = self._blotter.orders[event.client_order_id].ticket.strategy_id
        self.by_strategy.setdefault(strategy_id, deque(maxlen=STORM)).append(ts)

    def _forget(self, event: StrategyEnabled, _ts: Nanos) -> None:
        self.by_strategy.pop(event.strategy_id, None)
