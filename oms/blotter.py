"""Every order, and what is reserved for the ones that may still fill.

An order reserves from the moment it is submitted (in fact from `OrderInitialized`, so that two tickets of one batch
see each other) until it is closed: its leaves count as if they were filled already. One that is being changed reserves
for what it is and for what it may become, whichever is more, and for one of them as soon as the venue says which. The
sums the gate needs (reserved quantity per account's instrument and per position key, the last order like this one, the
times of recent submissions) are kept while folding: no rule scans orders, and a thousand of them in one instrument
cost the gate no more than one.

The legs of a bracket reserve nothing. They can only give back what is held, each all of it, and an exit that found its
position reserved by the stop behind it would be taken for an opening.
"""

from collections import deque
from copy import copy
from decimal import Decimal
from typing import Final, TypeAlias

from msgspec import Struct

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import BrokerId, ClientOrderId, ExecId, InstrumentId, StrategyId
from oms.domain.order import CLOSED, Order, OrderFlag, OrderStatus, OrderTicket, OrderType, Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Nanos, Price, Quantity
from oms.ledger import Keys, NetKey, keys_of
from oms.lifecycle import advance

# An enum's member costs two lookups through its class, a name of the module none.
_PENDING: Final = OrderStatus.PENDING
_BUY: Final = Side.BUY
_MARKET: Final = OrderType.MARKET

SUBMISSIONS_KEPT = 1_000  # more than any order-rate window can ask for
ALIKE_KEPT = 4_096  # the duplicate window is seconds; older keys are forgotten first


class Reserved(Struct, frozen=True, gc=False):
    """Quantities that open orders may still trade, and the cash that the buys among them may cost."""

    buy_qty: Quantity = ZERO
    sell_qty: Quantity = ZERO
    buy_value: Decimal = ZERO
    sell_value: Decimal = ZERO


class OpenOrders(Struct, frozen=True, gc=False):
    """The open orders of one position: how many, and the quantities that they may still trade."""

    orders: int = 0
    buy_qty: Quantity = ZERO
    sell_qty: Quantity = ZERO

    def on(self, side: Side) -> Quantity:
        """Return the quantity on one side."""
        return self.buy_qty if side is Side.BUY else self.sell_qty


# What makes two orders the same wish. A plain tuple: it is made twice an order, and the names cost more than the rest.
Alike: TypeAlias = tuple[StrategyId, InstrumentId, Side, Quantity, Price | None, Price | None]


class Counted(Struct, frozen=True, gc=False):
    """What an open order adds to the sums, remembered so that exactly that is taken out again."""

    keys: Keys
    side: Side
    quantity: Quantity
    value: Decimal


def alike(ticket: OrderTicket) -> Alike:
    """Return the key under which a repetition of this ticket would be found."""
    return ticket.strategy_id, ticket.instrument_id, ticket.side, ticket.quantity, ticket.limit_px, ticket.stop_px


def position_key(ticket: OrderTicket) -> PositionKey:
    """Return the position that a ticket trades for."""
    return keys_of(ticket.broker, ticket.account, ticket.instrument_id, ticket.strategy_id).position


def net_key(ticket: OrderTicket) -> NetKey:
    """Return the account's net that a ticket moves."""
    return keys_of(ticket.broker, ticket.account, ticket.instrument_id, ticket.strategy_id).net


def reserved_px(ticket: OrderTicket) -> Price | None:
    """Return the price that an order is reserved for: of its own prices the higher, which a buy pays at worst, or what
    a market order was meant at. A stop may trade beyond its price; by how much, nobody knows before."""
    if ticket.order_type is _MARKET:
        return ticket.signal_px
    limit_px, stop_px = ticket.limit_px, ticket.stop_px
    if limit_px is None or stop_px is None:
        return stop_px if limit_px is None else limit_px
    return max(limit_px, stop_px)


def _value(ticket: OrderTicket, filled_qty: Quantity) -> Decimal:
    """Return what is left of a ticket, at its price."""
    return max(ZERO, ticket.quantity - filled_qty) * (reserved_px(ticket) or ZERO)


