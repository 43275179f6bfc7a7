"""Every order, and what is reserved for the ones that may still fill.

An order reserves from the moment it is submitted (in fact from `OrderInitialized`, so that two tickets of one batch
see each other) until it is closed: its leaves count as if they were filled already. The sums the gate needs (reserved
quantity per account's instrument and per position key, the last order like this one, the times of recent
submissions) are kept while folding: no rule scans orders, and a thousand of them in one instrument cost the gate no
more than one.
"""

from collections import deque
from decimal import Decimal
from typing import Final, NamedTuple, TypeVar, cast

from oms.domain import events as ev
from oms.domain.ids import BrokerId, ClientOrderId, ExecId, InstrumentId, StrategyId
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Nanos, Price, Quantity
from oms.ledger import NetKey
from oms.lifecycle import advance

K = TypeVar("K")
V = TypeVar("V")

SUBMISSIONS_KEPT = 1_000  # more than any order-rate window can ask for
ALIKE_KEPT = 4_096  # the duplicate window is seconds; older keys are forgotten first


class Reserved(NamedTuple):
    """Quantities that open orders may still trade, and the cash that the buys among them may cost."""

    buy_qty: Quantity = ZERO
    sell_qty: Quantity = ZERO
    buy_value: Decimal = ZERO
    sell_value: Decimal = ZERO


class OpenOrders(NamedTuple):
    """The open orders of one position: how many, and the quantities that they may still trade."""

    orders: int = 0
    buy_qty: Quantity = ZERO
    sell_qty: Quantity = ZERO

    def on(self, side: Side) -> Quantity:
        """Return the quantity on one side."""
        return self.buy_qty if side is Side.BUY else self.sell_qty


class Alike(NamedTuple):
    """What makes two orders the same wish."""

    strategy_id: StrategyId
    instrument_id: InstrumentId
    side: Side
    quantity: Quantity
    limit_px: Price | None


class Counted(NamedTuple):
    """What an open order adds to the sums, remembered so that exactly that is taken out again."""

    net_key: NetKey
    key: PositionKey
    side: Side
    quantity: Quantity
    value: Decimal


def alike(ticket: OrderTicket) -> Alike:
    """Return the key under which a repetition of this ticket would be found."""
    return Alike(ticket.strategy_id, ticket.instrument_id, ticket.side, ticket.quantity, ticket.limit_px)


def position_key(ticket: OrderTicket) -> PositionKey:
    """Return the position that a ticket trades for."""
    return PositionKey(ticket.broker, ticket.account, ticket.instrument_id, ticket.strategy_id)


def net_key(ticket: OrderTicket) -> NetKey:
    """Return the account's net that a ticket moves."""
    return NetKey(ticket.broker, ticket.account, ticket.instrument_id)


class Blotter:
    """All orders of the journal, and the sums over those still open."""

    HANDLES: Final[tuple[type, ...]] = (*ev.ORDER_EVENTS, ev.RunStarted)

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
        self._counted: dict[ClientOrderId, Counted] = {}

    def apply(self, event: ev.Event, ts: Nanos) -> None:
        """Count an event in.

        Raises:
            IllegalTransition: the life cycle has no such move; nothing is changed.
        """
        if isinstance(event, ev.RunStarted):
            self.made_in_run = 0
        elif isinstance(event, ev.OrderInitialized):
            self._take_on(event, ts)
        else:
            self._advance(cast("ev.OrderEvent", event), ts)

    def get(self, order_id: ClientOrderId) -> Order | None:
        """Return the order, or None when it is not ours."""
        return self.orders.get(order_id)

    def open_orders(self, key: PositionKey) -> OpenOrders:
        """Return what is open for a position; all zero when nothing is."""
        return self.open_by_key.get(key, _NO_ORDERS)

    def _take_on(self, event: ev.OrderInitialized, ts: Nanos) -> None:
        order = Order(
            client_order_id=event.client_order_id,
            ticket=event.ticket,
            status=OrderStatus.PENDING,
            ts_init=ts,
            ts_event=ts,
        )
        self.made_in_run += 1
        self.orders[order.client_order_id] = order
        self.open[order.client_order_id] = order
        if order.ticket.group_id is not None:
            self.groups.setdefault(order.ticket.group_id, []).append(order.client_order_id)
        self._count(order)

    def _advance(self, event: ev.OrderEvent, ts: Nanos) -> None:
        before = self.orders[event.client_order_id]
        order = advance(before, event, ts)
        self.orders[order.client_order_id] = order
        if isinstance(event, ev.OrderSubmitted):
            self._remember(order.ticket, ts)
        elif isinstance(event, ev.OrderFilled):
            self.exec_ids.add((event.fill.broker, event.fill.exec_id))
        if order.is_closed:
            self.open.pop(order.client_order_id, None)
        else:
            self.open[order.client_order_id] = order
        if order.is_closed:
            self._uncount(order.client_order_id)
        elif order.filled_qty != before.filled_qty or order.ticket is not before.ticket or before.is_closed:
            self._uncount(order.client_order_id)
            self._count(order)

    def _remember(self, ticket: OrderTicket, ts: Nanos) -> None:
        self.submissions.append(ts)
        key = alike(ticket)
        self.last_alike.pop(key, None)  # so that the newest is last in the dict
        self.last_alike[key] = ts
        if len(self.last_alike) > ALIKE_KEPT:
            del self.last_alike[next(iter(self.last_alike))]

    def _count(self, order: Order) -> None:
        ticket, leaves = order.ticket, order.leaves_qty
        px = ticket.limit_px if ticket.order_type is OrderType.LIMIT else ticket.signal_px
        counted = Counted(net_key(ticket), position_key(ticket), ticket.side, leaves, leaves * (px or ZERO))
        self._counted[order.client_order_id] = counted
        self._sum(counted, 1)

    def _uncount(self, order_id: ClientOrderId) -> None:
        counted = self._counted.pop(order_id, None)
        if counted is not None:
            self._sum(counted, -1)

    def _sum(self, counted: Counted, sign: int) -> None:
        buy_qty, sell_qty, buy_value, sell_value = self.reserved.get(counted.net_key, _NOTHING)
        orders, key_buy_qty, key_sell_qty = self.open_by_key.get(counted.key, _NO_ORDERS)
        quantity, value = sign * counted.quantity, sign * counted.value
        if counted.side is Side.BUY:
            buy_qty, buy_value, key_buy_qty = buy_qty + quantity, buy_value + value, key_buy_qty + quantity
        else:
            sell_qty, sell_value, key_sell_qty = sell_qty + quantity, sell_value + value, key_sell_qty + quantity
        summed = Reserved(buy_qty, sell_qty, buy_value, sell_value)
        _keep(self.reserved, counted.net_key, summed, gone=not (summed.buy_qty or summed.sell_qty))
        working = OpenOrders(orders + sign, key_buy_qty, key_sell_qty)
        _keep(self.open_by_key, counted.key, working, gone=not working.orders)


_NOTHING: Final = Reserved()
_NO_ORDERS: Final = OpenOrders()


def _keep(sums: dict[K, V], key: K, value: V, *, gone: bool) -> None:
    if gone:
        sums.pop(key, None)
    else:
        sums[key] = value
