"""Every order, and what is reserved for the ones that may still fill.

An order reserves from the moment it is submitted (in fact from `OrderInitialized`, so that two tickets of one batch
see each other) until it is closed. What the gate asks of orders (the sums in `oms.reservations`, the last order like
this one, the times of recent submissions) is kept while folding: no rule scans orders.
"""

from collections import deque
from copy import copy
from typing import Final, TypeAlias

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import BrokerId, ClientOrderId, ExecId, InstrumentId, StrategyId
from oms.domain.order import CLOSED, Order, OrderFlag, OrderStatus, OrderTicket, Side
from oms.domain.position import PositionKey
from oms.domain.units import Nanos, Price, Quantity
from oms.ledger import Keys, NetKey, keys_of
from oms.lifecycle import advance
from oms.reservations import NO_ORDERS, OpenOrders, Reservations
from oms.slice import Appliers

SUBMISSIONS_KEPT = 1_000  # more than any order-rate window can ask for
ALIKE_KEPT = 4_096  # the duplicate window is seconds; older keys are forgotten first
ALIKE_OF_EACH = 8  # the newest of them may have ended without having traded

_CAME_TO_NOTHING: Final = frozenset(  # if unfilled
    {OrderStatus.DENIED, OrderStatus.REJECTED, OrderStatus.CANCELED, OrderStatus.EXPIRED}
)
_PENDING: Final = OrderStatus.PENDING  # an enum's member costs two lookups through its class, a name here none

# What makes two orders the same wish. A plain tuple: it is made twice an order, and the names cost more than the rest.
Alike: TypeAlias = tuple[StrategyId, InstrumentId, Side, Quantity, Price | None, Price | None]


def alike(ticket: OrderTicket) -> Alike:
    """Return the key under which a repetition of this ticket would be found."""
    return ticket.strategy_id, ticket.instrument_id, ticket.side, ticket.quantity, ticket.limit_px, ticket.stop_px


def position_key(ticket: OrderTicket) -> PositionKey:
    """Return the position that a ticket trades for."""
    return keys_of(ticket.broker, ticket.account, ticket.instrument_id, ticket.strategy_id).position


def net_key(ticket: OrderTicket) -> NetKey:
    """Return the account's net that a ticket moves."""
    return keys_of(ticket.broker, ticket.account, ticket.instrument_id, ticket.strategy_id).net


