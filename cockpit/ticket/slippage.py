"""What a taker is likely to pay beyond the middle of the quote: half the spread, and what the venue moves against it.

It is an estimate from the quote that is there: the venue may find another. Who waits at a price of his own and is hit
there pays none of it, so a limit that does not reach the other side slips by nothing.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final, NamedTuple

from brokers.sim.settings import SimSettings
from oms.domain.ids import InstrumentId
from oms.domain.market import Quote
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.units import ZERO, Quantity

_TEN_THOUSAND: Final = 10_000


class Slippage(NamedTuple):
    """How a venue fills: its settings, and its own law for what a quantity moves, as a fraction of the price."""

    settings: SimSettings
    impact: Callable[[InstrumentId, Quantity], float]

    def frac(self, ticket: OrderTicket, quote: Quote | None) -> Decimal | None:
        """Return the slippage as a fraction of the middle of the quote; None without two sides to have a middle."""
        if quote is None or not 0 < quote.bid <= quote.ask:
            return None
        if rests(ticket, quote):
            return ZERO
        middle = (quote.bid_px + quote.ask_px) / 2
        half_spread = ZERO if self.settings.fill == "instant" else (quote.ask_px - quote.bid_px) / 2 / middle
        moved = Decimal(str(self.impact(ticket.instrument_id, ticket.quantity)))
        frac = half_spread + self.settings.slippage_bps / _TEN_THOUSAND + moved
        if ticket.limit_px is None:
            return frac
        begins = middle if ticket.stop_px is None else ticket.stop_px
        return min(frac, max(ZERO, (ticket.limit_px / begins - 1) * ticket.side.sign))


def rests(ticket: OrderTicket, quote: Quote) -> bool:
    """Tell whether a limit order waits at its price and meets nothing of the quote. Who waits for a stop takes then."""
    if ticket.limit_px is None or ticket.order_type is not OrderType.LIMIT:
        return False
    return ticket.limit_px < quote.ask_px if ticket.side is Side.BUY else ticket.limit_px > quote.bid_px
