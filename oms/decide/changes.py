"""Changing an order that works: the same order under other terms.

A change is judged as the difference it makes. The order gives back what it has reserved, the new terms are put to the
gate as a ticket for what would be left, and the two swap at once: nothing can take the room in between. Until the venue
has answered, the larger of the two stays reserved, so a change that is refused or lost costs nothing that was not
counted. One that the gate denies leaves the order as it was.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from oms.decide.legs import misplaced
from oms.decide.refusal import refusal
from oms.decide.tickets import unfit
from oms.decide.waiting import waits_for
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import short_id
from oms.domain.order import LIMITS, STOPS, Order, OrderFlag, OrderStatus, OrderTicket
from oms.domain.risk import Verdict
from oms.lifecycle import allowed
from oms.ports import RiskGate
from oms.state import State


class Changes:
    """Answers the wish to change an order."""

    def __init__(self, gate: RiskGate) -> None:
        self._gate = gate

    def replace_order(self, state: State, command: do.ReplaceOrder) -> Iterable[ev.Event]:
        """Ask the venue to change an order if the gate lets it."""
        order = state.blotter.get(command.client_order_id)
        if order is None:
            return (refusal(command, f"no order {command.client_order_id}"),)
        ticket = changed(order.ticket, command)
        obstacle = unchangeable(state, order) or follows_the_position(order, ticket)
        obstacle = obstacle or _misfit(order, ticket) or unfit(ticket) or past_its_legs(state, order, ticket)
        if obstacle:
            return (refusal(command, obstacle),)
        answer = self.ask(state, order, ticket, command.actor)
        if order.status is OrderStatus.HELD and isinstance(answer, oev.OrderPendingReplace):
            return (oev.OrderReplaced(client_order_id=order.client_order_id, ticket=ticket),)  # nobody has to be asked
        return (answer,)

    def ask(self, state: State, order: Order, ticket: OrderTicket, actor: str) -> oev.OrderEvent:
        """Judge a change that can be meant, and ask for it or deny it."""
        decision = self._gate.check_change(order, ticket, state)
        if decision.verdict is Verdict.DENY:
            text = ", ".join(decision.failed)
            return oev.OrderReplaceDenied(
                client_order_id=order.client_order_id, ticket=ticket, decision=decision, text=f"change denied: {text}"
            )
        return oev.OrderPendingReplace(
            client_order_id=order.client_order_id, ticket=ticket, actor=actor, decision=decision
        )


def changed(ticket: OrderTicket, command: do.ReplaceOrder) -> OrderTicket:
    """Return a ticket under the terms that a command asks for."""
    return replace(
        ticket,
        quantity=ticket.quantity if command.quantity is None else command.quantity,
        limit_px=ticket.limit_px if command.limit_px is None else command.limit_px,
        stop_px=ticket.stop_px if command.stop_px is None else command.stop_px,
    )


def follows_the_position(order: Order, ticket: OrderTicket) -> str:
    """Return why an order cannot have a ticket's quantity, in words; empty when it can. That of a bracket's leg is what
    is left to give back, and any other would be changed back as soon as it is looked at."""
    if order.ticket.parent_id is None or ticket.quantity == order.ticket.quantity:
        return ""
    number, stands = short_id(order.client_order_id), order.leaves_qty
    return f"order {number} stands for {stands:f} and follows the position: change its price"


def past_its_legs(state: State, order: Order, ticket: OrderTicket) -> str:
    """Return why an order cannot have a ticket's prices, in words; empty when it can. Beyond its own stop or target it
    would be given back as soon as it trades."""
    if (ticket.limit_px, ticket.stop_px) == (order.ticket.limit_px, order.ticket.stop_px):
        return ""
    bracket = state.brackets.left.by_parent.get(order.client_order_id)
    if bracket is not None:  # its legs may have been moved since
        protect_px, target_px = bracket.stop_px or ticket.protect_px, bracket.target_px or ticket.target_px
        ticket = replace(ticket, protect_px=protect_px, target_px=target_px)
    instrument_id = ticket.instrument_id
    return misplaced(ticket, state.instruments.get(instrument_id), state.marks.quotes.get(instrument_id))


def unchangeable(state: State, order: Order) -> str:
    """Return why an order cannot be changed now, in words; empty when it can."""
    order_id = order.client_order_id
    if waited := waits_for(order, state):
        by_itself = is_held_by_itself(order)
        return "" if by_itself else f"order {short_id(order_id)} cannot be changed: it waits for {waited}"
    if OrderFlag.EXTERNAL in order.flags:
        return f"{order_id} is not ours"
    if order.status is OrderStatus.PENDING_REPLACE:
        return f"a change of {order_id} is not answered yet"
    if not allowed(order.status, oev.OrderPendingReplace):
        return f"{order_id} is {order.status} and cannot be changed"
    if not state.inflight.of(order).replaces:
        return f"{order.ticket.broker} does not change orders: cancel it and send another"
    return ""


def is_held_by_itself(order: Order) -> bool:
    """Tell whether an order is a stop that is no leg and waits here for its price: no venue has to be asked."""
    return order.status is OrderStatus.HELD and order.ticket.parent_id is None and order.ticket.order_type in STOPS


def _misfit(order: Order, ticket: OrderTicket) -> str:
    """Return why an order cannot become a ticket, in words; empty when it can."""
    old = order.ticket
    if ticket == old:
        return f"{order.client_order_id} has these terms already"
    if ticket.quantity <= order.filled_qty:
        return f"{order.filled_qty:f} of {order.client_order_id} are filled already: {ticket.quantity:f} is not more"
    if ticket.limit_px != old.limit_px and old.order_type not in LIMITS:
        return f"a {old.order_type} order has no limit price"
    if ticket.stop_px != old.stop_px and old.order_type not in STOPS:
        return f"a {old.order_type} order has no stop price"
    if ticket.stop_px != old.stop_px and (order.triggered or order.filled_qty):
        return f"the stop price of {order.client_order_id} was reached already"
    return ""