class Blotter:
    """All orders of the journal, and the sums over those still open.

    Orders, groups and execution ids stay: a venue may tell of any of them again, years later, and what is not known
    any more would be counted twice. `moved` are the keys whose sums the last order event changed, None where it
    changed none.
    """

    def __init__(self) -> None:
        self.orders: dict[ClientOrderId, Order] = {}
        self.open: dict[ClientOrderId, Order] = {}
        self.exec_ids: set[tuple[BrokerId, ExecId]] = set()
        self.groups: dict[str, list[ClientOrderId]] = {}
        self.last_alike: dict[Alike, tuple[tuple[ClientOrderId, Nanos], ...]] = {}  # when submitted, newest last
        self.submissions: deque[Nanos] = deque(maxlen=SUBMISSIONS_KEPT)
        self.made_in_run = 0  # orders of the current run: the N of the next id is one more
        self.moved: Keys | None = None
        self._read(Reservations())

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it. Those of order events raise IllegalTransition where the
        life cycle has no such move, and nothing is changed."""
        return {
            **dict.fromkeys(oev.ORDER_EVENTS, self._advance),
            oev.OrderInitialized: self._take_on,
            oev.OrderAdopted: self._adopt,
            oev.OrderSubmitted: self._submit,
            oev.OrderHeld: self._hold,
            oev.OrderPendingReplace: self._ask_for_change,
            oev.OrderFilled: self._fill,
            ev.RunStarted: self._begin_run,
        }

    def get(self, order_id: ClientOrderId) -> Order | None:
        """Return the order, or None when it is not ours."""
        return self.orders.get(order_id)

    def without(self, order_id: ClientOrderId) -> "Blotter":
        """Return what the sums would be without an open order: the rest of this blotter, to be read and thrown away."""
        rest = copy(self)
        rest._read(self._reservations.without(order_id))  # noqa: SLF001 - its own kind
        return rest

    def exits_of(self, key: PositionKey) -> tuple[Order, ...]:
        """Return the exits by hand that wait for a position, oldest first."""
        return tuple(self.orders[order_id] for order_id in self.exits.get(key, ()))

    def submitted_alike(self, ticket: OrderTicket) -> Nanos | None:
        """Return when an order like a ticket was last submitted, of those that have traded or still may; None where
        there is none. One that the venue does not know may come to light."""
        for order_id, ts in reversed(self.last_alike.get(alike(ticket), ())):
            order = self.orders[order_id]
            if order.filled_qty or order.status not in _CAME_TO_NOTHING:
                return ts
        return None

    def open_orders(self, key: PositionKey) -> OpenOrders:
        """Return what is open for a position; all zero when nothing is."""
        return self.open_by_key.get(key, NO_ORDERS)

    def _read(self, reservations: Reservations) -> None:
        """Take the sums from here; they are read so often that they are at hand."""
        self._reservations = reservations
        self.reserved, self.open_by_key = reservations.by_net, reservations.by_position
        self.exits = reservations.exits

    def _begin_run(self, _event: ev.RunStarted, _ts: Nanos) -> None:
        self.made_in_run = 0

    def _take_on(self, event: oev.OrderInitialized, ts: Nanos) -> None:
        order_id, ticket = event.client_order_id, event.ticket
        order = Order(client_order_id=order_id, ticket=ticket, status=_PENDING, ts_init=ts, ts_event=ts)
        self.made_in_run += 1
        self.orders[order_id] = self.open[order_id] = order
        if ticket.group_id is not None:
            self.groups.setdefault(ticket.group_id, []).append(order_id)
        self.moved = self._reservations.reserve(order)

    def _adopt(self, event: oev.OrderAdopted, ts: Nanos) -> None:
        """Know an order that is not ours. It is never open here: it reserves nothing, and no stop cancels it."""
        self.moved = None
        self.orders[event.client_order_id] = Order(
            client_order_id=event.client_order_id,
            ticket=event.ticket,
            status=OrderStatus.ACCEPTED,
            ts_init=ts,
            ts_event=ts,
            flags=(OrderFlag.EXTERNAL,),
        )

    def _advance(self, event: oev.OrderEvent, ts: Nanos) -> None:
        order_id = event.client_order_id
        before = self.orders[order_id]
        order = self.orders[order_id] = advance(before, event, ts)
        # most events move only the status, and then the very tickets of before are still there
        is_same = order.ticket is before.ticket and order.replacing is before.replacing
        if is_same and order.status not in CLOSED and before.status not in CLOSED:
            self.open[order_id] = order
            self.moved = None
        else:
            self._reserve_anew(order)

    def _submit(self, event: oev.OrderSubmitted, ts: Nanos) -> None:
        order_id = event.client_order_id
        order = advance(self.orders[order_id], event, ts)
        self.orders[order_id] = self.open[order_id] = order
        self.moved = None
        self.submissions.append(ts)
        self._remember(order, ts)

    def _hold(self, event: oev.OrderHeld, ts: Nanos) -> None:
        """An order that waits here for its price was submitted, by whoever wrote it, and is no repetition of itself
        when it leaves; a leg was not."""
        self._advance(event, ts)
        order = self.orders[event.client_order_id]
        if order.ticket.parent_id is None:
            self._remember(order, ts)

    def _remember(self, order: Order, ts: Nanos) -> None:
        """Note when a wish was submitted, by what a repetition would be found."""
        order_id, key, kept = order.client_order_id, alike(order.ticket), self.last_alike
        before = kept.pop(key, ())  # so that the newest is last in the dict
        kept[key] = (*before[1 - ALIKE_OF_EACH :], (order_id, ts))
        if len(kept) > ALIKE_KEPT:
            del kept[next(iter(kept))]

    def _ask_for_change(self, event: oev.OrderPendingReplace, ts: Nanos) -> None:
        asked = self.orders[event.client_order_id].replaces
        self._advance(event, ts)
        if self.orders[event.client_order_id].replaces != asked:  # else the same is asked again
            self.submissions.append(ts)

    def _fill(self, event: oev.OrderFilled, ts: Nanos) -> None:
        order_id, fill = event.client_order_id, event.fill
        order = self.orders[order_id] = advance(self.orders[order_id], event, ts)
        self.exec_ids.add((fill.broker, fill.exec_id))
        self._reserve_anew(order)

    def _reserve_anew(self, order: Order) -> None:
        """Let an order reserve for what may still trade of it: nothing once it is closed."""
        order_id = order.client_order_id
        self.moved = self._reservations.release(order_id)
        if order.status in CLOSED:
            self.open.pop(order_id, None)
            if self.exits:
                self._reservations.end(order)
        else:
            self.open[order_id] = order
            if self.exits and not order.ticket.is_exit:  # a price has touched it, and it is at the market now
                self._reservations.end(order)
            self.moved = self._reservations.reserve(order)
