"""How many things we are in: positions held or being opened, counted three ways.

A position key is *engaged* while a position is open under it or an order for it is. The rules ask for the number of
engaged keys in all, per strategy and per instrument; the sets are small and change only with orders and fills, so
they are kept here instead of being counted for every ticket.
"""

from collections import Counter
from typing import Final

from oms.blotter import Blotter
from oms.domain import account_events as aev
from oms.domain import order_events as oev
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.position import PositionKey
from oms.domain.units import Nanos
from oms.ledger import Ledger
from oms.slice import Appliers

# approval and the asking for a cancel change nothing that is open
_OPENING: Final = frozenset(oev.ORDER_EVENTS) - {oev.OrderSubmitted, oev.OrderPendingCancel}


class Engagements:
    """The engaged keys and their counts; applied after the blotter and the ledger."""

    def __init__(self, blotter: Blotter, ledger: Ledger) -> None:
        self._blotter = blotter
        self._ledger = ledger
        self.engaged: dict[PositionKey, None] = {}  # a dict for its order: nothing may depend on hashes
        self.by_strategy: Counter[StrategyId] = Counter()
        self.by_instrument: Counter[InstrumentId] = Counter()

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {
            **dict.fromkeys(_OPENING, self._turn),
            oev.OrderFilled: self._book,
            aev.PositionAdjusted: self._book,
        }

    def _turn(self, _event: oev.OrderEvent, _ts: Nanos) -> None:
        keys = self._blotter.moved
        if keys is not None:
            self._touch(keys.position)

    def _book(self, _event: oev.OrderFilled | aev.PositionAdjusted, _ts: Nanos) -> None:
        self._touch(self._ledger.moved.key)

    def _touch(self, key: PositionKey) -> None:
        """Look again whether this key is engaged."""
        engaged = key in self._ledger.open or key in self._blotter.open_by_key
        if engaged == (key in self.engaged):
            return
        if engaged:
            self.engaged[key] = None
        else:
            del self.engaged[key]
        step = 1 if engaged else -1
        self.by_strategy[key.strategy_id] += step
        self.by_instrument[key.instrument_id] += step
