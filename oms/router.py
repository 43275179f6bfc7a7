"""From an approved order to the broker of its route. Orders leave here and nowhere else; a replay has no router.

The latch is the one flag that a stop sets without waiting for anybody. It is read last, with nothing between the
reading and the hand-over, so no order leaves after it is set. There are two exceptions. The approval of a flatten names
the person who typed the word for it, and a stop that protects was asked for with the order that it protects. A stop by
hand was there before: it does not leave anew, but may be changed, as it follows its position or the market.

A broker whose link is gone says so by a ConnectionError. It is told nothing more until `up`, and the engine is told
once. An order that was being handed over then is in flight, and the venue is asked about it when the link stands
again; one that was not tried is withheld. A cancel, a change or a question that was not tried is asked later, by the
schedule that waits for its answer.

An approval does not hold for ever. The commit between it and the hand-over may be slow, and what a person or a strategy
meant at a price of long ago is withheld. A stop that protects was meant at a price of its own, and that does not age.

An order is handed over once. Whatever becomes of the answer, and even if its record were to come by again, what follows
are questions: a second hand-over could be a second order.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from oms.blotter import Blotter
from oms.domain.commands import BrokerDown, WithholdOrder
from oms.domain.events import Record
from oms.domain.ids import ROUTER, Route
from oms.domain.order import Order, OrderStatus, OrderTicket
from oms.domain.order_events import OrderPendingCancel, OrderPendingReplace, OrderQueried, OrderSubmitted
from oms.domain.units import MINUTE, SECOND, Nanos
from oms.ports import Broker

# the events that a broker is told of
LEAVES: Final = frozenset({OrderSubmitted, OrderPendingCancel, OrderPendingReplace, OrderQueried})

APPROVAL_HOLDS: Final = MINUTE  # from a person's yes, or from the decision where nobody was asked, to the hand-over

# why an order was withheld, in the words that are shown; on threads it may be withheld for the same reasons
LINK_DOWN: Final = "the link to the broker is down"
CANCELED_FIRST: Final = "it was canceled first"
STOPPED_FIRST: Final = "trading was stopped first"


class Router:
    """Hands over what the loop committed. `latch` is set by whoever stops trading, from any thread; `now` is engine
    time."""

    def __init__(self, brokers: Mapping[Route, Broker], latch: threading.Event, now: Callable[[], Nanos]) -> None:
        self._brokers = brokers
        self._latch = latch
        self._now = now
        self._down: dict[Route, None] = {}
        self._handed = 0  # the number of the newest approval that was taken up
        self._told: Callable[[Order], None] = _ignore

    @property
    def is_stopped(self) -> bool:
        """Whether the latch is set; whoever set it may not have told the loop yet."""
        return self._latch.is_set()

    def tell_of_cancels(self, told: Callable[[Order], None]) -> None:
        """Call something for each order whose cancel is handed over, here or by who keeps the link or calls off the
        loop."""
        self._told = told

    def canceling(self, order: Order) -> None:
        """The cancel of an order was handed over."""
        self._told(order)

    def stops(self, order: Order) -> bool:
        """Tell whether a stop forbids an order, or a change of it, to leave. It may be asked from any thread."""
        if not self._latch.is_set() or order.ticket.passes_stop:
            return False
        return not order.ticket.protects if order.replacing is not None else not order.confirmed

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
        if type(event) is OrderSubmitted:
            agreed = record.ts if event.ts_agreed is None else event.ts_agreed
            return self._submit(blotter.orders[event.client_order_id], record.seq, agreed)
        if type(event) is OrderPendingCancel:
            return self._cancel(blotter.orders[event.client_order_id])
        if type(event) is OrderPendingReplace:
            return self._replace(blotter.orders[event.client_order_id], event.ticket, self._now() - record.ts)
        if type(event) is OrderQueried:
            return self._query(blotter.orders[event.client_order_id])
        return None

    def _within_reach(self, order: Order) -> Broker | None:
        """Return the broker of an order, None where its link is down or nobody trades there."""
        route = _route(order)
        return self._brokers.get(route) if route not in self._down else None

    def _query(self, order: Order) -> BrokerDown | None:
        broker = self._within_reach(order)
        return self._try(broker.query, order) if broker is not None else None

    def _cancel(self, order: Order) -> BrokerDown | None:
        broker = self._within_reach(order)
        if broker is None:
            return None
        down = self._try(broker.cancel, order)
        if down is None and not broker.capabilities.blocks:  # whose call is only beginning now
            self._told(order)
        return down

    def _submit(self, order: Order, seq: int, agreed: Nanos) -> WithholdOrder | BrokerDown | None:
        if seq <= self._handed:
            return None
        self._handed = seq
        route = _route(order)
        broker = self._brokers.get(route)
        if broker is None:
            obstacle = f"account {order.ticket.account} at {order.ticket.broker} is not traded here"
        elif route in self._down:
            obstacle = LINK_DOWN
        else:
            obstacle = self._obstacle(order, broker, self._now() - agreed)
            if not obstacle:
                return self._try(broker.submit, order)
        return WithholdOrder(actor=ROUTER, client_order_id=order.client_order_id, reason=obstacle)

    def _replace(self, order: Order, ticket: OrderTicket, age: Nanos) -> BrokerDown | None:
        """Ask for a change that was decided so long ago, unless a later event of the same batch or a stop came before
        it, or it is too old. What was not asked for stays as it is, and is asked about when no answer comes."""
        is_due = order.status is OrderStatus.PENDING_REPLACE and order.replacing == ticket
        broker = self._within_reach(order)
        if broker is None or not is_due or _is_stale(ticket, age) or self.stops(order):
            return None
        return self._try(lambda changed: broker.replace(changed, ticket), order)

    def _obstacle(self, order: Order, broker: Broker, age: Nanos) -> str:
        """Return why an order that was approved so long ago must not leave, in words; empty when it may. The latch is
        read last."""
        lacking = broker.capabilities.lacking(order.ticket)
        if lacking:
            return lacking
        if _is_stale(order.ticket, age):
            return f"its approval has expired: it was given {age // SECOND} s ago"
        if order.status is not OrderStatus.SUBMITTED:
            return CANCELED_FIRST  # by a later event of the same batch, such as a limit that tripped
        return STOPPED_FIRST if self.stops(order) else ""

    def _try(self, ask: Callable[[Order], None], order: Order) -> BrokerDown | None:
        try:
            ask(order)
        except ConnectionError as error:
            self._down[_route(order)] = None
            return BrokerDown(actor=ROUTER, broker=order.ticket.broker, text=str(error))
        return None


def _is_stale(ticket: OrderTicket, age: Nanos) -> bool:
    """Tell whether what was approved so long ago is meant no more."""
    return age > APPROVAL_HOLDS and not ticket.protects


def _route(order: Order) -> Route:
    return Route(order.ticket.broker, order.ticket.account)


def _ignore(_order: Order) -> None:
    """Hear of a cancel where nobody counts them."""
