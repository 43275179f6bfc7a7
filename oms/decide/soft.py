"""What cannot stand at its venue is held here instead, and goes there when the link is made anew.

That is because the venue does not know the type of an order, or is out of reach, or because no price is known yet by
which the gate could judge a stop by hand, as at a start. What is held is as soft as this process and the screen says
so. A price releases it, see `triggers`, or the link, and never a mere event: a venue that refuses is not asked again
and again.
"""

from collections.abc import Iterator

from oms.decide.tickets import Tickets
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.order import Order, OrderTicket, Purpose
from oms.state import State


class Soft:
    """Sends what gives back, or holds it here."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    def send(self, state: State, ticket: OrderTicket) -> Iterator[ev.Event]:
        """Make an order: at the venue, or held here where it cannot be sent there."""
        obstacle = self._obstacle(state, ticket)
        if obstacle:
            yield from self._tickets.hold(state, ticket, obstacle)
        else:
            yield from self._tickets.take_on(state, [(ticket, None)])

    def arm(self, state: State, order: Order, ticket: OrderTicket, *, anew: bool) -> Iterator[ev.Event]:
        """Send an order that is held, as this ticket, or hold it on for its price. `anew`: the link was just made."""
        order_id, is_soft = order.client_order_id, order.client_order_id in state.brackets.legs.soft
        obstacle = self._obstacle(state, ticket)
        if not obstacle and (anew or not is_soft):
            yield from self._tickets.release(state, order_id, ticket)
            return
        if ticket != order.ticket:
            yield oev.OrderReplaced(client_order_id=order_id, ticket=ticket)
        if not is_soft:
            yield oev.OrderHeld(client_order_id=order_id, text=obstacle)

    def _obstacle(self, state: State, ticket: OrderTicket) -> str:
        """Return why an order is held here instead of being sent, in words; empty when it can be sent.

        A target may be an opening for the account, where another strategy holds the other way. It is no loss that has
        to be stopped, so it waits here for a time when the gate lets it pass.
        """
        lacking = state.inflight.at(ticket.broker).lacking(ticket)
        if lacking:
            return f"soft: {lacking}"
        if state.runs.links.get(ticket.broker) != "":
            return f"soft: the link to {ticket.broker} is down"
        by_itself = ticket.parent_id is None and ticket.stop_px is not None
        if by_itself and ticket.instrument_id not in state.marks.quotes:  # as at a start, when its gate cannot judge it
            return "soft: there is no price yet"
        failed = self._tickets.denied_by(state, ticket) if ticket.purpose is Purpose.CLOSE else ()
        return f"soft: now it would be denied by {', '.join(failed)}" if failed else ""
