"""From an approved order to the broker of its route. Orders leave here and nowhere else; a replay has no router.

The latch is the one flag that a stop sets without waiting for anybody. It is read last, with nothing between the
reading and the hand-over, so no order leaves after it is set. There are two exceptions. The approval of a flatten names
the person who typed the word for it, and a stop that protects was asked for with the order that it protects.

A broker whose link is gone says so by a ConnectionError. It is told nothing more until `up`, and the engine is told
once. An order that was being handed over then is in flight, and the venue is asked about it when the link stands
again; one that was not tried is withheld. A cancel, a change or a question that was not tried is asked later, by the
schedule that waits for its answer.

An order is handed over once. Whatever becomes of the answer, and even if its record were to come by again, what follows
are questions: a second hand-over could be a second order.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from oms.blotter import Blotter
from oms.domain.capabilities import Capabilities
from oms.domain.commands import BrokerDown, WithholdOrder
from oms.domain.events import Record
from oms.domain.ids import ROUTER, Route
from oms.domain.order import Order, OrderStatus, OrderTicket
from oms.domain.order_events import OrderPendingCancel, OrderPendingReplace, OrderQueried, OrderSubmitted
from oms.ports import Broker

# the events that a broker is told of
LEAVES: Final = frozenset({OrderSubmitted, OrderPendingCancel, OrderPendingReplace, OrderQueried})


class Router:
    """Hands over what the loop committed. `latch` is set by whoever stops trading, from any thread."""

    def __init__(self, brokers: Mapping[Route, Broker], latch: threading.Event) -> None:
        self._brokers = brokers
        self._latch = latch
        self._down: dict[Route, None] = {}
        self._handed = 0  # the number of the newest approval that was taken up
        self._told: Callable[[Order], None] = _ignore

    def tell_of_cancels(self, told: Callable[[Order], None]) -> None:
        """Call something for each order whose cancel is handed over, here or by who keeps the link."""
        self._told = told

    def canceling(self, order: Order) -> None:
        """The cancel of an order was handed over."""
        self._told(order)

    def up(self, route: Route) -> None:
        """The link of this route stands: hand over again."""
        self._down.pop(route, None)

    def down(self, route: Route) -> None:
        """The link of this route is gone, or not to be used yet: hand over nothing."""
        self._down[route] = None

    def hand_over(self, record: Record, blotter: Blotter) -> WithholdOrder | BrokerDown | None:
        """Pass an order, a cancel, a change or a question to its broker; return what the engine must know.

        That is: the order was withheld, and why, or the link has just gone.
        """
        event = record.event
        if isinstance(event, OrderSubmitted):
            return self._submit(blotter.orders[event.client_order_id], event, record.seq)
        if isinstance(event, OrderPendingReplace):
            return self._replace(blotter.orders[event.client_order_id], event.ticket)
        if isinstance(event, OrderPendingCancel | OrderQueried):
            order = blotter.orders[event.client_order_id]
            broker = self._brokers.get(_route(order))
            if broker is not None and _route(order) not in self._down:
                if isinstance(event, OrderQueried):
                    return self._try(broker.query, order)
                down = self._try(broker.cancel, order)
                if down is None:
                    self.canceling(order)
                return down
        return None

    def _submit(self, order: Order, approval: OrderSubmitted, seq: int) -> WithholdOrder | BrokerDown | None:
        if seq <= self._handed:
            return None
        self._handed = seq
        route = _route(order)
        broker = self._brokers.get(route)
        if broker is None:
            obstacle = f"account {order.ticket.account} at {order.ticket.broker} is not traded here"
        elif route in self._down:
            obstacle = "the link to the broker is down"
        else:
            obstacle = self._obstacle(order, approval, broker)
            if not obstacle:
                return self._try(broker.submit, order)
        return WithholdOrder(actor=ROUTER, client_order_id=order.client_order_id, reason=obstacle)

    def _replace(self, order: Order, ticket: OrderTicket) -> BrokerDown | None:
        """Ask for a change, unless a later event of the same batch or a stop came before it. What was not asked for
        stays as it is, and is asked about when no answer comes."""
        route, is_due = _route(order), order.status is OrderStatus.PENDING_REPLACE and order.replacing == ticket
        broker = self._brokers.get(route)
        stopped = self._latch.is_set() and not order.ticket.passes_stop
        if broker is None or route in self._down or not is_due or stopped:
            return None
        return self._try(lambda changed: broker.replace(changed, ticket), order)

    def _obstacle(self, order: Order, approval: OrderSubmitted, broker: Broker) -> str:
        """Return why an approved order must not leave, in words; empty when it may. The latch is read last."""
        unfit = _unfit(order.ticket, broker.capabilities)
        if unfit:
            return unfit
        if order.status is not OrderStatus.SUBMITTED:
            return "it was canceled first"  # by a later event of the same batch, such as a limit that tripped
        may_leave = approval.confirmed or order.ticket.passes_stop
        return "trading was stopped first" if self._latch.is_set() and not may_leave else ""

    def _try(self, ask: Callable[[Order], None], order: Order) -> BrokerDown | None:
        try:
            ask(order)
        except ConnectionError as error:
            self._down[_route(order)] = None
            return BrokerDown(actor=ROUTER, broker=order.ticket.broker, text=str(error))
        return None


def _unfit(ticket: OrderTicket, capabilities: Capabilities) -> str:
    """Return what the broker does not do of a ticket; empty when it does all of it."""
    if ticket.order_type not in capabilities.order_types:
        return f"{ticket.broker} takes no {ticket.order_type} orders"
    if ticket.reduce_only and not capabilities.reduce_only:
        return f"{ticket.broker} takes no orders that only reduce"
    return "" if ticket.tif in capabilities.tifs else f"{ticket.broker} takes no {ticket.tif} orders"


def _route(order: Order) -> Route:
    return Route(order.ticket.broker, order.ticket.account)


def _ignore(_order: Order) -> None:
    """Hear of a cancel where nobody counts them."""
