"""Money: what a ticket costs, what open orders may take, and what is left for an opening.

Everything is in the account's base currency, and in time that depends on how many instruments have open orders. Where
a price is missing the answer is None: a sum with a hole in it would be believed.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from oms.domain.market import Quote
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.units import ZERO, Price
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


def free(ticket: OrderTicket, state: State, beside: Sequence[OrderTicket], worth: Decimal | None) -> Decimal | None:
    """Return the money that an opening on the ticket's side may still take, or None when it is not known.

    `worth` is the equity now.

    A buy is paid from cash, less what open buys may cost and less what the short positions would cost to buy back:
    the proceeds of a short sale are owed. A short sale draws on the equity that no position or open order uses yet,
    which keeps gross exposure within equity: no leverage.
    """
    money = committed(state, beside)
    if worth is None or money is None:
        return None
    equity = state.equity
    if ticket.side is Side.SELL:
        return worth - equity.gross - money.buys - money.short_sales
    # gross is longs plus shorts, and equity less cash is longs less shorts
    owed = (equity.gross - worth + equity.cash) / 2
    return equity.cash - owed - money.buys


def unused(state: State) -> Decimal | None:
    """Return the equity that neither positions nor open orders use, or None when it is not known."""
    worth, money = state.equity.now, committed(state)
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
        instrument, mark = instruments.get(key.instrument_id), marks.get(key.instrument_id)
        if instrument is None or mark is None:
            return None
        if buy_qty:
            at_mark = buy_qty * mark.px
            buys += (max(buy_value, at_mark)) * instrument.multiplier
        if sell_qty:
            short_qty = sell_qty - max(ZERO, nets.get(key, ZERO))
            if short_qty > ZERO:
                short_sales += max(sell_value * short_qty / sell_qty, short_qty * mark.px) * instrument.multiplier
    for other in beside:
        px = price(other, state.marks.quotes.get(other.instrument_id))
        instrument = instruments.get(other.instrument_id)
        if px is None or instrument is None:
            return None
        value = px * other.quantity * instrument.multiplier
        if other.side is Side.BUY:
            buys += value
        else:
            short_sales += value
    return Committed(buys, short_sales)
