"""Where a ticket's own prices lie in the market: `2 ticks inside the ask`, `1.24% below the bid`.

A limit is told by the side that it would meet, because that says whether it trades at once; where it meets neither, by
the side that it waits on. The limit of a stop meets nobody before the stop is touched, so it is told by the stop. A few
ticks are counted, more of them are a part of the price.
"""

from decimal import Decimal
from typing import Final

from cockpit import format as fmt
from oms.domain.market import Quote
from oms.domain.order import OrderTicket, Side
from oms.domain.units import ZERO, Price

FAR_FRAC: Final = Decimal("0.10")
"""Of the price, from which on a price that waits is so far away that a slip of the hand is likelier than a plan."""
COUNTED: Final = 99
"""Ticks that are counted; beyond, nobody sees what they come to."""


def limit_place(ticket: OrderTicket, quote: Quote | None) -> str:
    """Return where the limit lies; empty without a limit or a quote."""
    if ticket.limit_px is None or quote is None or not 0 < quote.bid <= quote.ask:
        return ""
    if ticket.stop_px is not None:
        return _after_stop(ticket.limit_px, ticket.stop_px, ticket.side, quote)
    return _in_market(ticket.limit_px, ticket.side, quote)


def _in_market(limit_px: Price, side: Side, quote: Quote) -> str:
    """Return where a limit lies that waits for nothing but its price."""
    buys = side is Side.BUY
    (meets, meets_px), (waits, waits_px) = _sides(quote, buys=buys)
    through = (limit_px - meets_px) * side.sign
    if through == ZERO:
        return f"at the {meets}: trades now"
    if through > ZERO:
        return f"{_distance(through, meets_px, quote)} through the {meets}"
    behind = (waits_px - limit_px) * side.sign
    if behind < ZERO:
        return f"{_distance(-through, meets_px, quote)} inside the {meets}"
    if behind == ZERO:
        return f"at the {waits}: waits"
    return f"{_distance(behind, waits_px, quote)} {'below' if buys else 'above'} the {waits}"


def _after_stop(limit_px: Price, stop_px: Price, side: Side, quote: Quote) -> str:
    """Return what becomes of a stop limit once its stop is touched."""
    through = (limit_px - stop_px) * side.sign
    if through == ZERO:
        return "once touched, at the stop"
    apart = _distance(abs(through), stop_px, quote)
    if through > ZERO:
        return f"once touched, {apart} through the stop"
    return f"rests once touched, {apart} {'below' if side is Side.BUY else 'above'} the stop"


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


def far_places(ticket: OrderTicket, quote: Quote | None) -> list[str]:
    """Return which of the prices that a ticket waits for are far from the market, and how far. The gate lets them pass:
    they cost nothing until they are reached. A stop that trails was given its length, and the limit of a stop belongs
    to the stop."""
    if quote is None or not 0 < quote.bid <= quote.ask or ticket.trails:
        return []
    (_, meets_px), (_, waits_px) = _sides(quote, buys=ticket.side is Side.BUY)
    sign = ticket.side.sign
    if ticket.stop_px is not None:
        is_far, place = (ticket.stop_px - meets_px) * sign >= meets_px * FAR_FRAC, f"stop {stop_place(ticket, quote)}"
    else:
        behind = ZERO if ticket.limit_px is None else (waits_px - ticket.limit_px) * sign
        is_far, place = behind >= waits_px * FAR_FRAC, f"limit {limit_place(ticket, quote)}"
    return [place] if is_far else []


def _sides(quote: Quote, *, buys: bool) -> tuple[tuple[str, Price], tuple[str, Price]]:
    """Return the side that an order would meet, and the one on which it waits."""
    bid, ask = ("bid", quote.bid_px), ("ask", quote.ask_px)
    return (ask, bid) if buys else (bid, ask)


def _distance(apart: Price, px: Price, quote: Quote) -> str:
    ticks = quote.instrument.ticks(apart)
    return fmt.plural(ticks, "tick") if ticks <= COUNTED else fmt.percent(apart / px, signed=False)
