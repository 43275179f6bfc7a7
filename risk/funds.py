"""Money: what a ticket costs, what open orders may take, and what is left for an opening.

Everything is in the account's base currency, and in time that depends on how many instruments have open orders. Where
a price is missing the answer is None: a sum with a hole in it would be believed.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from oms.domain.market import Quote
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.units import ZERO, Price, Quantity
from oms.reservations import reserved_px
from oms.state import State

# An enum's member costs two lookups through its class, a name of the module none.
_BUY: Final = Side.BUY
_MARKET: Final = OrderType.MARKET


def price(ticket: OrderTicket, quote: Quote | None) -> Price | None:
    """Return the price a ticket is valued at, or None when it is not known.

    A market order takes the opposite side of the quote. A limit caps what a buy pays, and a stop is where it pays; a
    sell gets its limit or more, or is worth more until it triggers, so it is valued at the bid when that is higher.
    A market order and a sell are not valued below the last price: that is what the position will count at.
    """
    buys = ticket.side is _BUY
    if ticket.order_type is _MARKET:
        if quote is None:
            return None
        ticks = quote.ask if buys else quote.bid  # whole numbers, so that nothing is made to be compared
        if ticks < quote.last:  # noqa: PLR1730 - no call
            ticks = quote.last
        return quote.instrument.tick * ticks if ticks > 0 else None
    own_px = reserved_px(ticket)
    if own_px is not None and buys:
        return own_px
    if quote is None:
        return None
    px = quote.ask_px if buys else quote.bid_px
    if own_px is not None and own_px > px:
        px = own_px
    px = max(px, quote.last_px)
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
    worth, money = state.equity.now, committed(state)
    if worth is None or money is None:
        return None
    buys, short_sales = money
    for other in beside:
        px = price(other, state.marks.quotes.get(other.instrument_id))
        listed = state.instruments.get(other.instrument_id)
        if px is None or listed is None:
            return None
        value = px * other.quantity * listed.multiplier
        if other.side is _BUY:
            buys += value
        else:
            short_sales += value
    return worth - state.equity.gross - buys - short_sales


def committed(state: State) -> tuple[Decimal, Decimal] | None:
    """Return what open buys may cost and what open sells may sell short; None when a price is missing.

    A buy takes what its ticket was valued at (see `price`): its own price, also far below the market. What is bought at
    the market is taken at the price it was meant at or at the mark, whichever is more, and so is what is sold. It is
    the loop that an opening waits for longest, hence its bare style.
    """
    instruments, marks, nets = state.instruments.by_id, state.marks.by_id, state.ledger.net
    buys = short_sales = ZERO
    for key, held in state.blotter.reserved.items():
        instrument_id = key.instrument_id
        try:
            multiplier, mark_px = instruments[instrument_id].multiplier, marks[instrument_id].px
        except KeyError:
            return None
        if held.buy_qty:
            cost = held.buy_value
            if held.market_qty:
                meant, at_mark = held.market_value, held.market_qty * mark_px
                cost += meant if meant > at_mark else at_mark  # noqa: FURB136 - no call
            buys += cost * multiplier
        if held.sell_qty:
            net = nets.get(key, ZERO)
            short_qty = held.sell_qty - net if net > ZERO else held.sell_qty
            if short_qty > ZERO:
                proceeds, at_mark = held.sell_value * short_qty / held.sell_qty, short_qty * mark_px
                short_sales += (at_mark if at_mark > proceeds else proceeds) * multiplier  # noqa: FURB136
    return buys, short_sales
