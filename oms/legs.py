"""The legs of brackets, one by one: where each waits, who wants it gone, and which of them prices move.

What a bracket has left decides what its legs should be; here is what they are. A leg is forgotten when it is closed.
One that somebody canceled is not made again for as long as its bracket lasts; one that we canceled is, so the two are
kept apart. One that made way for a flatten is neither, until that has come to nothing; a stop by hand that did is owed
then, and so is one that is to be smaller where it cannot be changed. How often in a row a touched stop by hand came to
nothing at the market is counted here, as brackets do of theirs. Trailing stops without a bracket are watched with the
others: a price moves them all alike.
"""

from oms.domain.ids import ENGINE, GATE, ClientOrderId, InstrumentId
from oms.domain.order import Order, OrderFlag, OrderTicket
from oms.domain.position import PositionKey


class Legs:
    """What is known of every leg that is not closed, and of every stop that trails."""

    def __init__(self) -> None:
        self.parents: dict[ClientOrderId, ClientOrderId] = {}  # of every leg
        self.loose: dict[ClientOrderId, PositionKey] = {}  # legs of brackets that are over
        self.held: set[ClientOrderId] = set()  # legs that wait here, for their parent or for their price
        self.soft: set[ClientOrderId] = set()  # those of them that wait for their price
        self.waived: set[ClientOrderId] = set()  # legs that somebody canceled: they are not made again
        self.recalled: set[ClientOrderId] = set()  # legs, and exits by hand, that we asked to cancel: asked once
        self.aside: set[ClientOrderId] = set()  # legs, and stops by hand, that made way for a flatten
        # stops by hand that did so for nothing, are to be smaller, or were refused; and those that stand in for one, or
        # were held here: how often in a row what a price had touched came to nothing at the market
        self.owed: dict[ClientOrderId, int] = {}
        self.renewed: dict[ClientOrderId, int] = {}
        self.changed: dict[ClientOrderId, OrderTicket] = {}  # what a leg, a trail or an exit was last to become
        self.watched: dict[InstrumentId, dict[ClientOrderId, None]] = {}  # what prices move: soft legs and trails

    def hold(self, order: Order, *, for_price: bool) -> None:
        """Note that an order waits here: for its price, or before that for its parent."""
        self.held.add(order.client_order_id)
        if for_price:
            self.soft.add(order.client_order_id)
            self.watch(order.client_order_id, order.ticket)

    def release(self, order: Order) -> None:
        """Note that what an order waited for has come; a stop that trails is moved by prices all the same. One by hand
        that protects is owed, should it be refused."""
        self.held.discard(order.client_order_id)
        self.soft.discard(order.client_order_id)
        if order.ticket.protects and order.ticket.parent_id is None:
            self.renewed.setdefault(order.client_order_id, 0)
        if not order.ticket.trails:
            self._unwatch(order)

    def cancel(self, order: Order, actor: str, *, aside: bool) -> None:
        """Note who wants a leg gone: we, who make another, somebody who wants none, or a flatten. What is asked again
        after a silence is the wish that it was before. It may be one that was lost and has come back."""
        if order.ticket.parent_id is not None and actor != ENGINE:
            whose = self.aside if aside else self.recalled if actor == GATE else self.waived
            whose.add(order.client_order_id)
            if not aside:
                self.aside.discard(order.client_order_id)
        elif aside and order.ticket.protects:
            self.aside.add(order.client_order_id)
        elif order.client_order_id in self.aside and actor == GATE:
            self.take_back(order)
        elif order.ticket.is_exit and actor != ENGINE:
            (self.recalled.add if actor == GATE else self.recalled.discard)(order.client_order_id)

    def take_back(self, order: Order) -> None:
        """Note that the flatten that an order made way for has come to nothing: it is made again."""
        self.aside.discard(order.client_order_id)
        if order.ticket.parent_id is None:
            self.owed[order.client_order_id] = 0
        else:
            self.recalled.add(order.client_order_id)

    def forget(self, order_id: ClientOrderId) -> None:
        """Note that what made way for a flatten is not needed any more."""
        self.aside.discard(order_id)
        self.owed.pop(order_id, None)

    def change(self, order: Order, ticket: OrderTicket) -> None:
        """Note what a leg, a trail or an exit by hand is to become."""
        order_id = order.client_order_id
        is_watched = order_id in self.watched.get(order.ticket.instrument_id, ())
        if order_id in self.parents or is_watched or order.ticket.is_exit:
            self.changed[order_id] = ticket

    def loosen(self, leg: ClientOrderId, key: PositionKey) -> None:
        """Note that there is nothing left of a position for a leg to give back."""
        self.waived.discard(leg)
        self.aside.discard(leg)
        if leg in self.parents:
            self.loose[leg] = key
        else:
            self.recalled.discard(leg)

    def close(self, order: Order, *, canceled: bool, aside: bool) -> None:
        """Forget an order that is closed; a leg that was canceled while it was held here, somebody canceled, or it made
        way for a flatten."""
        order_id = order.client_order_id
        if canceled and order_id in self.held and order_id not in self.loose:
            is_leg = order.ticket.parent_id is not None
            if aside and (is_leg or order.ticket.protects):
                self.aside.add(order_id)
            elif is_leg:
                self.waived.add(order_id)
        self.held.discard(order_id)
        self.soft.discard(order_id)
        self.parents.pop(order_id, None)
        if self.loose.pop(order_id, None) is not None:
            self.recalled.discard(order_id)
            self.waived.discard(order_id)
            self.aside.discard(order_id)
        if order.ticket.is_exit:
            if canceled and order_id in self.recalled and _is_to_be_smaller(order):
                self.owed[order_id] = 0
            self.recalled.discard(order_id)
        self.changed.pop(order_id, None)
        self._unwatch(order)

    def watch(self, order_id: ClientOrderId, ticket: OrderTicket) -> None:
        """Let prices move an order from now on."""
        self.watched.setdefault(ticket.instrument_id, {})[order_id] = None

    def _unwatch(self, order: Order) -> None:
        watched = self.watched.get(order.ticket.instrument_id)
        if watched is not None:
            watched.pop(order.client_order_id, None)
            if not watched:
                del self.watched[order.ticket.instrument_id]


def _is_to_be_smaller(order: Order) -> bool:
    """Tell whether an exit that we canceled is one to be made anew: a stop, for which something was left."""
    return order.ticket.protects and not order.moot and OrderFlag.FOUND_LATE not in order.flags
