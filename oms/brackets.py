"""What protects what: the brackets of the orders that asked for a stop, a target or a trail.

A bracket is one parent order and the legs that give back what it traded: a stop (purpose PROTECT) and a target
(CLOSE), each for all that is left of it, so that one of them is always one too many. How much that is, is folded in
`oms.left`, and everything that is done to a leg follows from it: a leg that works for less is enlarged, one that works
for more is reduced, and with nothing left there is no leg. A restart folds the same and so cannot forget a stop, or
protect twice.

Legs that lost their bracket (`loose`) are to be canceled, and may still trade until they are. What is known of each leg
by itself is kept in `oms.legs`, and what made way for a flatten in `oms.aside`.
"""

from collections.abc import Callable, Iterator
from typing import Final

from oms.aside import Aside
from oms.blotter import Blotter, position_key
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, InstrumentId
from oms.domain.order import Order, OrderTicket, Purpose, Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Nanos, Price, Quantity
from oms.ledger import Ledger
from oms.left import Bracket, Left, is_by_hand
from oms.legs import Legs
from oms.protected import Protected, sure_qty
from oms.slice import Appliers

_OPEN: Final = Purpose.OPEN  # a member of an enum costs two lookups, a name none


class Brackets:
    """The brackets in force, oldest first; applied after the blotter and the ledger."""

    def __init__(self, blotter: Blotter, ledger: Ledger) -> None:
        self._blotter = blotter
        self._ledger = ledger
        self.legs = Legs()
        self.left = Left(blotter, ledger, self.legs.loosen)
        self.aside = Aside(blotter, ledger, self.legs)
        self._steps: dict[type, Callable[[Order, ev.Event], None]] = {
            oev.OrderReleased: self._released,
            oev.OrderPendingCancel: self._canceling,
            oev.OrderCancelRejected: self._kept,
            oev.OrderPendingReplace: self._changing,
            oev.OrderReplaced: self._settled,
            oev.OrderReplaceRejected: self._settled,
            oev.OrderDenied: self._ended,
            oev.OrderRejected: self._ended,
            oev.OrderCanceled: self._ended,
            oev.OrderExpired: self._ended,
            oev.OrderUnfound: self._ended,
        }

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {
            oev.OrderInitialized: self._take_on,
            oev.OrderFilled: self._fill,
            oev.OrderHeld: self._held,
            **dict.fromkeys(self._steps, self._step),
        }

    def concerns(self, order: Order) -> bool:
        """Tell whether something may have to be done about a bracket after this order has moved."""
        ticket = order.ticket
        if ticket.parent_id is not None or ticket.asks_protection:
            return True
        if (ticket.reduce_only or ticket.purpose is not _OPEN) and is_by_hand(ticket):
            return True
        legs, by_hand = self.legs, self._blotter.exits
        known = self.left.by_key or legs.loose or self.left.given_back or by_hand
        if not (known or legs.aside or legs.owed or legs.renewed):
            return False
        key = position_key(ticket)
        if key in self.left.by_key or key in self.left.given_back or key in {*legs.loose.values(), *self.aside.keys}:
            return True
        return any(other.shares_net(key) for other in by_hand)

    def failures(self, order: Order) -> int:
        """Return how often in a row what an order stands in for went to the market for nothing."""
        return self.legs.renewed.get(order.client_order_id) or self.left.failures(order)

    def of(self, key: PositionKey) -> tuple[Bracket, ...]:
        """Return the brackets of a position, oldest first."""
        return self.left.of(key)

    def loose_of(self, key: PositionKey) -> tuple[Order, ...]:
        """Return the legs of a position that protect nothing any more, and are not closed yet."""
        return tuple(self._blotter.orders[leg] for leg, of in self.legs.loose.items() if of == key)

    def moved(self, instrument_id: InstrumentId) -> Iterator[Order]:
        """Yield the orders that a price of this instrument may release or move, oldest first."""
        for order_id in tuple(self.legs.watched.get(instrument_id, ())):
            yield self._blotter.orders[order_id]

    def stops(self, key: PositionKey) -> Iterator[tuple[Order, Price, Quantity]]:
        """Yield the stops that protect a position and are in force, oldest first and those by hand last: each with its
        price and how much of the position it gives back. What a stop of trading would cancel is not among them."""
        for bracket in self.of(key):
            stop = self._blotter.orders[bracket.stop] if bracket.stop is not None else None
            if stop is not None and bracket.left and not stop.is_closed and stop.ticket.stop_px is not None:
                yield stop, stop.ticket.stop_px, min(sure_qty(stop), bracket.left)
        held = self._ledger.position(key).quantity
        away = Side.SELL if held > ZERO else Side.BUY
        for order in self._blotter.exits_of(key):
            ticket = order.ticket
            if held and ticket.protects and ticket.stop_px is not None and ticket.side is away:
                yield order, ticket.stop_px, min(sure_qty(order), abs(held))

    def protection(self, key: PositionKey) -> tuple[Protected, ...]:
        """Return what the stops in force come to, in their order; none when a position is unprotected."""
        soft = self.legs.soft
        return tuple(
            Protected(px, quantity, order.client_order_id not in soft) for order, px, quantity in self.stops(key)
        )

    def _take_on(self, event: oev.OrderInitialized, _ts: Nanos) -> None:
        order_id, ticket = event.client_order_id, event.ticket
        if ticket.parent_id is not None:
            self._add_leg(order_id, ticket, ticket.parent_id)
        elif ticket.asks_protection:
            self.left.begin(order_id, ticket)
        else:
            if ticket.trail_by is not None:  # it asks for no stop that trails, so it is one
                self.legs.watch(order_id, ticket)
            if ticket.protects:
                self.aside.stand_in(order_id, ticket)

    def _fill(self, event: oev.OrderFilled, ts: Nanos) -> None:
        order = self._blotter.orders[event.client_order_id]
        ticket = order.ticket
        by_hand = (ticket.reduce_only or ticket.purpose is not _OPEN) and is_by_hand(ticket)
        if self.left.by_key or by_hand or ticket.parent_id is not None or ticket.asks_protection:
            self.left.count(order, event.fill, ts)
        if self.legs.aside or self.legs.owed:
            self.aside.forget_over(position_key(ticket))
        if order.is_closed and not self._is_idle():
            self._ended(order, event)

    def _step(self, event: oev.OrderEvent, _ts: Nanos) -> None:
        order = self._blotter.orders[event.client_order_id]
        if order.ticket.protects or not self._is_idle():
            self._steps[type(event)](order, event)

    def _is_idle(self) -> bool:
        """Tell whether nothing is known of any leg or exit, so that no step of an order can change it."""
        legs = self.legs
        known = legs.parents or legs.watched or legs.changed or legs.recalled or self.left.by_parent
        return not (known or self._blotter.exits or legs.aside or legs.owed or legs.renewed)

    def _add_leg(self, order_id: ClientOrderId, ticket: OrderTicket, parent_id: ClientOrderId) -> None:
        self.legs.parents[order_id] = parent_id
        bracket = self.left.by_parent.get(parent_id)
        if bracket is None:
            self.legs.loose[order_id] = position_key(ticket)
        else:
            before = self.left.put_in_force(bracket, self._blotter.orders[order_id])
            self.legs.aside.discard(before or order_id)
        if ticket.trails:
            self.legs.watch(order_id, ticket)

    def _held(self, event: oev.OrderHeld, _ts: Nanos) -> None:
        """A leg that is held although there is something to protect waits for its price; before, for its parent. What
        is no leg has none to wait for."""
        order = self._blotter.orders[event.client_order_id]
        parent_id = order.ticket.parent_id
        bracket = self.left.by_parent.get(parent_id) if parent_id is not None else None
        self.legs.hold(order, for_price=parent_id is None or (bracket is not None and bool(bracket.left)))

    def _released(self, order: Order, _event: ev.Event) -> None:
        self.legs.release(order)
        self.left.agree(order)

    def _canceling(self, order: Order, event: ev.Event) -> None:
        if isinstance(event, oev.OrderPendingCancel):
            self.legs.cancel(order, event.actor, aside=event.aside)

    def _kept(self, order: Order, _event: ev.Event) -> None:
        """A leg that the venue does not cancel makes way for nobody."""
        self.legs.forget(order.client_order_id)

    def _changing(self, order: Order, event: ev.Event) -> None:
        if isinstance(event, oev.OrderPendingReplace):
            self.legs.change(order, event.ticket)

    def _settled(self, order: Order, event: ev.Event) -> None:
        """An order may be full of what it is after all, and a leg stands elsewhere."""
        self.left.agree(order)
        if order.is_closed:
            self._ended(order, event)

    def _ended(self, order: Order, event: ev.Event) -> None:
        aside = isinstance(event, oev.OrderCanceled) and event.aside
        at_venue = not (isinstance(event, oev.OrderFilled) or order.client_order_id in self.legs.held)  # no late fill
        self.legs.close(order, canceled=isinstance(event, oev.OrderCanceled), aside=aside)
        self.aside.end(order, at_venue=at_venue)
        bracket = self.left.by_parent.get(order.client_order_id)
        if bracket is not None:
            self.left.drop_if_over(bracket)
