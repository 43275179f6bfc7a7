"""What made way for a flatten, and is wanted back where that comes to nothing.

A flatten takes down what protects a position before it closes it, because both would trade. So from then until the
close has traded, the position is open to the market, and whatever ends the flatten before that has to end this too: a
close that is rejected, denied, canceled or expires, and a program that stops between the two steps. What made way is
therefore kept by name, in the journal's terms, until there is nothing left for it to give back or something stands in
its place. A leg comes back as its bracket makes it anew; a stop by hand has no bracket, and is owed.
"""

from oms.blotter import Blotter, position_key
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Purpose
from oms.domain.position import PositionKey
from oms.domain.units import ZERO
from oms.ledger import Ledger
from oms.legs import Legs


class Aside:
    """Over the legs that are known; applied with the brackets, after the blotter and the ledger."""

    def __init__(self, blotter: Blotter, ledger: Ledger, legs: Legs) -> None:
        self._blotter = blotter
        self._ledger = ledger
        self._legs = legs

    def __bool__(self) -> bool:
        """Tell whether anything made way and has not come back."""
        return bool(self._legs.aside or self._legs.owed)

    @property
    def keys(self) -> tuple[PositionKey, ...]:
        """The positions for which something made way."""
        orders = self._blotter.orders
        return tuple(position_key(orders[order_id].ticket) for order_id in (*self._legs.aside, *self._legs.owed))

    def of(self, key: PositionKey) -> tuple[Order, ...]:
        """Return what made way for a flatten of a position, oldest first, be that under way or come to nothing."""
        orders = [self._blotter.orders[order_id] for order_id in (*self._legs.aside, *self._legs.owed)]
        found = [order for order in orders if position_key(order.ticket) == key]
        return tuple(sorted(found, key=lambda order: (order.ts_init, order.client_order_id)))

    def is_closing(self, key: PositionKey) -> bool:
        """Tell whether an order is on its way that closes of a position at once."""
        return any(_closes_at_once(one) and position_key(one.ticket) == key for one in self._blotter.open.values())

    def end(self, order: Order) -> None:
        """Take back what made way for a close that has ended before it had closed all, if it was the last one."""
        if self._legs.aside and _closes_at_once(order) and order.status is not OrderStatus.FILLED:
            key = position_key(order.ticket)
            for made_way in () if self.is_closing(key) else self.of(key):
                self._legs.take_back(made_way)

    def forget_over(self, key: PositionKey) -> None:
        """Forget the stops by hand for which nothing is left to give back; legs end with their bracket."""
        held = self._ledger.position(key).quantity
        for order in self.of(key):
            if order.ticket.parent_id is None and held * order.ticket.side.sign >= ZERO:
                self._legs.forget(order.client_order_id)

    def stand_in(self, ticket: OrderTicket) -> None:
        """Let a stop by hand stand in for one that made way, where it is the same."""
        for order in self.of(position_key(ticket)):
            old = order.ticket
            if order.is_closed and (old.parent_id, old.side, old.stop_px) == (None, ticket.side, ticket.stop_px):
                self._legs.forget(order.client_order_id)
                return


def _closes_at_once(order: Order) -> bool:
    return order.ticket.purpose is Purpose.CLOSE and order.ticket.order_type is OrderType.MARKET
