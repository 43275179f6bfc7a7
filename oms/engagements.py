"""How many things we are in: positions held or being opened, counted three ways.

A position key is *engaged* while a position is open under it or an order for it is. The rules ask for the number of
engaged keys in all, per strategy and per instrument; the sets are small and change only with orders and fills, so
they are kept here instead of being counted for every ticket.
"""

from collections import Counter
from typing import Final

from oms.blotter import Blotter, position_key
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, InstrumentId, StrategyId
from oms.domain.position import PositionKey
from oms.domain.units import Nanos
from oms.ledger import RECONCILED, Ledger


class Engagements:
    """The engaged keys and their counts; applied after the blotter and the ledger."""

    # approval and the asking for a cancel change nothing that is open
    HANDLES: Final[tuple[type, ...]] = (
        *(kind for kind in oev.ORDER_EVENTS if kind not in {oev.OrderSubmitted, oev.OrderPendingCancel}),
        ev.PositionAdjusted,
    )

    def __init__(self, blotter: Blotter, ledger: Ledger) -> None:
        self._blotter = blotter
        self._ledger = ledger
        self.engaged: dict[PositionKey, None] = {}  # a dict for its order: nothing may depend on hashes
        self.by_strategy: Counter[StrategyId] = Counter()
        self.by_instrument: Counter[InstrumentId] = Counter()

    def apply(self, event: ev.Event, ts: Nanos) -> None:  # noqa: ARG002 - every slice is called alike
        """Count an event in."""
        if type(event) is ev.PositionAdjusted:
            self._touch(PositionKey(event.broker, event.account, event.instrument_id, RECONCILED))
        elif self._blotter.turned or type(event) is oev.OrderFilled:
            order_id: ClientOrderId = event.client_order_id  # type: ignore[union-attr]
            self._touch(position_key(self._blotter.orders[order_id].ticket))

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
