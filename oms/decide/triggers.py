"""What prices do to orders: they touch the stops that are held here, and they pull trails behind them.

It is asked with every quote of an instrument in which something is held or trails, and costs nothing in any other. A
stop that is touched leaves at once, at the market or with its limit, and through the gate, which lets what only gives
back pass also while trading is stopped. An entry that is denied then is over: it was meant at that price. A target that
is held here waits until the gate lets it pass. Touching is judged as a venue
would: by what a market order of that side would meet. A trail is moved in steps; that is said where the step is made,
in `legs`.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from oms.blotter import position_key
from oms.decide.changes import Changes
from oms.decide.legs import tightened
from oms.decide.lost import is_paused
from oms.decide.protection import Protection
from oms.decide.tickets import Tickets
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import GATE
from oms.domain.market import Quote
from oms.domain.order import WORKING, Order, OrderStatus, OrderTicket, OrderType, Side
from oms.domain.units import Price
from oms.state import State


class Triggers:
    """Answers a quote for what waits for its price."""

    def __init__(self, tickets: Tickets, changes: Changes, protection: Protection) -> None:
        self._tickets = tickets
        self._changes = changes
        self._protection = protection

    def quote(self, state: State, quote: Quote) -> Iterator[ev.Event]:
        """Release what a quote touches, and move what trails it."""
        for order in state.brackets.moved(quote.instrument.instrument_id):
            is_soft = order.client_order_id in state.brackets.legs.soft
            if is_soft and touched_px(order, quote) is not None:
                yield from self._release(state, order, quote)
            elif is_soft or order.status in WORKING:
                yield from self._pull(state, order, quote)

    def _release(self, state: State, order: Order, quote: Quote) -> Iterator[ev.Event]:
        if state.runs.links.get(order.ticket.broker) != "":
            return  # it would be withheld; the first price with a link releases it
        if is_paused(state, order):
            return
        ticket = order.ticket
        if not ticket.is_touched:  # else it came to nothing
            ticket = _touched(ticket, f"{touched_px(order, quote):f} touched it")
        is_target = ticket.parent_id is not None and not ticket.protects
        if is_target and self._tickets.denied_by(state, ticket):
            return
        yield from self._tickets.release(state, order.client_order_id, ticket)
        yield from self._protection.tend(state, position_key(ticket))

    def _pull(self, state: State, order: Order, quote: Quote) -> Iterator[ev.Event]:
        order_id = order.client_order_id
        asked = state.brackets.legs.changed.get(order_id)
        ticket = tightened(order.ticket, asked.stop_px if asked is not None else None, quote)
        if ticket is None or order.triggered or order_id in state.brackets.legs.recalled:
            return
        if order.status is OrderStatus.HELD:
            yield oev.OrderReplaced(client_order_id=order_id, ticket=ticket)
        elif state.inflight.of(order).replaces:
            yield self._changes.ask(state, order, ticket, GATE)


def touched_px(order: Order, quote: Quote) -> Price | None:
    """Return the price with which a quote touches what an order waits for; None where it does not. Any touches what was
    touched before.

    A range is the past when it is seen, so it touches what was there before its quote and nothing else.
    """
    ticket, between = order.ticket, quote.range if order.ts_init < quote.ts else None
    sells = ticket.side is Side.SELL
    seen = [quote.bid if sells else quote.ask]
    if between is not None and ticket.stop_px is not None:
        seen.append(_or(between.low_bid if sells else between.high_ask, seen[0]))
    elif between is not None:
        seen.append(between.high_bid if sells else between.low_ask)
    waits_for = ticket.stop_px if ticket.stop_px is not None or ticket.protects else ticket.limit_px
    if waits_for is None:
        return quote.instrument.price(seen[0])
    falls = sells is (ticket.stop_px is not None)  # a sell's stop and a buy's target are touched from above
    px = quote.instrument.price(min(seen) if falls else max(seen))
    return px if (px <= waits_for if falls else px >= waits_for) else None


def _touched(ticket: OrderTicket, why: str) -> OrderTicket:
    """Return what leaves once a price has touched a ticket that was held here: what a venue makes of a stop. A target
    leaves at the market too, for there it is."""
    reason = f"{ticket.reason}: {why}" if ticket.reason else why
    if ticket.order_type is OrderType.STOP_LIMIT:  # a trail that it may have is that of its legs
        return replace(ticket, order_type=OrderType.LIMIT, stop_px=None, reason=reason)
    trail_by = None if ticket.trails else ticket.trail_by
    return replace(ticket, order_type=OrderType.MARKET, limit_px=None, stop_px=None, trail_by=trail_by, reason=reason)


def _or(ticks: int | None, otherwise: int) -> int:
    return otherwise if ticks is None else ticks
