"""Money: what a ticket costs, what open orders may take, and what is left for an opening.

Everything is in the account's base currency, and in time that depends on how many instruments have open orders. Where
a price is missing the answer is None: a sum with a hole in it would be believed.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from oms.domain.market import Quote
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.units import ZERO, Price, Quantity
from oms.state import State


def price(ticket: OrderTicket, quote: Quote | None) -> Price | None:
    """Return the price a ticket is valued at, or None when it is not known.

    A market order takes the opposite side of the quote. A limit caps what a buy pays; a sell gets its limit or
    more, so it is valued at the bid when that is higher.
    """
    limit_px = ticket.limit_px if ticket.order_type is OrderType.LIMIT else None
    if limit_px is not None and ticket.side is Side.BUY:
        return limit_px
    if quote is None:
        return None
    px = quote.ask_px if ticket.side is Side.BUY else quote.bid_px
    if limit_px is not None and limit_px > px:
        px = limit_px
    return px if px > ZERO else None


def free(
    ticket: OrderTicket, state: State, beside: Sequence[OrderTicket] = (), closable_qty: Quantity = ZERO
) -> Decimal | None:
    """Return the money that an opening may still take, or None when it is not known.

    That is the equity which no position uses, long or short, and no open order may come to use: gross exposure stays
    within equity, whichever side came first, and the proceeds of a short sale buy nothing. An order that flips
    through zero first gives back what the closing part of it used.
    """
    left = unused(state, beside)
    if left is None or not closable_qty:
        return left
    instrument, mark = state.instruments.get(ticket.instrument_id), state.marks.get(ticket.instrument_id)
    if instrument is None or mark is None:
        return None
    return left + closable_qty * mark.px * instrument.multiplier


def unused(state: State, beside: Sequence[OrderTicket] = ()) -> Decimal | None:
    """Return the equity that neither positions nor open orders use, or None when it is not known."""
    worth, money = state.equity.now, committed(state, beside)
    if worth is None or money is None:
        return None
    return worth - state.equity.gross - money.buys - money.short_sales


class Committed(NamedTuple):
    """What open buys may cost and what open sells may sell short."""

    buys: Decimal = ZERO
    short_sales: Decimal = ZERO


_NOTHING: Final = Committed()


def committed(state: State, beside: Sequence[OrderTicket] = ()) -> Committed | None:
    """Return the money that open orders, and the tickets beside, may take; None when a price is missing.

    The blotter values a market order at its signal's price or not at all, so each side of an instrument is taken at
    that or at the mark, whichever is more.
    """
    reserved = state.blotter.reserved
    if not reserved and not beside:
        return _NOTHING
    instruments, marks, nets = state.instruments.by_id, state.marks.by_id, state.ledger.net
    buys = short_sales = ZERO
    for key, (buy_qty, sell_qty, buy_value, sell_value) in reserved.items():
        _, _, instrument_id = key  # cheaper than by its name, in the loop that an opening waits for longest
        try:
            instrument, mark = instruments[instrument_id], marks[instrument_id]
        except KeyError:
            return None
        if buy_qty:
            at_mark = buy_qty * mark.px
            buys += max(at_mark, buy_value) * instrument.multiplier
        if sell_qty:
            short_qty = sell_qty - max(ZERO, nets.get(key, ZERO))
            if short_qty > ZERO:
                short_sales += max(sell_value * short_qty / sell_qty, short_qty * mark.px) * instrument.multiplier
    for other in beside:
        px = price(other, state.marks.quotes.get(other.instrument_id))
        listed = instruments.get(other.instrument_id)
        if px is None or listed is None:
            return None
        value = px * other.quantity * listed.multiplier
        if other.side is Side.BUY:
            buys += value
        else:
            short_sales += value
    return Committed(buys, short_sales)
