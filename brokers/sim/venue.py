"""The simulated venue: it matches orders against whatever market it is shown, and keeps books of its own.

Backtest and paper trade here. The venue lives in engine time, which is the time of the newest datum it has seen and
never goes back. It is in lockstep: shown a datum before the engine is, asked for its reports after, it never speaks by
itself. All that has happened since the last time is one commit of its book when its reports are asked for, and only
then are they told; so whatever was reported can be asked for again, also by another process after a crash. What was
handed over and had not come to that is gone with a crash, as if it had been lost on the way.

An order meets the newest quote of its instrument when it arrives. Only where bars are told by their ends it may have
to wait for the next: a quote with a range says that the time before it is over, in all instruments. Otherwise whoever
hears the first close of a day could buy what closes a moment later at the price of its open.

It can be set to be far away (`latency_ms`), and to be badly heard (`lost_frac`): then nothing comes back of some
orders until somebody asks about them. Between two data it knows one thing by the clock, when a GTD order ends. A
question travels on a line of its own, which is quick and sure, but does not overtake the order that it is about; so
what is not found was never taken.
"""

from collections.abc import Awaitable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from brokers.sim.admission import Admission
from brokers.sim.book import Book
from brokers.sim.disk_book import BookError, DiskBook
from brokers.sim.floor import Floor
from brokers.sim.gateway import Gateway
from brokers.sim.matching import Matching
from brokers.sim.pit import Pit
from brokers.sim.settings import SimSettings
from brokers.sim.simulated import SimulatedVenue
from brokers.sim.wire import Wire
from oms.domain.account import AccountSnapshot
from oms.domain.capabilities import Capabilities
from oms.domain.fees import FeeSchedule
from oms.domain.ids import AccountId, BrokerId, InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.market import Bar, MarketData, Quote, SessionEnded
from oms.domain.order import Order, OrderTicket
from oms.domain.report import ExecType, VenueReport
from oms.domain.units import Money, Nanos, Quantity

SIM: Final = BrokerId("sim")
_NEW: Final = ExecType.NEW  # a member of an enum costs two lookups, a name none


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
        self._matching = Matching(seed, settings)
        self._book = DiskBook(book, account, cash) if book else Book(cash)
        floor = Floor(sized=settings.fill == "depth")
        self._wire = Wire(settings.latency)
        self._pit = Pit(
            book=self._book,
            matching=self._matching,
            floor=floor,
            fees=fees,
            wire=self._wire,
            short_sale=settings.short_sale,
        )
        self._gateway = Gateway(
            book=self._book,
            admission=Admission(SIM, account, listed, short_sale=settings.short_sale),
            matching=self._matching,
            floor=floor,
            pit=self._pit,
            wire=self._wire,
        )

    async def connect(self) -> AccountSnapshot:
        """Open the book and return what it says. What was on its way over an earlier link is lost.

        Raises:
            BookError: a ConnectionError; the file cannot be read or written, or is another account's.
        """
        with suppress(BookError):  # what happened since is lost then, as it is in a crash
            self._commit()
        self._book.open()
        self._wire.cut()
        self._wire.now = max(self._wire.now, self._book.ts)
        self._pit.begin()
        return AccountSnapshot(
            broker=SIM,
            account=self.account,
            ts=self._wire.now,
            cash=tuple(Money(amount, currency) for currency, amount in self._book.cash.items()),
            net=tuple((instrument_id, net) for instrument_id, net in self._book.net.items() if net),
            open_orders=self._book.open_orders(),
        )

    async def close(self) -> None:
        """Write down what happened last and close the book.

        Raises:
            BookError: it could not be written down.
        """
        try:
            self._commit()
        finally:
            self._book.close()

    def submit(self, order: Order) -> None:
        """Take an order and match it at once if there is a quote to meet. An id that is known is answered as a query.

        Raises:
            BookError: the book is not open.
        """
        self._wire.send(self._gateway.place, order)

    def cancel(self, order: Order) -> None:
        """Cancel what is left of an order.

        Raises:
            BookError: the book is not open.
        """
        self._wire.send(self._gateway.cancel, order)

    def replace(self, order: Order, ticket: OrderTicket) -> None:
        """Change an order that works. It keeps its place before others only where it merely shrinks.

        Raises:
            BookError: the book is not open.
        """
        self._wire.send(lambda sent: self._gateway.change(sent, ticket), order)

    def query(self, order: Order) -> None:
        """Tell all reports of an order again, or that it is not known.

        Raises:
            BookError: the book is not open.
        """
        self._wire.follow(self._gateway.answer, order)

    def due(self) -> Nanos | None:
        """Return when something arrives here or there next; None when nothing is on its way."""
        return self._wire.due()

    def expires(self) -> Nanos | None:
        """Return when the first GTD order ends; None when there is none."""
        return self._pit.expiry

    def pass_to(self, ts: Nanos) -> None:
        """Let everything arrive that is due by `ts`, and end the GTD orders whose instant has come.

        Raises:
            BookError: an order arrived and the book is not open.
        """
        while (expiry := self._pit.expiry) is not None and expiry <= ts:
            self._wire.pass_to(expiry)
            self._pit.expire_by(self._wire.now)
            self._pit.say()
        self._wire.pass_to(ts)

    def on_market(self, data: MarketData) -> None:
        """Match what works in a quote's instrument, or end the day's orders with their session.

        A quote without two positive sides in their order is no price: nothing trades on it.

        Raises:
            BookError: an order arrived and the book is not open.
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
        self._pit.say()

    def learn(self, bar: Bar) -> None:
        """See a bar that is over and is not played, for the impact."""
        self._matching.see(bar)

    def keep(self) -> Awaitable[object] | None:
        """Begin to write what happened into the book; None where nothing has to be waited for. Raises nothing."""
        return self._book.begin_commit()

    def drain(self) -> Sequence[VenueReport]:
        """Take all reports that wait, oldest first; what they tell, and all that happened besides, is kept by then.

        Raises:
            BookError: it could not be written down, and nothing is reported.
        """
        self._commit()
        return self._wire.drain()

    def impact_frac(self, instrument_id: InstrumentId, quantity: Quantity) -> float:
        """Return what taking a quantity now would move the price, by the bars that were seen."""
        return self._matching.impact_frac(instrument_id, quantity)

    def _commit(self) -> None:
        """Make all that happened last. When that fails nothing of it is told. Raises BookError."""
        try:
            self._book.commit()
        except BookError:
            self._wire.cut()
            self._wire.drain()
            raise
