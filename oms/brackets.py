"""What protects what: the brackets of the orders that asked for a stop, a target or a trail.

A bracket is one parent order and the legs that give back what it traded: a stop (purpose PROTECT) and a target
(CLOSE), each for all of it, so that one of them is always one too many. How much that is, `left`, is folded from the
fills alone, and everything that is done to a leg follows from it: a leg that works for less is enlarged, one that
works for more is reduced, and with nothing left there is no leg. A restart folds the same number and so cannot forget
a stop, or protect twice.

    a fill of the parent        adds what it opened; what it closed of an opposite position protects nothing
    a fill of one of its legs   takes off that much, from its own bracket first
    a fill of an exit by hand   takes off what no bracket stands for, and only then
    any other closing fill      takes off from the oldest bracket of the position first

So over one position the sum of `left` is never more than what is held, whoever closed how much of it. Legs that lost
their bracket (`loose`) are to be canceled, and may still trade until they are. What is known of each leg by itself is
kept in `oms.legs`.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from msgspec import Struct

from oms.aside import Aside
from oms.blotter import Blotter, position_key
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.fill import Fill
from oms.domain.ids import ClientOrderId, InstrumentId
from oms.domain.order import Order, OrderFlag, OrderTicket, Purpose, Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Nanos, Price, Quantity
from oms.ledger import Ledger
from oms.legs import Legs
from oms.slice import Appliers

_PROTECT: Final = Purpose.PROTECT  # a member of an enum costs two lookups, a name none


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
    """A stop in force: its price, how much of its position it gives back, and whether the venue has it."""

    stop_px: Price
    quantity: Quantity
    at_venue: bool


class Brackets:
    """The brackets in force, oldest first; applied after the blotter and the ledger."""

    def __init__(self, blotter: Blotter, ledger: Ledger) -> None:
        self._blotter = blotter
        self._ledger = ledger
        self.by_parent: dict[ClientOrderId, Bracket] = {}
        self.by_key: dict[PositionKey, dict[ClientOrderId, Bracket]] = {}
        self.legs = Legs()
        self.aside = Aside(blotter, ledger, self.legs)
        self.given_back: dict[PositionKey, Nanos] = {}  # when a leg, or an exit by hand, last traded
        self._steps: dict[type, Callable[[Order, ev.Event], None]] = {
            oev.OrderHeld: self._held,
            oev.OrderReleased: self._released,
            oev.OrderPendingCancel: self._canceling,
            oev.OrderCancelRejected: self._kept,
            oev.OrderPendingReplace: self._changing,
            oev.OrderReplaced: self._settled,
            oev.OrderReplaceRejected: self._settled,
            oev.OrderFlagged: self._flagged,
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
            **dict.fromkeys(self._steps, self._step),
        }

    def concerns(self, order: Order) -> bool:
        """Tell whether something may have to be done about a bracket after this order has moved."""
        ticket = order.ticket
        by_itself = ticket.reduce_only or ticket.purpose is _PROTECT  # an exit, or at the market like one
        if ticket.parent_id is not None or by_itself or ticket.asks_protection:
            return True
        loose, by_hand = self.legs.loose, self._blotter.exits
        if not (self.by_key or loose or self.given_back or by_hand or self.legs.aside or self.legs.owed):
            return False
        key = position_key(ticket)
        return (
            key in self.by_key or key in self.given_back or key in by_hand or key in {*loose.values(), *self.aside.keys}
        )

    def of(self, key: PositionKey) -> tuple[Bracket, ...]:
        """Return the brackets of a position, oldest first."""
        return tuple(self.by_key.get(key, {}).values())

    def loose_of(self, key: PositionKey) -> tuple[Order, ...]:
        """Return the legs of a position that protect nothing any more, and are not closed yet."""
        return tuple(self._blotter.orders[leg] for leg, of in self.legs.loose.items() if of == key)

    def turned_by(self, order: Order, fill: Fill) -> Quantity:
        """Return how much of a fill that was just counted turned a position round that two orders meant to close: a
        leg or an exit by hand did, or an order that was on its way to close when one of these traded."""
        key, ticket = position_key(order.ticket), order.ticket
        raced = ticket.purpose is Purpose.CLOSE and self.given_back.get(key, -1) >= order.ts_init
        return self._opened(fill, key) if raced or ticket.parent_id is not None or ticket.is_exit else ZERO

    def moved(self, instrument_id: InstrumentId) -> Iterator[Order]:
        """Yield the orders that a price of this instrument may release or move, oldest first."""
        for order_id in tuple(self.legs.watched.get(instrument_id, ())):
            yield self._blotter.orders[order_id]

    def protection(self, key: PositionKey) -> tuple[Protected, ...]:
        """Return the stops that protect a position and are in force, oldest first and those by hand last; none when it
        is unprotected. What a stop of trading would cancel is not among them."""
        found: list[Protected] = []
        for bracket in self.of(key):
            stop = self._blotter.orders[bracket.stop] if bracket.stop is not None else None
            if stop is None or not bracket.left or stop.is_closed or stop.ticket.stop_px is None:
                continue
            is_soft = bracket.stop in self.legs.soft
            found.append(Protected(stop.ticket.stop_px, min(_sure_qty(stop), bracket.left), not is_soft))
        held = self._ledger.position(key).quantity
        away = Side.SELL if held > ZERO else Side.BUY
        found += [
            Protected(order.ticket.stop_px, min(_sure_qty(order), abs(held)), at_venue=True)
            for order in self._blotter.exits_of(key)
            if held and order.ticket.protects and order.ticket.stop_px is not None and order.ticket.side is away
        ]
        return tuple(found)

    def _take_on(self, event: oev.OrderInitialized, _ts: Nanos) -> None:
        order_id, ticket = event.client_order_id, event.ticket
        if ticket.parent_id is not None:
            self._add_leg(order_id, ticket, ticket.parent_id)
        elif ticket.asks_protection:
            self._begin(order_id, ticket)
        else:
            if ticket.trail_by is not None:  # it asks for no stop that trails, so it is one
                self.legs.watch(order_id, ticket)
            if ticket.protects:
                self.aside.stand_in(ticket)

    def _fill(self, event: oev.OrderFilled, ts: Nanos) -> None:
        order = self._blotter.orders[event.client_order_id]
        ticket = order.ticket
        gives_back = ticket.parent_id is not None or ticket.reduce_only or ticket.purpose is _PROTECT
        if self.by_key or gives_back or ticket.asks_protection:
            self._count(order, event.fill, ts)
        if self.legs.aside or self.legs.owed:
            self.aside.forget_over(position_key(ticket))
        if order.is_closed and not self._is_idle():
            self._ended(order, event)

    def _step(self, event: oev.OrderEvent, _ts: Nanos) -> None:
        if not self._is_idle():
            self._steps[type(event)](self._blotter.orders[event.client_order_id], event)

    def _is_idle(self) -> bool:
        """Tell whether nothing is known of any leg or exit, so that no step of an order can change it."""
        legs = self.legs
        known = self.by_parent or legs.parents or legs.watched or legs.changed or legs.recalled or self._blotter.exits
        return not (known or legs.aside or legs.owed)

    def _add_leg(self, order_id: ClientOrderId, ticket: OrderTicket, parent_id: ClientOrderId) -> None:
        self.legs.parents[order_id] = parent_id
        bracket = self.by_parent.get(parent_id)
        if bracket is None:
            self.legs.loose[order_id] = position_key(ticket)
        elif ticket.purpose is Purpose.PROTECT:
            self.legs.aside.discard(bracket.stop or order_id)
            bracket.stop = order_id
        else:
            self.legs.aside.discard(bracket.target or order_id)
            bracket.target = order_id
        if ticket.trails:
            self.legs.watch(order_id, ticket)

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
        if parent_id is not None or order.ticket.is_exit:
            self.given_back[key] = ts
        closed = fill.last_qty - opened
        if closed and order.ticket.reduce_only:
            closed -= min(closed, self._uncovered(key, closed, ended=bool(opened)))
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

    def _uncovered(self, key: PositionKey, closed: Quantity, *, ended: bool) -> Quantity:
        """Return how much of a position, before so much of it was closed, no bracket stood for."""
        held = closed if ended else closed + abs(self._ledger.position(key).quantity)
        return max(ZERO, held - sum((bracket.left for bracket in self.of(key)), ZERO))

    def _opened(self, fill: Fill, key: PositionKey) -> Quantity:
        held = self._ledger.position(key).quantity * fill.side.sign
        return min(fill.last_qty, max(ZERO, held))

    def _held(self, order: Order, _event: ev.Event) -> None:
        """A leg that is held although there is something to protect waits for its price; before, for its parent."""
        parent_id = order.ticket.parent_id
        bracket = self.by_parent.get(parent_id) if parent_id is not None else None
        self.legs.hold(order, for_price=bracket is not None and bool(bracket.left))

    def _released(self, order: Order, _event: ev.Event) -> None:
        self.legs.release(order)

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
        """An order may be full of what it is after all."""
        if order.is_closed:
            self._ended(order, event)

    def _flagged(self, order: Order, event: ev.Event) -> None:
        bracket = self.by_parent.get(order.client_order_id)
        if bracket is not None and isinstance(event, oev.OrderFlagged) and event.flag is OrderFlag.UNPROTECTED:
            bracket.alarmed = None if event.over else bracket.stop

    def _ended(self, order: Order, event: ev.Event) -> None:
        aside = isinstance(event, oev.OrderCanceled) and event.aside
        self.legs.close(order, canceled=isinstance(event, oev.OrderCanceled), aside=aside)
        self.aside.end(order)
        bracket = self.by_parent.get(order.client_order_id)
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
                self.legs.loosen(leg, bracket.key)
        bracket.stop = bracket.target = bracket.alarmed = None


def _sure_qty(stop: Order) -> Quantity:
    """Return what a stop gives back whatever the venue answers to a change that was asked for: the smaller of the two
    quantities, less what has been filled."""
    asked = stop.ticket.quantity if stop.replacing is None else min(stop.ticket.quantity, stop.replacing.quantity)
    return max(ZERO, asked - stop.filled_qty)
