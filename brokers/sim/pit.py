"""The pit: where orders that the venue has taken meet quotes, and end when their time is over.

Everything that happens is booked at once and said later: what was said stands in `said` until the venue has made the
book durable. The pit decides when an order is matched, and in which order; what it gets then is the matching's affair.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from brokers.sim.book import Book, Execution, PlacedOrder
from brokers.sim.floor import Floor
from brokers.sim.matching import Matching
from oms.domain.fees import FeeSchedule
from oms.domain.market import Quote
from oms.domain.order import Side, TimeInForce
from oms.domain.report import ExecType, ExecutionReport, Terms, VenueReport
from oms.domain.units import ZERO, Money, Nanos

_AUCTIONS: Final = frozenset({TimeInForce.AT_THE_OPEN, TimeInForce.AT_THE_CLOSE})
_FOR_A_SESSION: Final = frozenset({TimeInForce.DAY, *_AUCTIONS})


class Pit:
    """Matches what works in a book. `heard_at` is the time that a report bears which is made now."""

    def __init__(
        self, book: Book, matching: Matching, floor: Floor, fees: FeeSchedule, heard_at: Callable[[], Nanos]
    ) -> None:
        self.said: list[VenueReport] = []  # by the call that runs; nothing of it has left
        self._book = book
        self._matching = matching
        self._floor = floor
        self._fees = fees
        self._heard_at = heard_at

    def meet(self, placed: PlacedOrder) -> None:
        """Match an order that has just come, or come anew, against the quote that is there."""
        quote = self._floor.met(placed.ticket.instrument_id)
        if quote is not None and placed.ticket.tif not in _AUCTIONS:
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

    def tell(self, placed: PlacedOrder, exec_type: ExecType, text: str = "", terms: Terms | None = None) -> None:
        """Say something about an order that is no execution."""
        self._record(placed, placed.report(exec_type, self._heard_at(), text, terms))

    def _match(self, placed: PlacedOrder, quote: Quote, *, arriving: bool) -> None:
        if placed.ticket.stop_px is not None and not placed.triggered:
            at = self._matching.wakes(placed, quote)
            if at is None:
                return
            self.tell(placed, ExecType.TRIGGERED)
            execution = self._matching.woken(placed, quote, at)
        else:
            execution = self._matching.execution(placed, quote, arriving=arriving)
        if execution is not None:
            self._execute(placed, quote, execution)

    def _execute(self, placed: PlacedOrder, quote: Quote, execution: Execution) -> None:
        """Book an execution, as far as the sizes shown and what the order may do allow."""
        ticket, wanted = placed.ticket, execution.quantity
        quantity = self._floor.left(quote, ticket.side, wanted)
        if ticket.reduce_only or ticket.parent_id is not None:
            room = self._book.room(ticket)
            if room <= ZERO:
                self.tell(placed, ExecType.CANCELED, "it is to reduce only, and nothing is left to reduce")
                return
            quantity = min(quantity, room)
        if not quantity or (ticket.tif is TimeInForce.FOK and quantity < placed.leaves_qty):
            return
        if quantity != wanted:
            execution = Execution(quantity, execution.price, execution.liquidity)
        self._floor.take(quote, ticket.side, execution)
        instrument = quote.instrument
        unit = execution.price * instrument.multiplier
        fee = self._fees.fee(quantity, unit, placed.filled_qty)
        value = quantity * unit
        moved = -value if ticket.side is Side.BUY else value
        report = placed.trade(execution, Money(fee, instrument.currency), self._heard_at())
        self._record(placed, report, moved - fee)

    def _record(self, placed: PlacedOrder, report: ExecutionReport, cash: Decimal = ZERO) -> None:
        self._book.record(placed, report, cash)
        self.said.append(report)
