"""From an approved order to the broker of its route. Orders leave here and nowhere else; a replay has no router.

The latch is the one flag that a stop sets without waiting for anybody. It is read last, with nothing between the
reading and the hand-over, so no order leaves after it is set.
"""

import threading
from collections.abc import Mapping
from typing import Final

from oms.blotter import Blotter
from oms.domain.commands import WithholdOrder
from oms.domain.events import OrderPendingCancel, OrderSubmitted, Record
from oms.domain.ids import AccountId, BrokerId
from oms.ports import Broker

ACTOR: Final = "router"


class Router:
    """Hands over what the loop committed. `latch` is set by whoever stops trading, from any thread."""

    def __init__(self, brokers: Mapping[tuple[BrokerId, AccountId], Broker], latch: threading.Event) -> None:
        self._brokers = brokers
        self._latch = latch

    def hand_over(self, record: Record, blotter: Blotter) -> WithholdOrder | None:
        """Pass an order or a cancel to its broker; return what was withheld because of a stop."""
        event = record.event
        if isinstance(event, OrderSubmitted):
            order = blotter.orders[event.client_order_id]
            broker = self._brokers[order.ticket.broker, order.ticket.account]
            if self._latch.is_set():
                return WithholdOrder(actor=ACTOR, client_order_id=order.client_order_id)
            broker.submit(order)
        elif isinstance(event, OrderPendingCancel):
            order = blotter.orders[event.client_order_id]
            self._brokers[order.ticket.broker, order.ticket.account].cancel(order)
        return None
