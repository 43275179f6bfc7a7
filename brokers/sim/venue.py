"""The simulated venue: it matches orders against whatever market it is shown, and keeps books of its own.

Backtest and paper trade here. The venue lives in engine time, which is the time of the newest datum it has seen and
never goes back. It is in lockstep: shown a datum before the engine is, asked for its reports after, it never speaks by
itself. Every call that changes something is one commit of its book, and only then do the call's reports go to the
outbox; so whatever was reported can be asked for again, also by another process after a crash.

An order meets the newest quote of its instrument when it arrives. Only where bars are told by their ends it may have
to wait for the next: a quote with a range says that the time before it is over, in all instruments. Otherwise whoever
hears the first close of a day could buy what closes a moment later at the price of its open.

It can be set to be far away (`latency_ms`), and to be badly heard (`lost_frac`): then nothing comes back of some
orders until somebody asks about them. Between two data it knows one thing by the clock, when a GTD order ends. A
question travels on a line of its own, which is quick and sure, but does not overtake the order that it is about; so
what is not found was never taken.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from brokers.sim.admission import Admission
from brokers.sim.book import Book, PlacedOrder
from brokers.sim.disk_book import DiskBook
from brokers.sim.floor import Floor
from brokers.sim.matching import Matching
from brokers.sim.pit import Pit
from brokers.sim.settings import SimSettings
from brokers.sim.simulated import SimulatedVenue
from brokers.sim.wire import Wire
from oms.domain.account import AccountSnapshot
from oms.domain.capabilities import Capabilities
from oms.domain.fees import FeeSchedule
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.market import MarketData, Quote, SessionEnded
from oms.domain.order import Order, OrderTicket, TimeInForce
from oms.domain.report import CancelReject, ExecType, NotFound, ReplaceReject, Terms, VenueReport
from oms.domain.units import Money, Nanos, Quantity

SIM: Final = BrokerId("sim")

_AT_ONCE: Final = {
    TimeInForce.IOC: "IOC: what cannot trade at once is canceled",
    TimeInForce.FOK: "FOK: not all of it can trade at once",
}


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
        self._matching = Matching(seed, settings)
        self._book = DiskBook(book, account, cash) if book else Book(cash)
        self._floor = Floor(sized=settings.fill == "depth")
        self._expiry: Nanos | None = None  # when the first GTD order ends
        self._wire = Wire(settings.latency)
        self._pit = Pit(self._book, self._matching, self._floor, fees, lambda: self._heard_at)

    async def connect(self) -> AccountSnapshot:
        """Open the book and return what it says. What was on its way over an earlier link is lost.

        Raises:
            BookError: a ConnectionError; the file cannot be read or written, or is another account's.
        """
        self._book.open()
        self._wire.cut()
        self._wire.now = max(self._wire.now, self._book.ts)
        self._expiry = self._book.next_expiry()
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

    def replace(self, order: Order, ticket: OrderTicket) -> None:
        """Change an order that works. It keeps its place before others only where it merely shrinks.

        Raises:
            BookError: it could not be written down, and nothing is reported.
        """
        self._wire.send(lambda sent: self._amend(sent, ticket), order)

    def query(self, order: Order) -> None:
        """Tell all reports of an order again, or that it is not known.

        Raises:
            BookError: the book is not open.
        """
        self._wire.follow(self._answer, order)

    def due(self) -> Nanos | None:
        """Return when something arrives here or there next; None when nothing is on its way."""
        return self._wire.due()

    def expires(self) -> Nanos | None:
        """Return when the first GTD order ends; None when there is none."""
        return self._expiry

    def pass_to(self, ts: Nanos) -> None:
        """Let everything arrive that is due by `ts`, and end the GTD orders whose instant has come.

        Raises:
            BookError: something that happened could not be written down, and nothing of it is reported.
        """
        while self._expiry is not None and self._expiry <= ts:
            self._wire.pass_to(self._expiry)
            self._pit.expire_by(self._wire.now)
            self._expiry = self._book.next_expiry()
            self._settle()
        self._wire.pass_to(ts)

    def on_market(self, data: MarketData) -> None:
        """Match what works in a quote's instrument, or end the day's orders with their session.

        A quote without two positive sides in their order is no price: nothing trades on it.

        Raises:
            BookError: what happened could not be written down, and nothing of it is reported.
        """
        self.pass_to(data.ts)
        if isinstance(data, Quote):
            if not 0 < data.bid <= data.ask:
                return
            self._pit.trade(data)
        elif isinstance(data, SessionEnded):
            self._pit.end_session(data.session)
        else:
            self._matching.see(data)
        if self._pit.said:
            self._settle()

    def drain(self) -> Sequence[VenueReport]:
        """Take all reports that wait, oldest first."""
        return self._wire.drain()

    def impact_frac(self, instrument_id: InstrumentId, quantity: Quantity) -> float:
        """Return what taking a quantity now would move the price, by the bars that were seen."""
        return self._matching.impact_frac(instrument_id, quantity)

    def _place(self, order: Order) -> None:
        known = self._book.orders.get(order.client_order_id)
        if known is not None:
            self._pit.said.extend(known.reports)
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
                self._pit.said.extend(placed.reports)
            if placed.working:
                self._pit.tell(placed, ExecType.CANCELED)
            else:
                self._refuse_cancel(order.client_order_id, _ended(placed))
        self._settle()

    def _answer(self, order: Order) -> None:
        """Tell at once what is known of an order. Raises BookError."""
        self._book.commit()
        placed = self._book.orders.get(order.client_order_id)
        self._wire.hear(order.client_order_id)
        unknown = NotFound(client_order_id=order.client_order_id, ts=self._wire.now)
        self._wire.tell(placed.reports if placed is not None else (unknown,))

    def _amend(self, order: Order, ticket: OrderTicket) -> None:
        placed = self._book.orders.get(order.client_order_id)
        number = order.replaces
        if placed is not None and placed.changes >= number:
            self._pit.said += [r for r in placed.reports if r.terms is not None and r.terms.number == number]
        elif placed is None or not placed.working:
            self._refuse_change(order, "no such order here" if placed is None else _ended(placed))
        elif text := self._admission.refused_change(placed, ticket, self._book):
            self._refuse_change(order, text)
        else:
            terms = Terms(number=number, quantity=ticket.quantity, limit_px=ticket.limit_px, stop_px=ticket.stop_px)
            self._pit.tell(placed, ExecType.REPLACED, terms=terms)
            self._pit.meet(placed)
        self._settle()

    def _take(self, order: Order) -> None:
        ticket = order.ticket
        placed = self._book.enter(order.client_order_id, ticket)
        text = self._admission.refusal(ticket, self._book, self._floor, self._wire.now)
        if not text and self._matching.rejects(order.client_order_id):
            text = "rejected by chance, as the venue is set to do"
        if text:
            self._pit.tell(placed, ExecType.REJECTED, text)
            return
        self._pit.tell(placed, ExecType.NEW)
        self._pit.meet(placed)
        if ticket.tif is TimeInForce.GTD and placed.working:
            self._expiry = self._book.next_expiry()
        if placed.working and ticket.tif in _AT_ONCE:
            self._pit.tell(placed, ExecType.CANCELED, _AT_ONCE[ticket.tif])

    def _refuse_cancel(self, order_id: ClientOrderId, text: str) -> None:
        self._pit.said.append(CancelReject(client_order_id=order_id, ts=self._heard_at, text=text))

    def _refuse_change(self, order: Order, text: str) -> None:
        self._pit.said.append(
            ReplaceReject(client_order_id=order.client_order_id, number=order.replaces, ts=self._heard_at, text=text)
        )

    @property
    def _heard_at(self) -> Nanos:
        """When what is said now will be heard, which is the time it bears."""
        return self._wire.now + self._wire.latency

    def _settle(self) -> None:
        """Commit the book, then let the call's reports go; when the commit fails they are never told."""
        said, self._pit.said = self._pit.said, []
        self._book.commit()
        self._wire.say(said)


def _ended(placed: PlacedOrder) -> str:
    """Return in words how an order has ended."""
    ended = placed.reports[-1].exec_type
    return f"the order is already {'filled' if ended is ExecType.TRADE else ended.lower()}"
