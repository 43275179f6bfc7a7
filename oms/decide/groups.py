"""Tickets that belong together: when one leg comes to nothing, the others are undone.

A leg is given back once: what it had traded when the group broke, and after that each of its fills. However many legs
fail, the first of them breaks the group. And never more is given back than the position holds and nothing else is
giving back already, or the undoing would itself be a bet.
"""

from collections.abc import Iterator
from typing import Final

from oms.blotter import position_key
from oms.decide.cancels import cancel
from oms.decide.legs import gives_back, giving_back
from oms.decide.tickets import Tickets
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import GATE, ClientOrderId
from oms.domain.order import Order, OrderFlag, OrderStatus, OrderTicket, Purpose
from oms.domain.units import ZERO, Quantity
from oms.state import State

BROKEN: Final = frozenset({OrderStatus.REJECTED, OrderStatus.NOT_FOUND})  # what a leg is that breaks its group


class Groups:
    """Undoes what is left of a group."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    def undo(self, state: State, broken: Order) -> Iterator[ev.Event]:
        """Undo the other legs: one leg alone is a bet nobody asked for."""
        text, legs = _widowed_by(broken.client_order_id), _legs(state, broken.ticket)
        is_first = not any(_breaks(leg) for leg in legs if leg.client_order_id != broken.client_order_id)
        for order in legs:
            yield from cancel(order, GATE, text)
            if order.filled_qty and order.ticket.purpose is Purpose.OPEN and is_first:
                yield from self._give_back(state, order.ticket, order.filled_qty, text)

    def close_widowed(self, state: State, event: oev.OrderFilled) -> Iterator[ev.Event]:
        """Give back what a leg still bought or sold after its group was broken: the cancel came too late."""
        ticket = state.blotter.orders[event.client_order_id].ticket
        if ticket.group_id is None or ticket.purpose is not Purpose.OPEN:
            return
        for leg in _legs(state, ticket):
            if _breaks(leg):
                text = _widowed_by(leg.client_order_id)
                yield from self._give_back(state, ticket, event.fill.last_qty, text)
                return

    def _give_back(self, state: State, ticket: OrderTicket, traded: Quantity, text: str) -> Iterator[ev.Event]:
        key, side = position_key(ticket), ticket.side.opposite
        held = state.ledger.position(key).quantity * ticket.side.sign
        for order in state.blotter.open.values():
            if gives_back(order, side) and position_key(order.ticket) == key:
                held -= order.leaves_qty
        quantity = min(traded, held)
        if quantity > ZERO:
            yield from self._tickets.take_on(state, [(giving_back(key, side, quantity, text), None)])


def _breaks(leg: Order) -> bool:
    """Tell whether a leg has broken its group, also where it was found since."""
    return leg.status in BROKEN or OrderFlag.FOUND_LATE in leg.flags


def _legs(state: State, ticket: OrderTicket) -> list[Order]:
    return [state.blotter.orders[order_id] for order_id in state.blotter.groups.get(ticket.group_id or "", ())]


def _widowed_by(order_id: ClientOrderId) -> str:
    return f"the other leg, {order_id}, came to nothing"
