"""What open orders may still trade, summed for whoever asks how much room there is.

An order reserves its leaves as if they were filled already, and a buy what they may cost. One that is being changed
reserves for what it is and for what it may become, whichever is more, and for one of them as soon as the venue says
which. What each order adds is remembered, so that exactly that is taken out again: no sum is ever made anew, and a
thousand orders in one instrument cost the gate no more than one.

The legs of a bracket reserve nothing, nor do exits by hand. They can only give back what is held, and a sale that found
its position reserved by the stop behind it would be taken for an opening. Which exits wait is kept here, by position.
"""

from decimal import Decimal
from typing import Final

from msgspec import Struct

from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderTicket, OrderType, Purpose, Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Price, Quantity
from oms.ledger import Keys, NetKey, keys_of

# An enum's member costs two lookups through its class, a name of the module none.
_BUY: Final = Side.BUY
_MARKET: Final = OrderType.MARKET
_OPEN: Final = Purpose.OPEN


class Reserved(Struct, frozen=True, gc=False):
    """Quantities that open orders may still trade, and what they come to at the prices that they were reserved for.

    A buy costs its own price at worst, wherever the market is. What is bought at the market has only the price that it
    was meant at, so it is kept apart, and whoever needs what it costs looks at the market as well.
    """

    buy_qty: Quantity = ZERO
    sell_qty: Quantity = ZERO
    buy_value: Decimal = ZERO
    sell_value: Decimal = ZERO
    market_qty: Quantity = ZERO  # of the buys, and not in `buy_value`
    market_value: Decimal = ZERO


class OpenOrders(Struct, frozen=True, gc=False):
    """The open orders of one position: how many, and the quantities that they may still trade."""

    orders: int = 0
    buy_qty: Quantity = ZERO
    sell_qty: Quantity = ZERO

    def on(self, side: Side) -> Quantity:
        """Return the quantity on one side."""
        return self.buy_qty if side is Side.BUY else self.sell_qty


class Reservation(Struct, frozen=True, gc=False):
    """What one open order adds to the sums."""

    keys: Keys
    side: Side
    quantity: Quantity
    value: Decimal
    at_market: bool


_NOTHING: Final = Reserved()
NO_ORDERS: Final = OpenOrders()


class Reservations:
    """The sums over the open orders, per account's instrument and per position; what is nothing has no key."""

    def __init__(self) -> None:
        self.by_net: dict[NetKey, Reserved] = {}
        self.by_position: dict[PositionKey, OpenOrders] = {}
        self.exits: dict[PositionKey, dict[ClientOrderId, None]] = {}  # that are open, oldest first
        self._by_order: dict[ClientOrderId, Reservation] = {}

    def reserve(self, order: Order) -> Keys | None:
        """Add an open order that is not among the sums; return the keys whose sums it changed, if any."""
        ticket = order.ticket
        if ticket.parent_id is not None:
            return None
        if (ticket.reduce_only or ticket.purpose is not _OPEN) and ticket.is_exit:
            self.exits.setdefault(_key_of(ticket), {})[order.client_order_id] = None
            return None
        if order.filled_qty or order.replacing is not None:
            quantity, value = _at_most(order)
        else:
            quantity = ticket.quantity
            value = quantity * (reserved_px(ticket) or ZERO)
        keys, side = keys_of(ticket.broker, ticket.account, ticket.instrument_id, ticket.strategy_id), ticket.side
        one = self._by_order[order.client_order_id] = Reservation(
            keys, side, quantity, value, ticket.order_type is _MARKET
        )
        self._move(one, 1, quantity, value)
        return keys

    def release(self, order_id: ClientOrderId) -> Keys | None:
        """Take out what an order added, if it did; return the keys whose sums that changed."""
        one = self._by_order.pop(order_id, None)
        if one is None:
            return None
        self._move(one, -1, -one.quantity, -one.value)
        return one.keys

    def end(self, order: Order) -> None:
        """Forget an exit that is closed; nothing where it was none."""
        key = _key_of(order.ticket)
        exits = self.exits.get(key)
        if exits is not None:
            exits.pop(order.client_order_id, None)
            if not exits:
                del self.exits[key]

    def without(self, order_id: ClientOrderId) -> "Reservations":
        """Return what the sums and the exits would be without an order."""
        rest = Reservations()
        rest.by_net, rest.by_position = dict(self.by_net), dict(self.by_position)
        rest.exits = {key: {other: None for other in exits if other != order_id} for key, exits in self.exits.items()}
        if order_id in self._by_order:
            rest._by_order[order_id] = self._by_order[order_id]
            rest.release(order_id)
        return rest

    def _move(self, one: Reservation, orders: int, quantity: Quantity, value: Decimal) -> None:
        """Add so many orders like this, or take them out where the numbers are negative."""
        net_key, key = one.keys.net, one.keys.position
        held, working = self.by_net.get(net_key, _NOTHING), self.by_position.get(key, NO_ORDERS)
        orders += working.orders
        if one.side is _BUY:
            buy_qty, market_qty = held.buy_qty + quantity, held.market_qty
            if one.at_market:
                at_market = market_qty + quantity, held.market_value + value
                held = Reserved(buy_qty, held.sell_qty, held.buy_value, held.sell_value, *at_market)
            else:
                cost = held.buy_value + value
                held = Reserved(buy_qty, held.sell_qty, cost, held.sell_value, market_qty, held.market_value)
            working = OpenOrders(orders, working.buy_qty + quantity, working.sell_qty)
        else:
            at_market = held.market_qty, held.market_value
            sold = held.sell_value + value
            held = Reserved(held.buy_qty, held.sell_qty + quantity, held.buy_value, sold, *at_market)
            working = OpenOrders(orders, working.buy_qty, working.sell_qty + quantity)
        if held.buy_qty or held.sell_qty:
            self.by_net[net_key] = held
        else:
            self.by_net.pop(net_key, None)
        if orders:
            self.by_position[key] = working
        else:
            self.by_position.pop(key, None)


def _key_of(ticket: OrderTicket) -> PositionKey:
    return keys_of(ticket.broker, ticket.account, ticket.instrument_id, ticket.strategy_id).position


def reserved_px(ticket: OrderTicket) -> Price | None:
    """Return the price that an order is reserved for: of its own prices the higher, which a buy pays at worst, or what
    a market order was meant at. A stop may trade beyond its price; by how much, nobody knows before."""
    if ticket.order_type is _MARKET:
        return ticket.signal_px
    limit_px, stop_px = ticket.limit_px, ticket.stop_px
    if limit_px is None or stop_px is None:
        return stop_px if limit_px is None else limit_px
    return max(limit_px, stop_px)


def _at_most(order: Order) -> tuple[Quantity, Decimal]:
    """Return what may still trade of an order that has traded or is being changed, and what that may cost."""
    tickets = [order.ticket] if order.replacing is None else [order.ticket, order.replacing]
    filled_qty = order.filled_qty
    values = [max(ZERO, one.quantity - filled_qty) * (reserved_px(one) or ZERO) for one in tickets]
    return order.leaves_qty, max(values)
