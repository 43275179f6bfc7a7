"""Tickets that belong together: when one leg comes to nothing, the others are undone."""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from oms.decide.guard import GATE
from oms.decide.tickets import Tickets
from oms.domain import events as ev
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderFlag, OrderStatus, OrderTicket, OrderType, Purpose, TimeInForce
from oms.domain.units import Quantity
from oms.lifecycle import allowed
from oms.state import State

BROKEN: Final = frozenset({OrderStatus.REJECTED, OrderStatus.NOT_FOUND})  # what a leg is that breaks its group


class Groups:
    """Undoes what is left of a group."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    def undo(self, state: State, broken: Order) -> Iterator[ev.Event]:
        """Undo the other legs: one leg alone is a bet nobody asked for."""
        text = _widowed_by(broken.client_order_id)
        for order in _legs(state, broken.ticket):
            if allowed(order.status, ev.OrderPendingCancel) and order.status is not OrderStatus.PENDING_CANCEL:
                yield ev.OrderPendingCancel(client_order_id=order.client_order_id, actor=GATE, text=text)
            if order.filled_qty and order.ticket.purpose is Purpose.OPEN:
                yield from self._tickets.take_on(state, [(_closing(order.ticket, order.filled_qty, text), None)])

    def close_widowed(self, state: State, event: ev.OrderFilled) -> Iterator[ev.Event]:
        """Give back what a leg still bought or sold after its group was broken: the cancel came too late."""
        ticket = state.blotter.orders[event.client_order_id].ticket
        if ticket.group_id is None or ticket.purpose is not Purpose.OPEN:
            return
        for leg in _legs(state, ticket):
            if leg.status in BROKEN or OrderFlag.FOUND_LATE in leg.flags:
                text = _widowed_by(leg.client_order_id)
                yield from self._tickets.take_on(state, [(_closing(ticket, event.fill.last_qty, text), None)])
                return


def _legs(state: State, ticket: OrderTicket) -> list[Order]:
    return [state.blotter.orders[order_id] for order_id in state.blotter.groups.get(ticket.group_id or "", ())]


def _widowed_by(order_id: ClientOrderId) -> str:
    return f"the other leg, {order_id}, came to nothing"


def _closing(ticket: OrderTicket, quantity: Quantity, text: str) -> OrderTicket:
    return replace(
        ticket,
        side=ticket.side.opposite,
        quantity=quantity,
        order_type=OrderType.MARKET,
        limit_px=None,
        tif=TimeInForce.DAY,
        purpose=Purpose.CLOSE,
        confidence=None,
        group_id=None,
        protect_px=None,
        target_px=None,
        trail_by=None,
        reason=text,
    )
