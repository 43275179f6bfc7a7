"""Keeps the exits by hand within what is left of their position: those of one kind may stand for no more than what its
strategy holds, less what its brackets stand for.

It is asked after everything that may have moved a position or one of its exits, as brackets are, and also while trading
is stopped: an exit that outlives its position would open another. The newest gives way first. What would be left of an
order is asked for as a change; where the venue changes nothing, or the gate does not let it, the order is canceled, and
a stop is made anew for what is left, as the stop of a bracket is. One of which the venue knows that it only reduces may
stay as it is there, for as long as that allows it no more, which is asked again whenever another strategy trades.

What was asked for is waited for, and asked once: a change that the venue refuses is followed by a cancel, and after a
cancel that it refuses a person has to act, or the link to be made anew. Until then it may trade, so the others of its
kind have only the room beside it; a stop that went for it is made again once it has ended.

What is on its way to close at once does not wait, so it is not made smaller: it would trade before that is answered.
But where a fill leaves nothing at all for it it is canceled, for all that it could do is turn the position round.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from oms.aside import was_refused
from oms.blotter import net_key
from oms.decide.cancels import cancel, wanted_back
from oms.decide.changes import Changes
from oms.decide.soft import Soft
from oms.decide.tickets import Tickets
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import GATE, short_id
from oms.domain.order import WORKING, Order, OrderFlag, OrderStatus, OrderTicket, Side
from oms.domain.position import PositionKey
from oms.domain.risk import TradingState
from oms.domain.units import ZERO, Quantity
from oms.exits import behind, by_hand, held_against, legs_behind, spent, total
from oms.lifecycle import allowed
from oms.state import State

OVER: Final = "nothing is left for it to give back"
KEPT: Final = "nothing is left for it beside one that the venue did not cancel"
_GOING: Final = OrderStatus.PENDING_CANCEL


class Exits:
    """Makes the exits by hand follow their position."""

    def __init__(self, changes: Changes, tickets: Tickets, soft: Soft) -> None:
        self._changes = changes
        self._tickets = tickets
        self._soft = soft

    def fit(self, state: State, key: PositionKey, *, anew: bool = False) -> Iterator[ev.Event]:
        """Reduce or cancel what stands for more than is left of a position. `anew`: the link was just made, and what
        the venue would not cancel is asked for once more. Those of other strategies are looked at as well: the net that
        they share is another."""
        yield from self._fit(state, key, anew=anew)
        for other in tuple(state.blotter.exits):
            if other != key and other.shares_net(key):
                yield from self._fit(state, other, anew=False)

    def _fit(self, state: State, key: PositionKey, *, anew: bool) -> Iterator[ev.Event]:
        yield from self._fit_tried(state, key)
        if key not in state.blotter.exits:
            return
        recalled = state.brackets.legs.recalled
        for side in Side:
            held = held_against(state, key, side)
            for stops in (True, False):
                exits = [one for one in by_hand(state, key, side, stops=stops) if one.order.status is not _GOING]
                kept = [one for one in exits if not anew and one.order.client_order_id in recalled]  # by the venue
                room = max(ZERO, held - total(legs_behind(state, key, stops=stops))) if held else ZERO
                excess = total(exits) - room
                for one in reversed(exits):
                    if excess > ZERO and one not in kept:
                        is_over = not held or not kept
                        yield from self._cut(state, one.order, min(excess, one.quantity), held, is_over=is_over)
                        excess -= one.quantity

    @staticmethod
    def end_spent(state: State, key: PositionKey) -> Iterator[ev.Event]:
        """Cancel what is on its way to close a position of which a fill has left nothing."""
        for order in spent(state, key):
            yield from cancel(order, GATE, OVER, moot=True)

    def bring_back(self, state: State, key: PositionKey, *, anew: bool) -> Iterator[ev.Event]:
        """Make the stops again that made way for a flatten which has come to nothing, or for a smaller one, as far as
        there is something left for them. What the venue refuses of them is held here, and what it could not be sent
        while trading is stopped. `anew`: as above; what is held may go there."""
        for stop in _made_way(state, key):
            if state.brackets.aside.is_let_be(key, stop.client_order_id, anew=anew):
                continue
            if not stop.is_closed:
                yield from wanted_back(state, stop)
            elif anew or not was_refused(stop):
                yield from self._make(state, key, stop)
        for stop in _made_way(state, key):
            if was_refused(stop):
                yield from self._lost(state, key, stop)
        if anew:
            yield from self.arm(state, key)

    def arm(self, state: State, key: PositionKey) -> Iterator[ev.Event]:
        """Let the stops by hand that are held here go to the venue, unless trading is stopped."""
        for order in state.blotter.exits_of(key):
            is_stopped = state.trading.state is TradingState.HALTED or order.ticket.is_touched  # that goes with a quote
            if order.status is OrderStatus.HELD and not is_stopped:
                yield from self._soft.arm(state, order, order.ticket, anew=True)

    def _make(self, state: State, key: PositionKey, stop: Order) -> Iterator[ev.Event]:
        """Make a stop again: at the venue, or here where a new one could only be denied."""
        for again in _again(state, key, stop):
            if state.trading.state is not TradingState.HALTED:
                yield from self._soft.send(state, again)
            else:
                yield from self._tickets.hold(state, again, "soft: trading is stopped")

    def _lost(self, state: State, key: PositionKey, stop: Order) -> Iterator[ev.Event]:
        """Say that a stop was refused, and hold it here; what was touched already is tried again from there, `lost`."""
        is_touched = stop.ticket.is_touched
        flag = OrderFlag.UNPROTECTED if is_touched else OrderFlag.SOFT
        now = "the market is tried again" if is_touched else "it is held here now"
        for again in _again(state, key, stop):
            if flag not in stop.flags and allowed(stop.status, oev.OrderFlagged):
                text = f"it is {stop.status}: {stop.text or 'no reason given'}; {now}"
                yield oev.OrderFlagged(client_order_id=stop.client_order_id, flag=flag, text=text)
            yield from self._tickets.hold(state, again, f"soft: stop {short_id(stop.client_order_id)} is {stop.status}")

    def _fit_tried(self, state: State, key: PositionKey) -> Iterator[ev.Event]:
        """Keep what waits here to be sent to the market again within what is left. It is no exit, for it waits for no
        price."""
        tried = state.brackets.aside.tried(key)
        if not tried:
            return
        for side in Side:
            of_side = [order for order in tried if order.ticket.side is side]
            held = held_against(state, key, side)
            excess = sum((order.leaves_qty for order in of_side), ZERO)
            excess -= max(ZERO, held - total(legs_behind(state, key, stops=True))) if held else ZERO
            for order in reversed(of_side):
                if order.status is OrderStatus.HELD and excess > ZERO:
                    cut = min(excess, order.leaves_qty)
                    yield from self._cut(state, order, cut, held, is_over=True)
                    excess -= cut

    def _cut(
        self, state: State, order: Order, excess: Quantity, held: Quantity, *, is_over: bool = True
    ) -> Iterator[ev.Event]:
        """Take so much from an order. `is_over`: none of it will be left for it again."""
        left = order.leaves_qty - excess
        if not left:
            yield from cancel(order, GATE, OVER if is_over else KEPT, moot=is_over)
        elif order.status is OrderStatus.HELD:
            ticket = replace(order.ticket, quantity=left)
            yield oev.OrderReplaced(client_order_id=order.client_order_id, ticket=ticket)
        elif order.status in WORKING and not self._is_capped(state, order, held):
            ticket = replace(order.ticket, quantity=order.filled_qty + left)
            asked = state.brackets.legs.changed.get(order.client_order_id)
            if state.inflight.of(order).replaces and (asked is None or asked.quantity != ticket.quantity):
                answer = self._changes.ask(state, order, ticket, GATE)
                yield answer
                if not isinstance(answer, oev.OrderReplaceDenied):
                    return
            yield from cancel(order, GATE, f"{left:f} are left for it, and it is not changed")

    @staticmethod
    def _is_capped(state: State, order: Order, held: Quantity) -> bool:
        """Tell whether a venue that changes nothing sees to it by itself, by the account's net: that is no more than
        what its strategy holds."""
        ticket, able = order.ticket, state.inflight.of(order)
        if not (held and ticket.reduce_only and able.reduce_only) or able.replaces:
            return False
        return -state.ledger.net_quantity(net_key(ticket)) * ticket.side.sign <= held


def _made_way(state: State, key: PositionKey) -> list[Order]:
    """Return the stops by hand that made way for a flatten of a position; a leg comes back with its bracket."""
    return [order for order in state.brackets.aside.of(key) if order.ticket.parent_id is None]


def _again(state: State, key: PositionKey, stop: Order) -> Iterator[OrderTicket]:
    """Yield the ticket of a stop that is made again, for what is left for it; none where that is nothing."""
    ticket = stop.ticket
    left = held_against(state, key, ticket.side) - total(behind(state, key, ticket.side, stops=True))
    left -= sum((one.leaves_qty for one in state.brackets.aside.tried(key) if one.ticket.side is ticket.side), ZERO)
    again = replace(ticket, quantity=min(ticket.quantity - stop.filled_qty, left))
    if again.quantity > ZERO:
        yield again
