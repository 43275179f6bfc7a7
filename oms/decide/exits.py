"""Keeps the exits by hand within what is left of their position: those of one kind may stand for no more than what its
strategy holds, less what its brackets stand for.

It is asked after everything that may have moved a position or one of its exits, as brackets are, and also while trading
is stopped: an exit that outlives its position would open another. The newest gives way first. What would be left of an
order is asked for as a change; where the venue changes nothing, or the gate does not let it, the order is canceled. One
that reduces only by the venue's word too may stay as it is there, for as long as there is anything to reduce.

What was asked for is waited for, and asked once: a change that the venue refuses is followed by a cancel, and after a
cancel that it refuses a person has to act, or the link to be made anew.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from oms.decide.cancels import cancel
from oms.decide.changes import Changes
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import GATE
from oms.domain.order import WORKING, Order, OrderStatus, Side
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Quantity
from oms.exits import by_hand, held_against, legs_behind, total
from oms.state import State

OVER: Final = "nothing is left for it to give back"
_GOING: Final = OrderStatus.PENDING_CANCEL


class Exits:
    """Makes the exits by hand follow their position."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    def fit(self, state: State, key: PositionKey, *, anew: bool = False) -> Iterator[ev.Event]:
        """Reduce or cancel what stands for more than is left of a position. `anew`: the link was just made, and what
        the venue would not cancel is asked for once more."""
        if key not in state.blotter.exits:
            return
        recalled = state.brackets.legs.recalled
        for side in Side:
            held = held_against(state, key, side)
            for stops in (True, False):
                exits = [
                    one
                    for one in by_hand(state, key, side, stops=stops)
                    if one.order.status is not _GOING and (anew or one.order.client_order_id not in recalled)
                ]
                room = max(ZERO, held - total(legs_behind(state, key, stops=stops))) if held else ZERO
                excess = total(exits) - room
                for order, quantity in reversed(exits):
                    if excess > ZERO:
                        yield from self._cut(state, order, min(excess, quantity), held)
                        excess -= quantity

    def _cut(self, state: State, order: Order, excess: Quantity, held: Quantity) -> Iterator[ev.Event]:
        """Take so much from an order."""
        left = order.leaves_qty - excess
        if not left:
            yield from cancel(order, GATE, OVER, moot=True)
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
        """Tell whether a venue that changes nothing sees to it by itself."""
        return bool(held) and order.ticket.reduce_only and not state.inflight.of(order).replaces
