"""Matching: what one order gets from one quote.

A market order, and a limit that the quote already crosses when it arrives, takes: it trades at the other side of the
quote, plus slippage and impact, never beyond its limit. A limit that rests makes: when the other side reaches it later
it trades at its own price, even where the quote has jumped past it, because whoever rests is hit on the way. Under
`instant` there is no spread: everybody meets the mark. Whether the size of the quote is looked at is the venue's
affair.

A stop sleeps until what it would meet reaches its price, a buy's until the ask does and a sell's until the bid does.
Then it takes what is there: the quote that woke it, which after a gap is worse than the stop price. A stop-limit order
that wakes beyond its limit rests from then on.

A quote may carry a range instead of the quotes that would have led to it. Then a limit that rests is reached where the
lowest ask or the highest bid of the range reached it, and not by a print at its price: a low of 99.90 fills a buy at
99.90 only if somebody was ready to sell there, which a bar does not say. A stop is reached where the lowest bid or the
highest ask reached it, and trades at its own price, as the market passed there. The range is the past when it is seen,
so it counts for orders that were there before its quote's instant, at the prices that they have, and for no other; nor
in a closing, which is one price. A bar does not say either what was reached first: the venue lets the stops go first,
which is the worse of the two for who has one of each.

Chance decides three things, whether a sound order is rejected, whether an execution takes only a part, and whether the
answer to an order is lost. All are drawn from the seed, the order's id and the number of the draw. Were there one
stream for all orders, an order more or less would change the fate of every later one, and a session played again after
a restart would go another way.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from hashlib import blake2b
from math import ceil
from operator import attrgetter
from typing import Final

from brokers.sim.impact import Impact
from brokers.sim.placed import Execution, PlacedOrder
from brokers.sim.settings import SimSettings
from oms.domain.fill import LiquiditySide
from oms.domain.ids import ClientOrderId, InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.market import Bar, Quote, Range
from oms.domain.order import OrderTicket, Side, TimeInForce
from oms.domain.units import Price, Quantity

TEN_THOUSAND = 10_000
_BUY: Final = Side.BUY  # a member of an enum costs two lookups, a name none
_TAKER: Final = LiquiditySide.TAKER
# What a taker meets, in ticks: the mark, or the other side of the quote.
_AT_MARK: Final[Mapping[Side, Callable[[Quote], int]]] = dict.fromkeys(Side, attrgetter("last"))
_ACROSS: Final[Mapping[Side, Callable[[Quote], int]]] = {_BUY: attrgetter("ask"), Side.SELL: attrgetter("bid")}
LOSS = -1  # the draw that decides whether an answer is lost; 0 is the rejection's, 1 the first execution's


class Matching:
    """The fill model with its seed. It remembers bars and no order: the same question has the same answer."""

    def __init__(self, seed: int, settings: SimSettings) -> None:
        self._seed = seed
        self._reject, self._lost, self._partial = settings.reject, settings.lost_frac, settings.partial
        self._slippage_bps = settings.slippage_bps
        self._latency = settings.latency
        self._impact = Impact(float(settings.impact))
        self.slips = bool(settings.slippage_bps or settings.impact)
        self._touch = _AT_MARK if settings.fill == "instant" else _ACROSS

    def see(self, bar: Bar) -> None:
        """Learn from a bar how much a size moves."""
        self._impact.see(bar)

    def impact_frac(self, instrument_id: InstrumentId, quantity: Quantity) -> float:
        """Return what taking a quantity now would move the price, as a fraction of it."""
        return self._impact.frac(instrument_id, quantity)

    def slipped(self, ticket: OrderTicket, instrument: Instrument, price: Price, quantity: Quantity) -> Price:
        """Return the price that a taker pays or gets for so much where the market is at a price: what trades moves it
        against the taker, what was wanted does not. Never beyond the limit, and never below a tick."""
        ticks = instrument.ticks(price)
        slip = int((ticks * self._slippage_bps / TEN_THOUSAND).to_integral_value(ROUND_CEILING))
        slip += ceil(ticks * self.impact_frac(ticket.instrument_id, quantity))
        if ticket.side is _BUY:
            price = instrument.price(ticks + slip)
            return price if ticket.limit_px is None else min(price, ticket.limit_px)
        price = instrument.price(max(1, ticks - slip))
        return price if ticket.limit_px is None else max(price, ticket.limit_px)

    def rejects(self, order_id: ClientOrderId) -> bool:
        """Tell whether the order is rejected by chance."""
        if not self._reject:
            return False
        return happens(chance(self._seed, order_id, 0), self._reject)

    def loses(self, order_id: ClientOrderId) -> bool:
        """Tell whether the answer to the order is lost by chance."""
        if not self._lost:
            return False
        return happens(chance(self._seed, order_id, LOSS), self._lost)

    def wakes(self, placed: PlacedOrder, quote: Quote) -> int | None:
        """Return where the market is, in ticks, when it reaches the stop price of an order that sleeps; None if it does
        not."""
        stop_px, buying = placed.ticket.stop_px, placed.ticket.side is Side.BUY
        if stop_px is None:
            return None
        stop, touch = quote.instrument.ticks(stop_px), self._touch[placed.ticket.side](quote)
        between = self._between(placed, quote)
        if between is None:
            return touch if (touch >= stop if buying else touch <= stop) else None
        far = between.high_ask if buying else between.low_bid
        far = touch if far is None else max(touch, far) if buying else min(touch, far)
        return stop if (far >= stop if buying else far <= stop) else None

    def woken(self, placed: PlacedOrder, quote: Quote, at: int) -> Execution | None:
        """Return what an order gets that has just woken with the market at a price in ticks."""
        limit, buying = placed.ticket.limit_px, placed.ticket.side is Side.BUY
        price = quote.instrument.price(at)
        if limit is not None and (price > limit if buying else price < limit):
            touch = quote.instrument.price(self._touch[placed.ticket.side](quote))
            if touch > limit if buying else touch < limit:
                return None
            return Execution(self._quantity(placed, quote), limit, LiquiditySide.MAKER)
        return self._taken(placed, quote, at)

    def execution(self, placed: PlacedOrder, quote: Quote, *, arriving: bool) -> Execution | None:
        """Return what an order that is awake gets from a quote of its instrument, or None.

        `arriving` says that the quote was there before the order, which then takes from it.
        """
        limit, side = placed.ticket.limit_px, placed.ticket.side
        touch = self._touch[side](quote)
        if limit is not None:
            between = None if arriving else self._between(placed, quote)
            reached = quote.instrument.price(touch) if between is None else furthest(quote, between, side)
            if reached > limit if side is _BUY else reached < limit:
                return None
            if not arriving:
                return Execution(self._quantity(placed, quote), limit, LiquiditySide.MAKER)
        return self._taken(placed, quote, touch)

    def _between(self, placed: PlacedOrder, quote: Quote) -> Range | None:
        """Return the range of a quote if the order was there before it, with the prices that it has."""
        if quote.range is None:
            return None
        entered = placed.since - self._latency  # it was there before we could read that it was
        return quote.range if entered < quote.ts else None

    def _quantity(self, placed: PlacedOrder, quote: Quote) -> Quantity:
        partial = self._partial
        if not partial or placed.ticket.tif is TimeInForce.FOK:
            return placed.leaves_qty
        word = chance(self._seed, placed.client_order_id, placed.executions + 1)
        return drawn_quantity(placed.leaves_qty, quote.instrument.lot, partial, word)

    def _taken(self, placed: PlacedOrder, quote: Quote, ticks: int) -> Execution:
        """Return what a taker meets where the market is at a price in ticks."""
        return Execution(self._quantity(placed, quote), quote.instrument.price(ticks), _TAKER)


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
