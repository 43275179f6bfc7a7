"""The pit: where orders that the venue has taken meet quotes, and end when their time is over.

Everything that happens is booked at once and said later: what was said stands in `said` until the venue has made the
book durable. The pit decides when an order is matched, and in which order; what it gets then is the matching's affair.
"""

from typing import Final

from brokers.sim.book import Book
from brokers.sim.floor import Floor
from brokers.sim.matching import Matching
from brokers.sim.placed import Execution, PlacedOrder
from brokers.sim.wire import Wire
from oms.domain.fees import FeeSchedule
from oms.domain.fill import LiquiditySide
from oms.domain.market import Quote
from oms.domain.order import OrderTicket, Side, TimeInForce
from oms.domain.report import ExecType, Terms, VenueReport
from oms.domain.units import ZERO, Money, Nanos, Quantity

_BUY: Final = Side.BUY  # a member of an enum costs two lookups, a name none
_TAKER: Final = LiquiditySide.TAKER
_AUCTIONS: Final = frozenset({TimeInForce.AT_THE_OPEN, TimeInForce.AT_THE_CLOSE})
_FOR_A_SESSION: Final = frozenset({TimeInForce.DAY, *_AUCTIONS})


class Pit:
    """Matches what works in a book. What it says will be heard at the other end of the wire. Without `short_sale` no
    trade sells more than is held, whatever was offered when."""

    def __init__(
        self, *, book: Book, matching: Matching, floor: Floor, fees: FeeSchedule, wire: Wire, short_sale: bool
    ) -> None:
        self.expiry: Nanos | None = None  # when the first GTD order ends
        self.said: list[VenueReport] = []  # by the call that runs; nothing of it has left
        self._book = book
        self._matching = matching
        self._floor = floor
        self._fees = fees
        self._wire = wire
        self._short_sale = short_sale

    def begin(self) -> None:
        """Begin with the book as it has been opened."""
        self.said.clear()
        self.look_for_expiry()

    def look_for_expiry(self) -> None:
        """Find out when the first GTD order ends."""
        self.expiry = self._book.next_expiry()

    def say(self) -> None:
        """Let what was said go on its way."""
        if self.said:
            said, self.said = self.said, []
            self._wire.say(said)

    def meet(self, placed: PlacedOrder) -> None:
        """Match an order that has just come, or come anew, against the quote that is there."""
        ticket = placed.ticket
        quote = self._floor.met(ticket.instrument_id)
        if quote is not None and ticket.tif not in _AUCTIONS:
            self._match(placed, quote, arriving=True)

    def trade(self, quote: Quote) -> None:
        """Match what works in a quote's instrument against it. A quote with a range lets the stops go first."""
        opens = self._floor.show(quote)
        working = list(self._book.working.get(quote.instrument.instrument_id, {}).values())
        if quote.range is not None:
            working.sort(key=lambda placed: placed.ticket.stop_px is None or placed.triggered)
        for placed in working:
            tif = placed.ticket.tif
            if tif is TimeInForce.AT_THE_CLOSE:
                continue
            self._match(placed, quote, arriving=opens and tif is TimeInForce.AT_THE_OPEN)
            if tif is TimeInForce.AT_THE_OPEN and placed.working:
                self.tell(placed, ExecType.EXPIRED, "the opening is over")

    def end_session(self, session: str) -> None:
        """Trade what waits for the closing at the last quote, and end what lasts no longer than its session."""
        for instrument_id, working in self._book.working.items():
            quote = self._floor.quotes.get(instrument_id)
            for placed in list(working.values()):
                tif = placed.ticket.tif
                if tif is TimeInForce.AT_THE_CLOSE and quote is not None and instrument_id in self._floor.trading:
                    self._match(placed, quote, arriving=True)
                if tif in _FOR_A_SESSION and placed.working:
                    self.tell(placed, ExecType.EXPIRED, f"the session {session} has ended")
        self._floor.end()

    def expire_by(self, ts: Nanos) -> None:
        """End the GTD orders whose instant has come."""
        for working in self._book.working.values():
            for placed in list(working.values()):
                if placed.ticket.expires_at is not None and placed.ticket.expires_at <= ts:
                    self.tell(placed, ExecType.EXPIRED, "its time is over")
        self.look_for_expiry()

    def tell(self, placed: PlacedOrder, exec_type: ExecType, text: str = "") -> None:
        """Say that an order works, or that it ends without a trade."""
        report = placed.report(exec_type, self._wire.heard_at, text)
        self._book.tell(placed, report)
        self.said.append(report)

    def change(self, placed: PlacedOrder, terms: Terms) -> None:
        """Make an order that works what the terms say, and match it anew."""
        report = placed.report(ExecType.REPLACED, self._wire.heard_at, terms=terms)
        self._book.change(placed, report, terms)
        self.said.append(report)
        self.meet(placed)

    def _match(self, placed: PlacedOrder, quote: Quote, *, arriving: bool) -> None:
        if placed.ticket.stop_px is None or placed.triggered:
            execution = self._matching.execution(placed, quote, arriving=arriving)
        else:
            execution = self._wake(placed, quote)
        if execution is not None:
            self._execute(placed, quote, execution)

    def _wake(self, placed: PlacedOrder, quote: Quote) -> Execution | None:
        """Say that an order wakes if it does, and return what it gets then."""
        at = self._matching.wakes(placed, quote)
        if at is None:
            return None
        self.tell(placed, ExecType.TRIGGERED)
        return self._matching.woken(placed, quote, at)

    def _execute(self, placed: PlacedOrder, quote: Quote, execution: Execution) -> None:
        """Book an execution, as far as the sizes shown and what the order may do allow."""
        ticket, quantity = placed.ticket, execution.quantity
        if self._floor.sized or ticket.reduce_only or ticket.parent_id is not None or self._lends_nothing(ticket):
            quantity = self._allowed(placed, quote, quantity)
            if not quantity:
                return
        instrument, price, liquidity = quote.instrument, execution.price, execution.liquidity
        if self._matching.slips and liquidity is _TAKER:
            price = self._matching.slipped(ticket, instrument, price, quantity)
        unit = price * instrument.multiplier
        value, fee = quantity * unit, self._fees.fee(quantity, unit, placed.filled_qty)
        moved = -value - fee if ticket.side is _BUY else value - fee
        report = placed.trade(liquidity, quantity, price, Money(fee, instrument.currency), self._wire.heard_at)
        self._book.trade(placed, report, quantity, Money(moved, instrument.currency))
        self.said.append(report)

    def _allowed(self, placed: PlacedOrder, quote: Quote, wanted: Quantity) -> Quantity:
        """Return how much of what an order wants it gets, and count it as taken. What is to reduce only ends where
        nothing is left to reduce, and a sale where it would be a short one."""
        ticket = placed.ticket
        quantity = self._floor.left(quote, ticket.side, wanted)
        if ticket.reduce_only or ticket.parent_id is not None:
            room = self._book.room(ticket)
            if room <= ZERO:
                self.tell(placed, ExecType.CANCELED, "it is to reduce only, and nothing is left to reduce")
                return ZERO
            quantity = min(quantity, room)
        if self._lends_nothing(ticket):
            held = self._book.reducible(ticket.instrument_id, ticket.side)
            if not held:
                self.tell(placed, ExecType.CANCELED, "no short sale here, and nothing is left to sell")
                return ZERO
            quantity = min(quantity, held)
        if ticket.tif is TimeInForce.FOK and quantity < placed.leaves_qty:
            return ZERO
        self._floor.take(quote, ticket.side, quantity)
        return quantity

    def _lends_nothing(self, ticket: OrderTicket) -> bool:
        """Tell whether an order may trade no more than what is held."""
        return not self._short_sale and ticket.side is not _BUY
