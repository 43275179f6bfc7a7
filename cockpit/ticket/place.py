"""Where a ticket's own prices lie in the market: `2 ticks inside the ask`, `1.24% below the bid`.

A limit is told by the side that it would meet, because that says whether it trades at once; where it meets neither, by
the side that it waits on. A few ticks are counted, more of them are a part of the price.
"""

from typing import Final

from cockpit import format as fmt
from oms.domain.market import Quote
from oms.domain.order import OrderTicket, Side
from oms.domain.units import ZERO, Price

COUNTED: Final = 99
"""Ticks that are counted; beyond, nobody sees what they come to."""


def limit_place(ticket: OrderTicket, quote: Quote | None) -> str:
    """Return where the limit lies; empty without a limit or a quote."""
    if ticket.limit_px is None or quote is None or not 0 < quote.bid <= quote.ask:
        return ""
    buys = ticket.side is Side.BUY
    (meets, meets_px), (waits, waits_px) = _sides(quote, buys=buys)
    through = (ticket.limit_px - meets_px) * ticket.side.sign
    if through == ZERO:
        return f"at the {meets}: trades now"
    if through > ZERO:
        return f"{_distance(through, meets_px, quote)} through the {meets}"
    behind = (waits_px - ticket.limit_px) * ticket.side.sign
    if behind < ZERO:
        return f"{_distance(-through, meets_px, quote)} inside the {meets}"
    if behind == ZERO:
        return f"at the {waits}: waits"
    return f"{_distance(behind, waits_px, quote)} {'below' if buys else 'above'} the {waits}"


def stop_place(ticket: OrderTicket, quote: Quote | None) -> str:
    """Return how far the market is from the stop; empty without a stop or a quote."""
    if ticket.stop_px is None or quote is None or not 0 < quote.bid <= quote.ask:
        return ""
    buys = ticket.side is Side.BUY
    touches, touches_px = _sides(quote, buys=buys)[0]
    away = (ticket.stop_px - touches_px) * ticket.side.sign
    if away <= ZERO:
        return f"the {touches} has passed it"
    return f"{_distance(away, touches_px, quote)} {'above' if buys else 'below'} the {touches}"


def _sides(quote: Quote, *, buys: bool) -> tuple[tuple[str, Price], tuple[str, Price]]:
    """Return the side that an order would meet, and the one on which it waits."""
    bid, ask = ("bid", quote.bid_px), ("ask", quote.ask_px)
    return (ask, bid) if buys else (bid, ask)


def _distance(apart: Price, px: Price, quote: Quote) -> str:
    ticks = quote.instrument.ticks(apart)
    return fmt.plural(ticks, "tick") if ticks <= COUNTED else fmt.percent(apart / px, signed=False)
