"""Tickets that somebody wrote: what is wrong with them is said at once, and the rest goes to the gate.

What a venue does not take is said before anything is approved, so that nobody is left with an approved order that came
to nothing. But what can be done here instead is done here. A stop, where the venue has none or moves none that trails,
is judged and then held, and leaves as what it becomes when a price touches it, see `triggers`. An order that is good
until an instant goes out as good until canceled, and is canceled at that instant, see `oms.endings`. One that may only
reduce goes out also where the venue is not told that: the gate and `exits` keep it within what is held.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Final

from msgspec.structs import replace

from oms.decide.guard import Guard
from oms.decide.legs import misplaced, stop_leg, target_leg, trailing
from oms.decide.refusal import refusal
from oms.decide.tickets import Tickets, unfit
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import short_id
from oms.domain.order import OrderFlag, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.units import SECOND, Nanos
from oms.state import State

_MARKET: Final = OrderType.MARKET  # a member of an enum costs two lookups, a name none
_DAY: Final = TimeInForce.DAY
_BUY: Final = Side.BUY


class ByHand:
    """Answers `SubmitTicket`."""

    def __init__(self, tickets: Tickets, guard: Guard) -> None:
        self._tickets = tickets
        self._guard = guard

    def submit_ticket(self, state: State, command: do.SubmitTicket) -> Iterable[ev.Event]:
        """Put a hand-written ticket to the gate."""
        ticket = command.ticket
        obstacle = unfit(ticket) or ("only a bracket makes its legs" if ticket.parent_id is not None else "")
        if obstacle:
            return (refusal(command, obstacle),)
        quote = state.marks.quotes.get(ticket.instrument_id)
        if ticket.signal_px is None and quote is not None:
            ticket = replace(ticket, signal_px=quote.ask_px if ticket.side is _BUY else quote.bid_px)
        if ticket.stop_px is None and ticket.trails:
            ticket = trailing(ticket, state)
        obstacle = misplaced(ticket, state.instruments.get(ticket.instrument_id))
        is_plain = ticket.order_type is _MARKET and ticket.tif is _DAY  # which every venue takes
        if not is_plain:
            able = state.inflight.at(ticket.broker)
            ticket = timed(ticket, able)
            obstacle = obstacle or able.refuses(ticket) or _over(ticket, state.ts)
        if obstacle:
            return (refusal(command, obstacle),)
        peak = self._guard.raise_peak(state, state.ts, at_once=True)
        # what is taken on is judged only when it is asked for, which is after the peak was counted in
        if is_plain:
            taken = self._tickets.take_on(state, [(ticket, None)], ts_agreed=command.ts_agreed)
        else:
            taken = self._take_on(state, ticket, command.ts_agreed)
        return chain(peak, taken) if peak else taken

    def _take_on(self, state: State, ticket: OrderTicket, ts_agreed: Nanos | None) -> Iterator[ev.Event]:
        """Take on a ticket that may wait for its price: to be sent, or held here where its venue lacks what it is. What
        waits for its fill is shown at once."""
        order_id, able = self._tickets.next_id(state), state.inflight.at(ticket.broker)
        lacking = able.lacking(ticket)
        if lacking:
            yield from self._tickets.hold_judged(state, ticket, f"soft: {lacking}")
        else:
            yield from self._tickets.take_on(state, [(ticket, None)], ts_agreed=ts_agreed)
        order, instrument = state.blotter.orders[order_id], state.instruments.get(ticket.instrument_id)
        if order.is_closed or instrument is None:
            return
        if ticket.expires_at is not None and ticket.tif is TimeInForce.GTC and not lacking:
            until = datetime.fromtimestamp(ticket.expires_at // SECOND, UTC)
            text = f"{ticket.broker} takes no GTD: it is canceled from here at {until:%Y-%m-%d %H:%M:%SZ}"
            yield oev.OrderFlagged(client_order_id=order_id, flag=OrderFlag.TIMED, text=text)
        if not ticket.asks_protection or ticket.order_type is _MARKET:
            return
        for leg in (stop_leg(order, ticket.quantity, instrument), target_leg(order, ticket.quantity)):
            if leg is not None:
                yield from self._tickets.hold(state, leg, f"waits for {short_id(order_id)}")


def timed(ticket: OrderTicket, able: Capabilities) -> OrderTicket:
    """Return a ticket that is good until an instant as one that is good until we cancel it, where its venue knows no
    instants; any other as it is."""
    tif, known = ticket.tif, able.tifs
    is_ours = tif is TimeInForce.GTD and tif not in known and TimeInForce.GTC in known
    return replace(ticket, tif=TimeInForce.GTC) if is_ours and ticket.expires_at is not None else ticket


def _over(ticket: OrderTicket, now: Nanos) -> str:
    """Return that the time of a ticket which we are to end is over already; empty where it is not, or its venue knows
    what it means."""
    is_over = ticket.expires_at is not None and ticket.tif is TimeInForce.GTC and ticket.expires_at <= now
    return "it would have ended already" if is_over else ""
