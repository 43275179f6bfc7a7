"""Where an order may trade, and which price the stop that protects it has to lie beyond.

A limit is the worst price and seldom the one that is paid: one that reaches the other side of the quote trades there,
at once. A stop-limit order trades from its stop on, up to its limit. Whoever compared a protective stop with the limit
alone would let one pass that the market is beyond already, and it would give back at once what was just bought. What
happens after an entry waits is not known here: an order that rests is taken to trade at its own price.
"""

from oms.domain.market import Quote
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.units import ZERO, Price

_BUY = Side.BUY  # a member of an enum costs two lookups, a name none
_MARKET, _LIMIT = OrderType.MARKET, OrderType.LIMIT


def expected_px(ticket: OrderTicket, quote: Quote | None) -> Price | None:
    """Return the price at which a ticket is expected to trade: its stop price, its limit or the side of the quote that
    it meets, whichever is better for it; without a quote what it was meant at. None where none of them is known."""
    if ticket.stop_px is not None:
        return ticket.stop_px
    limit_px = ticket.limit_px
    if quote is None:
        return ticket.signal_px if limit_px is None else limit_px
    buys = ticket.side is _BUY
    met_px = quote.ask_px if buys else quote.bid_px
    if met_px <= ZERO:
        return limit_px
    if limit_px is None:
        return met_px
    return min(limit_px, met_px) if buys else max(limit_px, met_px)


def worst_px(ticket: OrderTicket, quote: Quote | None) -> Price | None:
    """Return the worst price that a ticket may pay: its limit, or what is expected where it has none. A stop without a
    limit may pay any."""
    return ticket.limit_px if ticket.limit_px is not None else expected_px(ticket, quote)


def beyond_px(ticket: OrderTicket, quote: Quote | None) -> Price | None:
    """Return the price that a protective stop must lie beyond: of those at which the ticket may trade and of the side
    that the stop would then find, the one where it loses most. None where none is known.

    A stop order finds a market that is elsewhere than this quote's, so it is asked for its own prices alone.
    """
    kind = ticket.order_type
    own_px = ticket.limit_px if ticket.stop_px is None else ticket.stop_px
    if kind is not _MARKET and kind is not _LIMIT:
        return own_px
    if quote is None:
        return ticket.signal_px if own_px is None else own_px
    buys = ticket.side is _BUY
    left_px = quote.bid_px if buys else quote.ask_px
    if own_px is None or left_px <= ZERO:
        return own_px if left_px <= ZERO else left_px
    return min(own_px, left_px) if buys else max(own_px, left_px)


def first_stop_px(ticket: OrderTicket, quote: Quote | None) -> Price | None:
    """Return where the protective stop of a ticket begins: at its price, or its length away from what the ticket is
    expected to pay; None where it asks for none, or no price is known."""
    if ticket.protect_px is not None or ticket.trail_by is None or ticket.trails:
        return ticket.protect_px
    entry_px = expected_px(ticket, quote)
    return None if entry_px is None else entry_px - ticket.trail_by * ticket.side.sign
