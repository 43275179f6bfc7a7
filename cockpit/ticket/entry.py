"""The prices that a ticket stands at: where it would trade, and where it would be given back.

Where a stop trails, its place is the engine's own: the same functions say it here that set it once the order is sent.
"""

from oms.decide.legs import trailed_px
from oms.domain.ids import InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.market import Quote
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.units import ZERO, Price
from oms.entry import expected_px
from oms.state import State


def opposite_px(side: Side, instrument_id: InstrumentId, state: State) -> Price | None:
    """Return the side of the quote that a market order meets: what the journal measures slippage from."""
    quote = state.marks.quotes.get(instrument_id)
    return None if quote is None else met_px(side, quote)


def met_px(side: Side, quote: Quote) -> Price | None:
    """Return the price of a quote that a market order of this side meets; None where that side is empty."""
    px = quote.ask_px if side is Side.BUY else quote.bid_px
    return px if px > ZERO else None


def entry_of(ticket: OrderTicket, state: State) -> Price | None:
    """Return the price at which a ticket is expected to trade: its stop or its limit, or the other side of the quote
    where it meets that at once.

    By it is counted what is at risk. It is not what the ticket is valued at: the gate takes the last price where that
    is more, and a person whose sale meets the bid would be told of a price that is not on the screen.
    """
    return expected_px(ticket, state.marks.quotes.get(ticket.instrument_id))


def follows_market(ticket: OrderTicket) -> bool:
    """Tell whether a ticket's price is the market's: it names none, or one that goes along with it."""
    return ticket.order_type is OrderType.MARKET or ticket.trails


def stop_of(ticket: OrderTicket, entry_px: Price, instrument: Instrument) -> Price | None:
    """Return where the stop would begin that a ticket asks for, were it to trade at a price; None where it asks for
    none."""
    if ticket.protect_px is not None or ticket.trail_by is None or ticket.trails:
        return ticket.protect_px
    return trailed_px(entry_px, ticket.trail_by, ticket.side.opposite, instrument)


def begins_by_itself(ticket: OrderTicket, px: Price, instrument: Instrument) -> bool:
    """Tell whether a trailing stop stands where its length from a price puts it, and not where somebody typed it."""
    if ticket.trail_by is None or not ticket.trails:
        return False
    return ticket.stop_px == trailed_px(px, ticket.trail_by, ticket.side, instrument)
