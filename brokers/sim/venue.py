"""The simulated venue: it matches orders against whatever market it is shown, and keeps books of its own.

Backtest and paper trade here. The venue lives in engine time, which is the time of the newest datum it has seen and
never goes back. It is in lockstep: shown a datum before the engine is, asked for its reports after, it never speaks by
itself. Every call that changes something is one commit of its book, and only then do the call's reports go to the
outbox; so whatever was reported can be asked for again, also by another process after a crash.

An order meets the newest quote of its instrument when it arrives. Only where bars are told by their ends it may have
to wait for the next: a quote with a range says that the time before it is over, in all instruments. Otherwise whoever
hears the first close of a day could buy what closes a moment later at the price of its open.

It can be set to be far away (`latency_ms`), and to be badly heard (`lost_frac`): then nothing comes back of some orders
until somebody asks about them. A question travels on a line of its own, which is quick and sure, but does not overtake
the order that it is about; so what is not found was never taken.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from brokers.sim.admission import Admission
from brokers.sim.book import Book, PlacedOrder
from brokers.sim.disk_book import DiskBook
from brokers.sim.matching import Matching
from brokers.sim.settings import SimSettings
from brokers.sim.simulated import SimulatedVenue
from brokers.sim.wire import Wire
from oms.domain.account import AccountSnapshot
from oms.domain.capabilities import Capabilities
from oms.domain.fees import FeeSchedule
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.market import MarketData, Quote, SessionEnded
from oms.domain.order import Order, Side, TimeInForce
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, VenueReport
from oms.domain.units import ZERO, Money, Nanos

SIM: Final = BrokerId("sim")


class SimBroker(SimulatedVenue):
    """One simulated account, opened with `cash`, trading `instruments`.

    `book` is the file that the venue keeps its books in; without one they are in memory and end with the process.
    With one, `connect` comes before anything else. A file that exists holds the account as it was left: its cash
    counts and `cash` does not.

    There is no margin here: what may be afforded is judged before an order arrives.
    """

    broker_id = SIM
    capabilities = Capabilities(knows_at_once=True)

    def __init__(
        self,
        *,
        account: AccountId,
        cash: Money,
        seed: int,
        instruments: Sequence[Instrument],
        fees: FeeSchedule,
        settings: SimSettings = SimSettings(),  # noqa: B008 - frozen
        book: Path | None = None,
    ) -> None:
        self.account = account
        listed = {instrument.instrument_id: instrument for instrument in instruments}
        self._admission = Admission(SIM, account, listed, short_sale=settings.short_sale)
        self._fees = fees
        self._matching = Matching(seed, settings)
        self._book = DiskBook(book, account, cash) if book else Book(cash)
        self._quotes: dict[InstrumentId, Quote] = {}
        self._ranged: Nanos = 0  # the instant of the newest quote that came with a range
        self._wire = Wire(settings.latency)
        self._said: list[VenueReport] = []  # by the call that runs; nothing of it has left

    async def connect(self) -> AccountSnapshot:
        """Open the book and return what it says. What was on its way over an earlier link is lost.

        Raises:
            BookError: a ConnectionError; the file cannot be read or written, or is another account's.
        """
        self._book.open()
        self._wire.cut()
        self._wire.now = max(self._wire.now, self._book.ts)
        return AccountSnapshot(
            broker=SIM,
            account=self.account,
            ts=self._wire.now,
            cash=tuple(Money(amount, currency) for currency, amount in self._book.cash.items()),
            net=tuple((instrument_id, net) for instrument_id, net in self._book.net.items() if net),
            open_orders=self._book.open_orders(),
        )

    async def close(self) -> None:
        """Close the book."""
        self._book.close()

    def submit(self, order: Order) -> None:
        """Take an order and match it at once if there is a quote to meet. An id that is known is answered as a query.

        Raises:
            BookError: it could not be written down, and nothing is reported.
        """
        self._wire.send(self._place, order)

    def cancel(self, order: Order) -> None:
        """Cancel what is left of an order.

        Raises:
            BookError: it could not be written down, and nothing is reported.
        """
        self._wire.send(self._end, order)

    def query(self, order: Order) -> None:
        """Tell all reports of an order again, or that it is not known.

        Raises:
            BookError: the book is not open.
        """
        self._wire.follow(self._answer, order)

    def due(self) -> Nanos | None:
        """Return when something arrives here or there next; None when nothing is on its way."""
        return self._wire.due()

    def pass_to(self, ts: Nanos) -> None:
        """Let everything arrive that is due by `ts`.

        Raises:
            BookError: something that arrived could not be written down, and nothing of it is reported.
        """
        self._wire.pass_to(ts)

    def on_market(self, data: MarketData) -> None:
        """Match what works in a quote's instrument, or end the day's orders with their session.

        A quote without two positive sides in their order is no price: nothing trades on it.

        Raises:
            BookError: what happened could not be written down, and nothing of it is reported.
        """
        self._wire.pass_to(data.ts)
        if isinstance(data, Quote):
            if not 0 < data.bid <= data.ask:
                return
            instrument_id = data.instrument.instrument_id
            self._quotes[instrument_id] = data
            if data.range is not None:
                self._ranged = max(self._ranged, data.ts)
            working = self._book.working.get(instrument_id)
            if not working:
                return
            for placed in list(working.values()):
                self._match(placed, data, arriving=False)
        elif isinstance(data, SessionEnded):
            self._expire(data.session)
        if self._said:
            self._settle()

    def drain(self) -> Sequence[VenueReport]:
        """Take all reports that wait, oldest first."""
        return self._wire.drain()

    def _place(self, order: Order) -> None:
        known = self._book.orders.get(order.client_order_id)
        if known is not None:
            self._said.extend(known.reports)
        else:
            if self._matching.loses(order.client_order_id):
                self._wire.lose(order.client_order_id)
            self._take(order)
        self._settle()

    def _end(self, order: Order) -> None:
        placed = self._book.orders.get(order.client_order_id)
        if placed is None:
            self._refuse_cancel(order.client_order_id, "no such order here")
        else:
            if self._wire.hear(order.client_order_id):  # the end alone would not tell what it traded
                self._said.extend(placed.reports)
            if placed.working:
                self._tell(placed, ExecType.CANCELED)
            else:
                ended = placed.reports[-1].exec_type
                state = "filled" if ended is ExecType.TRADE else ended.lower()
                self._refuse_cancel(order.client_order_id, f"the order is already {state}")
        self._settle()

    def _answer(self, order: Order) -> None:
        """Tell at once what is known of an order. Raises BookError."""
        self._book.commit()
        placed = self._book.orders.get(order.client_order_id)
        self._wire.hear(order.client_order_id)
        unknown = NotFound(client_order_id=order.client_order_id, ts=self._wire.now)
        self._wire.tell(placed.reports if placed is not None else (unknown,))

    def _take(self, order: Order) -> None:
        placed = self._book.enter(order.client_order_id, order.ticket)
        text = self._refusal(order)
        if text:
            self._tell(placed, ExecType.REJECTED, text)
            return
        self._tell(placed, ExecType.NEW)
        quote = self._quotes.get(order.ticket.instrument_id)
        if quote is not None and quote.ts >= self._ranged:
            self._match(placed, quote, arriving=True)
        if placed.working and order.ticket.tif is TimeInForce.IOC:
            self._tell(placed, ExecType.CANCELED, "IOC: what cannot trade at once is canceled")

    def _refusal(self, order: Order) -> str:
        text = self._admission.refusal(order.ticket, self._book, self._quotes)
        if not text and self._matching.rejects(order.client_order_id):
            return "rejected by chance, as the venue is set to do"
        return text

    def _match(self, placed: PlacedOrder, quote: Quote, *, arriving: bool) -> None:
        execution = self._matching.execution(placed, quote, arriving=arriving)
        if execution is None:
            return
        instrument = quote.instrument
        fee = self._fees.fee(execution.quantity, execution.price)
        value = execution.quantity * execution.price * instrument.multiplier
        moved = -value if placed.ticket.side is Side.BUY else value
        report = placed.trade(execution, Money(fee, instrument.currency), self._heard_at)
        self._record(placed, report, moved - fee)

    def _expire(self, session: str) -> None:
        for working in self._book.working.values():
            for placed in list(working.values()):
                if placed.ticket.tif is TimeInForce.DAY:
                    self._tell(placed, ExecType.EXPIRED, f"the session {session} has ended")

    def _tell(self, placed: PlacedOrder, exec_type: ExecType, text: str = "") -> None:
        self._record(placed, placed.report(exec_type, self._heard_at, text))

    def _record(self, placed: PlacedOrder, report: ExecutionReport, cash: Decimal = ZERO) -> None:
        self._book.record(placed, report, cash)
        self._said.append(report)

    def _refuse_cancel(self, order_id: ClientOrderId, text: str) -> None:
        self._said.append(CancelReject(client_order_id=order_id, ts=self._heard_at, text=text))

    @property
    def _heard_at(self) -> Nanos:
        """When what is said now will be heard, which is the time it bears."""
        return self._wire.now + self._wire.latency

    def _settle(self) -> None:
        """Commit the book, then let the call's reports go; when the commit fails they are never told."""
        said, self._said = self._said, []
        self._book.commit()
        self._wire.say(said)
