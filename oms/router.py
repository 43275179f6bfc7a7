"""From an approved order to the broker of its route. Orders leave here and nowhere else; a replay has no router.

The latch is the one flag that a stop sets without waiting for anybody. It is read last, with nothing between the
reading and the hand-over, so no order leaves after it is set.

A broker whose link is gone says so by a ConnectionError. It is told nothing more until `up`, and the engine is told
once. An order that was being handed over then is in flight, and the venue is asked about it when the link stands
again; one that was not tried is withheld.
"""

import threading
from collections.abc import Mapping
from typing import Final, TypeAlias

from oms.blotter import Blotter
from oms.domain.commands import BrokerDown, WithholdOrder
from oms.domain.events import OrderPendingCancel, OrderSubmitted, Record
from oms.domain.ids import AccountId, BrokerId
from oms.domain.order import Order, OrderStatus
from oms.ports import Broker

ACTOR: Final = "router"

_LEAVES: Final = frozenset({OrderSubmitted, OrderPendingCancel})

Route: TypeAlias = tuple[BrokerId, AccountId]


class Router:
    """Hands over what the loop committed. `latch` is set by whoever stops trading, from any thread."""

    def __init__(self, brokers: Mapping[Route, Broker], latch: threading.Event) -> None:
        self._brokers = brokers
        self._latch = latch
        self._down: dict[Route, None] = {}

    def up(self, route: Route) -> None:
        """The link of this route stands: hand over again."""
        self._down.pop(route, None)

    def hand_over(self, record: Record, blotter: Blotter) -> WithholdOrder | BrokerDown | None:
        """Pass an order or a cancel to its broker; return what the engine must know.

        That is: the order was withheld, and why, or the link has just gone.
        """
        event = record.event
        if type(event) not in _LEAVES:
            return None
        if isinstance(event, OrderSubmitted):
            order = blotter.orders[event.client_order_id]
            obstacle = self._obstacle(order)
            if obstacle:
                return WithholdOrder(actor=ACTOR, client_order_id=order.client_order_id, reason=obstacle)
            return self._try(order, cancel=False)
        if isinstance(event, OrderPendingCancel):
            order = blotter.orders[event.client_order_id]
            reachable = _route(order) in self._brokers and _route(order) not in self._down
            return self._try(order, cancel=True) if reachable else None
        return None

    def _obstacle(self, order: Order) -> str:
        """Return why an approved order must not leave, in words; empty when it may. The latch is read last."""
        route = _route(order)
        if route not in self._brokers:
            return f"account {order.ticket.account} at {order.ticket.broker} is not traded here"
        if route in self._down:
            return "the link to the broker is down"
        if order.status is not OrderStatus.SUBMITTED:
            return "it was canceled first"  # by a later event of the same batch, such as a limit that tripped
        return "trading was stopped first" if self._latch.is_set() else ""

    def _try(self, order: Order, *, cancel: bool) -> BrokerDown | None:
        broker = self._brokers[_route(order)]
        try:
            if cancel:
                broker.cancel(order)
            else:
                broker.submit(order)
        except ConnectionError as error:
            self._down[_route(order)] = None
            return BrokerDown(actor=ACTOR, broker=broker.broker_id, text=str(error))
        return None


def _route(order: Order) -> Route:
    return order.ticket.broker, order.ticket.account
