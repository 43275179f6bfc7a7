"""What the legs of a bracket are, written as tickets: pure functions of the parent order and of how much is left.

A leg names its parent, which is all that ties it to it: the same broker, account, instrument and strategy follow. It
is good until canceled, because a position does not end with the day. It has no group, for a group is undone as a
whole and a leg must not be taken for one of its members. Its quantity is what it may give back and never more, and
that, not a word to the venue, is what makes it reduce only: a venue knows the account's net, and over several
strategies the net may be smaller than what one of them has to give back.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Final

from msgspec.structs import replace

from oms.domain.ids import short_id
from oms.domain.instrument import Instrument
from oms.domain.market import Quote
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Price, Quantity
from oms.entry import beyond_px
from oms.state import State

STEPS: Final = 10  # in so many per length a trail follows, and not with each quote: each is a message to the venue


def stop_leg(parent: Order, quantity: Quantity, instrument: Instrument) -> OrderTicket | None:
    """Return the stop of a bracket, None where none was asked for or its price is not known yet.

    A trail without a stop of its own begins its length away from what the parent has paid, or is to pay.
    """
    ticket = parent.ticket
    stop_px = ticket.protect_px
    if stop_px is None and ticket.trail_by is not None:
        entry_px = parent.avg_px or ticket.limit_px or ticket.signal_px
        stop_px = trailed_px(entry_px, ticket.trail_by, ticket.side.opposite, instrument) if entry_px else None
    if stop_px is None:
        return None
    return _leg(
        parent,
        quantity,
        purpose=Purpose.PROTECT,
        order_type=OrderType.STOP_MARKET,
        stop_px=stop_px,
        trail_by=ticket.trail_by,
        reason=f"stop of {short_id(parent.client_order_id)}",
    )


def target_leg(parent: Order, quantity: Quantity) -> OrderTicket | None:
    """Return the target of a bracket, None where none was asked for."""
    if parent.ticket.target_px is None:
        return None
    return _leg(
        parent,
        quantity,
        purpose=Purpose.CLOSE,
        order_type=OrderType.LIMIT,
        limit_px=parent.ticket.target_px,
        reason=f"target of {short_id(parent.client_order_id)}",
    )


def giving_back(
    key: PositionKey, side: Side, quantity: Quantity, reason: str, signal_px: Price | None = None
) -> OrderTicket:
    """Return the one order that gives back at once: to the market, for a position, and with no terms but these."""
    return OrderTicket(
        broker=key.broker,
        account=key.account,
        strategy_id=key.strategy_id,
        instrument_id=key.instrument_id,
        side=side,
        quantity=quantity,
        order_type=OrderType.MARKET,
        purpose=Purpose.CLOSE,
        signal_px=signal_px,
        reason=reason,
    )


def gives_back(order: Order, side: Side) -> bool:
    """Tell whether an order is itself on its way to close with this side, at any price."""
    ticket = order.ticket
    return ticket.closes_at_once and ticket.side is side and order.status is not OrderStatus.PENDING_CANCEL


def trailed_px(px: Price, trail_by: Price, side: Side, instrument: Instrument) -> Price:
    """Return where a stop of this side stands that trails a price, on the tick that is farther away; one tick at
    least."""
    behind, rounding = (px - trail_by, ROUND_FLOOR) if side is Side.SELL else (px + trail_by, ROUND_CEILING)
    return instrument.price(max(1, int((behind / instrument.tick).to_integral_value(rounding))))


def tightened(ticket: OrderTicket, asked_px: Price | None, quote: Quote) -> OrderTicket | None:
    """Return a trailing stop as a quote moves it, None where it does not by a whole step: never away from the market.

    `asked_px` is where it was last asked to stand. The watermark is the stop price itself, which the journal has with
    every step; so a restart goes on from there, and at most the part of a step is lost.
    """
    if ticket.trail_by is None or ticket.stop_px is None:
        return None
    sells = ticket.side is Side.SELL
    best_px = quote.bid_px if sells else quote.ask_px
    stop_px = trailed_px(best_px, ticket.trail_by, ticket.side, quote.instrument)
    stands = ticket.stop_px
    if asked_px is not None:
        stands = max(stands, asked_px) if sells else min(stands, asked_px)
    step = max(quote.instrument.tick, ticket.trail_by / STEPS)
    if (stop_px - stands if sells else stands - stop_px) < step:
        return None
    return replace(ticket, stop_px=stop_px)


def trailing(ticket: OrderTicket, state: State) -> OrderTicket:
    """Return a trailing stop with the price that it begins at, its length away from the market; as it is where there
    is no market."""
    quote = state.marks.quotes.get(ticket.instrument_id)
    if quote is None or ticket.trail_by is None:
        return ticket
    best_px = quote.bid_px if ticket.side is Side.SELL else quote.ask_px
    return replace(ticket, stop_px=trailed_px(best_px, ticket.trail_by, ticket.side, quote.instrument))


def misplaced(ticket: OrderTicket, instrument: Instrument | None, quote: Quote | None = None) -> str:
    """Return what is wrong with the legs that a ticket asks for, in words; empty when nothing is.

    They are judged against the prices that the ticket may trade at, with a `quote` also against that; of a ticket that
    is new the gate looks at the market. A stop that trails has one length, which is its own, and a price that moves:
    no legs could be meant.
    """
    if ticket.protect_px is None and ticket.target_px is None and ticket.trail_by is None:
        return ""
    if ticket.trails and (ticket.protect_px is not None or ticket.target_px is not None):
        return "a stop that trails has no stop or target of its own: where it will trade is not known"
    farthest_px = ticket.limit_px or ticket.stop_px or ticket.signal_px
    away, below = ("above", "below") if ticket.side is Side.BUY else ("below", "above")
    for name, px, gain, entry_px in (
        ("protective stop", ticket.protect_px, -1, beyond_px(ticket, quote)),
        ("target", ticket.target_px, 1, farthest_px),
    ):
        if px is None:
            continue
        if instrument is not None and not instrument.on_tick(px):
            return f"the {name} {px:f} is not a multiple of the tick {instrument.tick:f}"
        if entry_px is not None and (px - entry_px) * ticket.side.sign * gain <= ZERO:
            return f"the {name} {px:f} must lie {away if gain > 0 else below} {entry_px:f}"
    trail_by = ticket.trail_by
    if trail_by is not None and not (trail_by > ZERO and (instrument is None or instrument.on_tick(trail_by))):
        return f"a trail of {trail_by:f} is no distance in ticks"
    return ""


def _leg(
    parent: Order,
    quantity: Quantity,
    *,
    purpose: Purpose,
    order_type: OrderType,
    reason: str,
    limit_px: Price | None = None,
    stop_px: Price | None = None,
    trail_by: Price | None = None,
) -> OrderTicket:
    ticket = parent.ticket
    return OrderTicket(
        broker=ticket.broker,
        account=ticket.account,
        strategy_id=ticket.strategy_id,
        instrument_id=ticket.instrument_id,
        side=ticket.side.opposite,
        quantity=quantity,
        order_type=order_type,
        limit_px=limit_px,
        stop_px=stop_px,
        trail_by=trail_by,
        tif=TimeInForce.GTC,
        purpose=purpose,
        reason=reason,
        parent_id=parent.client_order_id,
    )
