"""What made way for a flatten, and is wanted back where that comes to nothing.

A flatten takes down what protects a position before it closes it, because both would trade. So from then until the
close has traded, the position is open to the market, and whatever ends the flatten before that has to end this too: a
close that is rejected, denied, canceled or expires, and a program that stops between the two steps. What made way is
therefore kept by name, in the journal's terms, until there is nothing left for it to give back or something stands in
its place. A leg comes back as its bracket makes it anew; a stop by hand has no bracket, and is owed. Where the venue
does not take that one back, it is owed still, and `oms.decide.exits` holds it here. One that is canceled to be
made anew for less is owed in the same way, as is one that was held here and came to nothing at the market, or that its
venue dropped.
"""

from typing import Final

from oms.blotter import Blotter, position_key
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderStatus, OrderTicket, TimeInForce
from oms.domain.position import PositionKey
from oms.domain.units import ZERO
from oms.ledger import Ledger
from oms.legs import Legs

_DROPPED: Final = frozenset({OrderStatus.CANCELED, OrderStatus.EXPIRED})
_REFUSED: Final = frozenset({OrderStatus.DENIED, OrderStatus.REJECTED, OrderStatus.NOT_FOUND})


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
        """The positions for which something made way, or something stands in for that."""
        orders, legs = self._blotter.orders, self._legs
        return tuple(position_key(orders[order_id].ticket) for order_id in (*legs.aside, *legs.owed, *legs.renewed))

    def tried(self, key: PositionKey) -> tuple[Order, ...]:
        """Return the stops by hand of a position that a price has touched, at the market or waiting here to be sent
        there again, oldest first. One with a limit is none: it rests, and is an exit like others."""
        orders = [self._blotter.orders[order_id] for order_id in self._legs.renewed]
        return tuple(
            order
            for order in orders
            if order.ticket.is_touched and not order.ticket.rests and position_key(order.ticket) == key
        )

    def of(self, key: PositionKey) -> tuple[Order, ...]:
        """Return what made way for a flatten of a position, oldest first, be that under way or come to nothing."""
        orders = [self._blotter.orders[order_id] for order_id in (*self._legs.aside, *self._legs.owed)]
        found = [order for order in orders if position_key(order.ticket) == key]
        return tuple(sorted(found, key=lambda order: (order.ts_init, order.client_order_id)))

    def is_closing(self, key: PositionKey) -> bool:
        """Tell whether an order is on its way that closes of a position at once."""
        return any(one.ticket.closes_at_once and position_key(one.ticket) == key for one in self._blotter.open.values())

    def is_let_be(self, key: PositionKey, order_id: ClientOrderId | None, *, anew: bool) -> bool:
        """Tell whether a leg, or a stop by hand that made way, is neither made nor changed: somebody canceled it, or it
        makes way for a flatten that may yet close. One that never sent its close has not, once nobody waits for it any
        more."""
        legs = self._legs
        return order_id in legs.waived or (order_id in legs.aside and not (anew and not self.is_closing(key)))

    def end(self, order: Order, *, at_venue: bool) -> None:
        """Take back what made way for a close that has ended before it had closed all, if it was the last one; and owe
        again what stood in for one that made way, and was refused, or any stop by hand that its venue has dropped.
        `at_venue`: it was there until now."""
        order_id, legs = order.client_order_id, self._legs
        failures = legs.renewed.pop(order_id, None)
        has_stood = order.acknowledged and not order.unwanted and _is_stop_by_hand(order)
        if (has_stood or failures is not None) and at_venue and was_refused(order) and self._is_held(order.ticket):
            in_vain = order.ticket.is_touched and not order.filled_qty
            legs.owed[order_id] = (failures or 0) + 1 if in_vain else 0
        if self._legs.aside and order.ticket.closes_at_once and order.status is not OrderStatus.FILLED:
            key = position_key(order.ticket)
            for made_way in () if self.is_closing(key) else self.of(key):
                self._legs.take_back(made_way)

    def forget_over(self, key: PositionKey) -> None:
        """Forget the stops by hand for which nothing is left to give back; legs end with their bracket."""
        for order in self.of(key):
            if order.ticket.parent_id is None and not self._is_held(order.ticket):
                self._legs.forget(order.client_order_id)

    def _is_held(self, ticket: OrderTicket) -> bool:
        """Tell whether a ticket would give back something that its strategy holds."""
        return self._ledger.position(position_key(ticket)).quantity * ticket.side.sign < ZERO

    def stand_in(self, order_id: ClientOrderId, ticket: OrderTicket) -> None:
        """Let a stop by hand stand in for one that made way, where it is the same."""
        for order in self.of(position_key(ticket)):
            old = order.ticket
            if order.is_closed and (old.parent_id, old.side, old.stop_px) == (None, ticket.side, ticket.stop_px):
                self._legs.renewed[order_id] = self._legs.owed.get(order.client_order_id, 0)
                self._legs.forget(order.client_order_id)
                return


def was_refused(order: Order) -> bool:
    """Tell whether an order has ended because its venue did not take it, or because it could not go there. What a price
    has touched is to trade, so its venue may not end it either, unless it was asked to."""
    if order.ticket.is_touched:
        return not order.unwanted and (order.status in _REFUSED or order.status in _DROPPED)
    return order.withheld or order.status in _REFUSED or _was_dropped(order)


def _is_stop_by_hand(order: Order) -> bool:
    """Tell whether an order is a stop that protects and is no leg of a bracket."""
    return order.ticket.protects and order.ticket.parent_id is None


def _was_dropped(order: Order) -> bool:
    """Tell whether an order has ended at its venue that nobody wanted gone, and that was not to end with a day."""
    if order.status is OrderStatus.EXPIRED and (order.ticket.tif is not TimeInForce.GTC or order.ticket.expires_at):
        return False
    return order.status in _DROPPED and order.acknowledged and not order.unwanted
