"""What protects what: the brackets of the orders that asked for a stop, a target or a trail.

A bracket is one parent order and the legs that give back what it traded: a stop (purpose PROTECT) and a target
(CLOSE), each for all of it, so that one of them is always one too many. How much that is, `left`, is folded from the
fills alone, and everything that is done to a leg follows from it: a leg that works for less is enlarged, one that
works for more is reduced, and with nothing left there is no leg. A restart folds the same number and so cannot forget
a stop, or protect twice.

    a fill of the parent        adds what it opened; what it closed of an opposite position protects nothing
    a fill of one of its legs   takes off that much, from its own bracket first
    any other closing fill      takes off from the oldest bracket of the position first

So over one position the sum of `left` is never more than what is held, whoever closed how much of it. Legs that lost
their bracket (`loose`) are to be canceled, and may still trade until they are.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from msgspec import Struct

from oms.blotter import Blotter, position_key
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.fill import Fill
from oms.domain.ids import ENGINE, GATE, ClientOrderId, InstrumentId
from oms.domain.order import Order, OrderFlag, OrderTicket, Purpose, Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Nanos, Price, Quantity
from oms.ledger import Ledger


class Bracket(Struct, kw_only=True):
    """A parent and its legs. `left` is what of its fills is still held; `stop` and `target` are the legs in force,
    None before they were made.

    `alarmed` is the stop whose loss was said already.
    """

    parent_id: ClientOrderId
    key: PositionKey
    left: Quantity = ZERO
    stop: ClientOrderId | None = None
    target: ClientOrderId | None = None
    alarmed: ClientOrderId | None = None


class Protected(NamedTuple):
    """How a position is protected: the worst price it would be given back at, for how much of it, and where from."""

    stop_px: Price
    quantity: Quantity
    at_venue: bool


class Brackets:
    """The brackets in force, oldest first; applied after the blotter and the ledger."""

    HANDLES: Final = (
        oev.OrderInitialized,
        oev.OrderHeld,
        oev.OrderReleased,
        oev.OrderFilled,
        oev.OrderPendingCancel,
        oev.OrderPendingReplace,
        oev.OrderReplaced,
        oev.OrderReplaceRejected,
        oev.OrderFlagged,
        oev.OrderDenied,
        oev.OrderRejected,
        oev.OrderCanceled,
        oev.OrderExpired,
        oev.OrderUnfound,
    )

    def __init__(self, blotter: Blotter, ledger: Ledger) -> None:
        self._blotter = blotter
        self._ledger = ledger
        self.by_parent: dict[ClientOrderId, Bracket] = {}
        self.by_key: dict[PositionKey, dict[ClientOrderId, Bracket]] = {}
        self.legs: dict[ClientOrderId, ClientOrderId] = {}  # the parent of every leg that is not closed
        self.loose: dict[ClientOrderId, PositionKey] = {}  # legs of brackets that are over
        self.held: set[ClientOrderId] = set()  # legs that wait here, for their parent or for their price
        self.soft: set[ClientOrderId] = set()  # those of them that wait for their price
        self.waived: set[ClientOrderId] = set()  # legs that somebody canceled: they are not made again
        self.recalled: set[ClientOrderId] = set()  # legs that we asked to cancel: asked once
        self.changed: dict[ClientOrderId, OrderTicket] = {}  # what a leg or a trail was last to be changed into
        self.watched: dict[InstrumentId, dict[ClientOrderId, None]] = {}  # what prices move: soft legs and trails
        self.exits: dict[PositionKey, Nanos] = {}  # when a leg last traded
        self._appliers: dict[type, Callable[[Order, ev.Event], None]] = {
            oev.OrderHeld: self._held,
            oev.OrderReleased: self._released,
            oev.OrderPendingCancel: self._canceling,
            oev.OrderPendingReplace: self._replacing,
            oev.OrderReplaced: self._settled,
            oev.OrderReplaceRejected: self._settled,
            oev.OrderFlagged: self._flagged,
            oev.OrderDenied: self._ended,
            oev.OrderRejected: self._ended,
            oev.OrderCanceled: self._ended,
            oev.OrderExpired: self._ended,
            oev.OrderUnfound: self._ended,
        }

    def apply(self, event: ev.Event, ts: Nanos) -> None:
        """Count an event in. An order without protection costs a look at its ticket and at its fills."""
        kind = type(event)
        if kind is oev.OrderInitialized:
            ticket: OrderTicket = event.ticket  # type: ignore[union-attr]
            if ticket.parent_id is not None or ticket.asks_protection or ticket.trail_by is not None:
                self._take_on(event.client_order_id, ticket)  # type: ignore[union-attr]
            return
        order = self._blotter.orders[event.client_order_id]  # type: ignore[union-attr]
        if kind is oev.OrderFilled:
            if self.by_key or order.ticket.asks_protection or order.ticket.parent_id is not None:
                self._count(order, event.fill, ts)  # type: ignore[union-attr]
            if order.is_closed and (self.by_parent or self.legs or self.watched):
                self._ended(order, event)
        elif self.by_parent or self.legs or self.watched:
            self._appliers[kind](order, event)

    def concerns(self, order: Order) -> bool:
        """Tell whether something may have to be done about a bracket after this order has moved."""
        ticket = order.ticket
        if ticket.parent_id is not None or ticket.asks_protection:
            return True
        if not (self.by_key or self.loose or self.exits):
            return False
        key = position_key(ticket)
        return key in self.by_key or key in self.exits or key in self.loose.values()

    def of(self, key: PositionKey) -> tuple[Bracket, ...]:
        """Return the brackets of a position, oldest first."""
        return tuple(self.by_key.get(key, {}).values())

    def loose_of(self, key: PositionKey) -> tuple[Order, ...]:
        """Return the legs of a position that protect nothing any more, and are not closed yet."""
        return tuple(self._blotter.orders[leg] for leg, of in self.loose.items() if of == key)

    def turned_by(self, order: Order, fill: Fill) -> Quantity:
        """Return how much of a fill that was just counted turned a position round that two orders meant to close: a
        leg did, or an order that was on its way to close when a leg traded."""
        key = position_key(order.ticket)
        raced = order.ticket.purpose is Purpose.CLOSE and self.exits.get(key, -1) >= order.ts_init
        return self._opened(fill, key) if raced or order.ticket.parent_id is not None else ZERO

    def moved(self, instrument_id: InstrumentId) -> Iterator[Order]:
        """Yield the orders that a price of this instrument may release or move, oldest first."""
        for order_id in tuple(self.watched.get(instrument_id, ())):
            yield self._blotter.orders[order_id]

    def protection(self, key: PositionKey) -> tuple[Protected, ...]:
        """Return the stops that are in force for a position, oldest first and those typed by hand last; none when it
        is unprotected."""
        found: list[Protected] = []
        for bracket in self.of(key):
            stop = self._blotter.orders[bracket.stop] if bracket.stop is not None else None
            if stop is None or not bracket.left or stop.is_closed or stop.ticket.stop_px is None:
                continue
            is_soft = bracket.stop in self.soft
            found.append(Protected(stop.ticket.stop_px, min(_sure_qty(stop), bracket.left), not is_soft))
        held = self._ledger.position(key).quantity
        away = Side.SELL if held > ZERO else Side.BUY
        if self._blotter.open_orders(key).on(away):
            found += [
                Protected(order.ticket.stop_px, min(_sure_qty(order), abs(held)), at_venue=True)
                for order in self._blotter.open.values()
                if order.ticket.stop_px is not None and position_key(order.ticket) == key
                if order.ticket.side is away and order.ticket.parent_id is None
            ]
        return tuple(found)

    def _take_on(self, order_id: ClientOrderId, ticket: OrderTicket) -> None:
        if ticket.parent_id is not None:
            self.legs[order_id] = ticket.parent_id
            bracket = self.by_parent.get(ticket.parent_id)
            if bracket is None:
                self.loose[order_id] = position_key(ticket)
            elif ticket.purpose is Purpose.PROTECT:
                bracket.stop = order_id
            else:
                bracket.target = order_id
        elif ticket.asks_protection:
            self._begin(order_id, ticket)
        if ticket.trails:
            self._watch(order_id, ticket)

    def _begin(self, order_id: ClientOrderId, ticket: OrderTicket) -> Bracket:
        key = position_key(ticket)
        bracket = self.by_parent[order_id] = Bracket(parent_id=order_id, key=key)
        self.by_key.setdefault(key, {})[order_id] = bracket
        return bracket

    def _count(self, order: Order, fill: Fill, ts: Nanos) -> None:
        """Give what a fill opened to its own bracket, and take what it closed from the brackets of the position."""
        key, order_id = position_key(order.ticket), order.client_order_id
        opened = self._opened(fill, key)
        parent_id = order.ticket.parent_id
        if parent_id is not None:
            self.exits[key] = ts
        closed = fill.last_qty - opened
        if closed:
            brackets = self.of(key)
            own = [one for one in brackets if one.parent_id == parent_id]
            others = [one for one in brackets if one.parent_id != parent_id]
            for bracket in (*own, *others):
                taken = min(closed, bracket.left)
                closed -= taken
                bracket.left -= taken
                if taken and not bracket.left:
                    self._loosen(bracket)
        if opened and order.ticket.asks_protection:
            bracket = self.by_parent.get(order_id) or self._begin(order_id, order.ticket)  # a late fill begins anew
            bracket.left += opened
        for bracket in self.of(key):
            self._drop_if_over(bracket)

    def _opened(self, fill: Fill, key: PositionKey) -> Quantity:
        held = self._ledger.position(key).quantity * fill.side.sign
        return min(fill.last_qty, max(ZERO, held))

    def _held(self, order: Order, _event: ev.Event) -> None:
        """A leg that is held although there is something to protect waits for its price; before, for its parent."""
        order_id, parent_id = order.client_order_id, order.ticket.parent_id
        self.held.add(order_id)
        bracket = self.by_parent.get(parent_id) if parent_id is not None else None
        if bracket is not None and bracket.left:
            self.soft.add(order_id)
            self._watch(order_id, order.ticket)

    def _released(self, order: Order, _event: ev.Event) -> None:
        self.held.discard(order.client_order_id)
        self.soft.discard(order.client_order_id)
        if not order.ticket.trails:
            self._unwatch(order)

    def _canceling(self, order: Order, event: ev.Event) -> None:
        """Note who wants a leg gone: we, who make another, or somebody who wants none. What is asked again after a
        silence is the wish that it was before. It may be one that was lost and has come back."""
        if order.ticket.parent_id is None or not isinstance(event, oev.OrderPendingCancel):
            return
        if event.actor != ENGINE:
            (self.recalled if event.actor == GATE else self.waived).add(order.client_order_id)

    def _replacing(self, order: Order, event: ev.Event) -> None:
        order_id = order.client_order_id
        watched = self.watched.get(order.ticket.instrument_id, ())
        if isinstance(event, oev.OrderPendingReplace) and (order_id in self.legs or order_id in watched):
            self.changed[order_id] = event.ticket

    def _settled(self, order: Order, event: ev.Event) -> None:
        """An order may be full of what it is after all."""
        if order.is_closed:
            self._ended(order, event)

    def _flagged(self, order: Order, event: ev.Event) -> None:
        bracket = self.by_parent.get(order.client_order_id)
        if bracket is not None and isinstance(event, oev.OrderFlagged) and event.flag is OrderFlag.UNPROTECTED:
            bracket.alarmed = bracket.stop

    def _ended(self, order: Order, event: ev.Event) -> None:
        """Forget an order that is closed; a leg that was canceled while it was held here, somebody canceled."""
        order_id = order.client_order_id
        if order_id in self.held and isinstance(event, oev.OrderCanceled) and order_id not in self.loose:
            self.waived.add(order_id)
        self.held.discard(order_id)
        self.soft.discard(order_id)
        self.legs.pop(order_id, None)
        if self.loose.pop(order_id, None) is not None:
            self.recalled.discard(order_id)
            self.waived.discard(order_id)
        self.changed.pop(order_id, None)
        self._unwatch(order)
        bracket = self.by_parent.get(order_id)
        if bracket is not None:
            self._drop_if_over(bracket)

    def _drop_if_over(self, bracket: Bracket) -> None:
        """Forget a bracket that has nothing left to protect and whose parent will trade no more."""
        if bracket.left or not self._blotter.orders[bracket.parent_id].is_closed:
            return
        self._loosen(bracket)
        self.by_parent.pop(bracket.parent_id, None)
        brackets = self.by_key.get(bracket.key)
        if brackets is not None:
            brackets.pop(bracket.parent_id, None)
            if not brackets:
                del self.by_key[bracket.key]

    def _loosen(self, bracket: Bracket) -> None:
        """Let go of the legs: there is nothing left for them to give back."""
        for leg in (bracket.stop, bracket.target):
            if leg is not None:
                self.waived.discard(leg)
                if leg in self.legs:
                    self.loose[leg] = bracket.key
                else:
                    self.recalled.discard(leg)
        bracket.stop = bracket.target = bracket.alarmed = None

    def _watch(self, order_id: ClientOrderId, ticket: OrderTicket) -> None:
        self.watched.setdefault(ticket.instrument_id, {})[order_id] = None

    def _unwatch(self, order: Order) -> None:
        watched = self.watched.get(order.ticket.instrument_id)
        if watched is not None:
            watched.pop(order.client_order_id, None)
            if not watched:
                del self.watched[order.ticket.instrument_id]


def _sure_qty(stop: Order) -> Quantity:
    """Return what a stop gives back whatever the venue answers to a change that was asked for: the smaller of the two
    quantities, less what has been filled."""
    asked = stop.ticket.quantity if stop.replacing is None else min(stop.ticket.quantity, stop.replacing.quantity)
    return max(ZERO, asked - stop.filled_qty)