class Blotter:
    """All orders of the journal, and the sums over those still open.

    Orders, groups and execution ids stay: a venue may tell of any of them again, years later, and what is not known
    any more would be counted twice.
    """

    HANDLES: Final[tuple[type, ...]] = (*oev.ORDER_EVENTS, ev.RunStarted)

    def __init__(self) -> None:
        self.orders: dict[ClientOrderId, Order] = {}
        self.open: dict[ClientOrderId, Order] = {}
        self.exec_ids: set[tuple[BrokerId, ExecId]] = set()
        self.reserved: dict[NetKey, Reserved] = {}
        self.open_by_key: dict[PositionKey, OpenOrders] = {}
        self.groups: dict[str, list[ClientOrderId]] = {}
        self.last_alike: dict[Alike, Nanos] = {}
        self.submissions: deque[Nanos] = deque(maxlen=SUBMISSIONS_KEPT)
        self.made_in_run = 0  # orders of the current run: the N of the next id is one more
        self.turned = False  # whether the last event made a position key one with open orders, or one without
        self._counted: dict[ClientOrderId, Counted] = {}

    def apply(self, event: ev.Event, ts: Nanos) -> None:
        """Count an event in.

        Raises:
            IllegalTransition: the life cycle has no such move; nothing is changed.
        """
        self.turned = False
        if type(event) is oev.OrderInitialized:
            self._take_on(event, ts)
        elif type(event) is ev.RunStarted:
            self.made_in_run = 0
        elif type(event) is oev.OrderAdopted:
            self._adopt(event, ts)
        else:
            self._advance(event, ts)  # type: ignore[arg-type]

    def get(self, order_id: ClientOrderId) -> Order | None:
        """Return the order, or None when it is not ours."""
        return self.orders.get(order_id)

    def without(self, order_id: ClientOrderId) -> "Blotter":
        """Return what the sums would be without an open order: the rest of this blotter, to be read and thrown away."""
        rest = copy(self)
        rest.reserved, rest.open_by_key = dict(self.reserved), dict(self.open_by_key)
        counted = self._counted.get(order_id)
        if counted is not None:
            rest.take_out(counted)
        return rest

    def take_out(self, counted: Counted) -> None:
        """Take what an order adds to the sums out of them."""
        self._sum(counted.keys, counted.side, -1, -counted.quantity, -counted.value)

    def open_orders(self, key: PositionKey) -> OpenOrders:
        """Return what is open for a position; all zero when nothing is."""
        return self.open_by_key.get(key, _NO_ORDERS)

    def _take_on(self, event: oev.OrderInitialized, ts: Nanos) -> None:
        order_id, ticket = event.client_order_id, event.ticket
        order = Order(client_order_id=order_id, ticket=ticket, status=_PENDING, ts_init=ts, ts_event=ts)
        self.made_in_run += 1
        self.orders[order_id] = order
        self.open[order_id] = order
        if ticket.group_id is not None:
            self.groups.setdefault(ticket.group_id, []).append(order_id)
        self._count(order)

    def _adopt(self, event: oev.OrderAdopted, ts: Nanos) -> None:
        """Know an order that is not ours. It is never open here: it reserves nothing, and no stop cancels it."""
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
        if type(event) is oev.OrderSubmitted:
            self._remember(order.ticket, ts)
        elif type(event) is oev.OrderFilled:
            self.exec_ids.add((event.fill.broker, event.fill.exec_id))
        elif type(event) is oev.OrderPendingReplace and order.replaces != before.replaces:
            self.submissions.append(ts)
        if order.status in CLOSED:
            self.open.pop(order_id, None)
            self._uncount(order_id)
            return
        self.open[order_id] = order
        # most steps move only the status, and then the very objects of the step before are still there
        same = order.filled_qty is before.filled_qty and order.ticket is before.ticket
        if not same or order.replacing is not before.replacing or before.status in CLOSED:
            self._uncount(order_id)
            self._count(order)

    def _remember(self, ticket: OrderTicket, ts: Nanos) -> None:
        self.submissions.append(ts)
        key = alike(ticket)
        self.last_alike.pop(key, None)  # so that the newest is last in the dict
        self.last_alike[key] = ts
        if len(self.last_alike) > ALIKE_KEPT:
            del self.last_alike[next(iter(self.last_alike))]

    def _count(self, order: Order) -> None:
        ticket = order.ticket
        if ticket.parent_id is not None:
            return
        if order.replacing is None:
            leaves = order.leaves_qty if order.filled_qty else ticket.quantity  # a new order is not filled nor closed
            value = leaves * (reserved_px(ticket) or ZERO)
        else:
            leaves = order.leaves_qty
            value = max(_value(each, order.filled_qty) for each in (ticket, order.replacing))
        under = keys_of(ticket.broker, ticket.account, ticket.instrument_id, ticket.strategy_id)
        self._counted[order.client_order_id] = Counted(under, ticket.side, leaves, value)
        self._sum(under, ticket.side, 1, leaves, value)

    def _uncount(self, order_id: ClientOrderId) -> None:
        counted = self._counted.pop(order_id, None)
        if counted is not None:
            self.take_out(counted)

    def _sum(self, under: Keys, side: Side, orders: int, quantity: Quantity, value: Decimal) -> None:
        """Add so many orders, or take them out where the numbers are negative."""
        net_key, key = under.net, under.position
        held = self.reserved.get(net_key, _NOTHING)
        working = self.open_by_key.get(key, _NO_ORDERS)
        orders += working.orders
        if side is _BUY:
            held = Reserved(held.buy_qty + quantity, held.sell_qty, held.buy_value + value, held.sell_value)
            working = OpenOrders(orders, working.buy_qty + quantity, working.sell_qty)
        else:
            held = Reserved(held.buy_qty, held.sell_qty + quantity, held.buy_value, held.sell_value + value)
            working = OpenOrders(orders, working.buy_qty, working.sell_qty + quantity)
        if held.buy_qty or held.sell_qty:
            self.reserved[net_key] = held
        else:
            self.reserved.pop(net_key, None)
        if not orders:
            self.turned = self.open_by_key.pop(key, None) is not None
        else:
            self.turned = orders == 1 or key not in self.open_by_key
            self.open_by_key[key] = working


_NOTHING: Final = Reserved()
_NO_ORDERS: Final = OpenOrders()
