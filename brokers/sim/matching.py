"""Matching: what one order gets from one quote.

The fill model is the spread. A market order, and a limit that the quote already crosses when it arrives, takes: it
trades at the other side of the quote, plus slippage, never beyond its limit. A limit that rests makes: when the other
side reaches it later it trades at its own price, even where the quote has jumped past it, because whoever rests is
hit on the way. The size of the quote is not looked at: an order may be larger than what is shown.

A quote may carry a range instead of the quotes that would have led to it. Then a limit that rests is reached where
the lowest ask or the highest bid of the range reached it, and not by a print at its price: a low of 99.90 fills a buy
at 99.90 only if somebody was ready to sell there, which a bar does not say. The range is the past when it is seen, so
it counts for orders that were there before its quote's instant and for no other. A bar does not say either which of
two limits was reached first; as both trade at their own price and no stops wait here, nothing depends on it.

Chance decides three things, whether a sound order is rejected, whether an execution takes only a part, and whether the
answer to an order is lost. All are drawn from the seed, the order's id and the number of the draw. Were there one
stream for all orders, an order more or less would change the fate of every later one, and a session played again after
a restart would go another way.
"""

from decimal import ROUND_CEILING, Decimal
from hashlib import blake2b

from brokers.sim.book import Execution, PlacedOrder
from brokers.sim.settings import SimSettings
from oms.domain.fill import LiquiditySide
from oms.domain.ids import ClientOrderId
from oms.domain.market import Quote, Range
from oms.domain.order import OrderTicket, Side
from oms.domain.units import Price, Quantity

TEN_THOUSAND = 10_000
LOSS = (
    -1
)  # the number of the draw that decides whether an answer is lost; 0 is the rejection's, 1 the first execution's


class Matching:
    """The fill model with its seed. It remembers nothing: the same question has the same answer."""

    def __init__(self, seed: int, settings: SimSettings) -> None:
        self._seed = seed
        self._settings = settings
        self._latency = settings.latency

    def rejects(self, order_id: ClientOrderId) -> bool:
        """Tell whether the order is rejected by chance."""
        probability = self._settings.reject
        return bool(probability) and happens(chance(self._seed, order_id, 0), probability)

    def loses(self, order_id: ClientOrderId) -> bool:
        """Tell whether the answer to the order is lost by chance."""
        probability = self._settings.lost_frac
        return bool(probability) and happens(chance(self._seed, order_id, LOSS), probability)

    def execution(self, placed: PlacedOrder, quote: Quote, *, arriving: bool) -> Execution | None:
        """Return what an order gets from a quote of its instrument, or None.

        `arriving` says that the quote was there before the order, which then takes from it.
        """
        ticket, quantity, partial = placed.ticket, placed.leaves_qty, self._settings.partial
        entered = placed.reports[0].ts - self._latency  # it was there before we could read that it was
        between = quote.range if entered < quote.ts else None
        price = trade_price(ticket, quote, self._settings.slippage_bps, arriving=arriving, between=between)
        if price is None:
            return None
        if partial:
            word = chance(self._seed, placed.client_order_id, placed.executions + 1)
            quantity = drawn_quantity(quantity, quote.instrument.lot, partial, word)
        takes = arriving or ticket.limit_px is None
        return Execution(quantity, price, LiquiditySide.TAKER if takes else LiquiditySide.MAKER)


def trade_price(
    ticket: OrderTicket, quote: Quote, slippage_bps: Decimal, *, arriving: bool, between: Range | None = None
) -> Price | None:
    """Return the price at which a sound ticket trades on a quote, or None where it does not.

    `between` is the range that a limit has rested through.
    """
    buying, limit = ticket.side is Side.BUY, ticket.limit_px
    touch = quote.ask_px if buying else quote.bid_px
    if limit is not None:
        reached = touch if between is None else furthest(quote, between, ticket.side)
        if reached > limit if buying else reached < limit:
            return None
        if not arriving:
            return limit
    if not slippage_bps:
        return touch
    ticks = quote.ask if buying else quote.bid
    slip = int((ticks * slippage_bps / TEN_THOUSAND).to_integral_value(ROUND_CEILING))
    # A price below one tick is none: the last tick is all that slippage can take from a sell.
    slipped = quote.instrument.price(ticks + slip if buying else max(1, ticks - slip))
    if limit is None:
        return slipped
    return min(slipped, limit) if buying else max(slipped, limit)


def furthest(quote: Quote, between: Range, side: Side) -> Price:
    """Return the best price that a range or the quote after it showed to an order of this side."""
    ticks = min(quote.ask, between.low_ask) if side is Side.BUY else max(quote.bid, between.high_bid)
    return quote.instrument.price(ticks)


def drawn_quantity(leaves_qty: Quantity, lot: Quantity, partial: Decimal, word: int) -> Quantity:
    """Return how much of what is left trades: with probability `partial` a part, from one lot to all but one.

    `word` is 64 bits of chance: the upper half decides whether, the lower half how much.
    """
    lots = int(leaves_qty // lot)
    if lots > 1 and happens(word, partial):
        return lot * (1 + ((word & 0xFFFF_FFFF) * (lots - 1) >> 32))
    return leaves_qty


def happens(word: int, probability: Decimal) -> bool:
    """Tell whether something of this probability happens, from the upper half of a word of 64 bits."""
    return word >> 32 < probability * (1 << 32)


def chance(seed: int, order_id: ClientOrderId, draw: int) -> int:
    """Return 64 bits that depend on the seed, the order and the number of the draw, and on nothing else."""
    key = f"{seed}|{order_id}|{draw}"
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
