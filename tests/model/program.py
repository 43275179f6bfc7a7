"""The program: the real engine, gate, router and journal, which can die at any commit and start again.

What survives is the journal and the venue. A death is an exception out of the append or right behind it; whatever was
not appended then never happened, and whatever was not handed over never left.
"""

import threading
from collections.abc import Coroutine
from hashlib import sha256
from typing import Any, Final, TypeVar

import msgspec

from oms.bus import Bus
from oms.chains import Chains
from oms.clock import SimClock
from oms.decide.decider import Decider
from oms.decide.input import Input
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.account import AccountSnapshot
from oms.domain.calendar import TradingHours
from oms.domain.capabilities import Capabilities
from oms.domain.deadline import DeadlineReached
from oms.domain.ids import ClientOrderId, InstrumentId, Route, StrategyId
from oms.domain.market import Quote
from oms.domain.order import Order, OrderType
from oms.domain.units import SECOND, Money
from oms.engine import OrderManagementSystem
from oms.journal.memory import MemoryJournal
from oms.lanes import Asked
from oms.router import Router
from oms.state import State
from risk.engine import RiskManager
from risk.rules.max_position import MaxPosition
from risk.rules.sane_numbers import SaneNumbers
from risk.rules.trading_state import TradingStateRule
from tests.doubles.core import FixedSizer, Opinions
from tests.doubles.share import share
from tests.model.account import MOST_FRAC
from tests.model.handed import all_left
from tests.model.ports import ACCOUNT, SIM, START, Disk, Port
from tests.model.reunion import Reunion
from tests.model.straight import Straight
from tests.model.translate import at_venue, to_report
from tests.model.venue import Venue
from tests.model.words import WORTH, Word

SYMBOLS: Final = ("AAA.XNYS", "BBB.XNYS")
RATE: Final = "BNB/USD.COINS"  # what fees in coins are worth; its price stands still
INSTRUMENTS: Final = {symbol: share(symbol, calendar="always") for symbol in (*SYMBOLS, RATE)}

T = TypeVar("T")


class Program:
    """One account's process after process."""

    def __init__(self, venue: Venue, *, at_once: bool, stops: bool, changes: bool) -> None:
        self.venue = venue
        types = frozenset(OrderType) if stops else frozenset({OrderType.MARKET, OrderType.LIMIT})
        self.capabilities = Capabilities(knows_at_once=at_once, order_types=types, replaces=changes)
        self.disk = Disk()
        self.now = START
        self._passing = 0  # records that were published and are in no journal
        self._heard: list[ev.Record] = []  # what was published of the newest batch, questions among it
        self._read = 0  # records of the journal whose approvals were noted
        self._approvals: dict[str, str] = {}  # order -> the hash of what was approved
        self._build()

    def _build(self) -> None:
        self.state = State({SIM: self.capabilities})
        self.latch = threading.Event()
        clock = SimClock(self.now)
        self.port = Port(self.venue, self._may_leave, self.capabilities)
        self.router = Router({Route(SIM, ACCOUNT): self.port}, self.latch, clock.now)
        rules = (TradingStateRule(), SaneNumbers(), MaxPosition(limit=MOST_FRAC))
        self.gate = RiskManager(rules, {"always": TradingHours.always("always")}, SECOND)
        self.bus = Bus()
        self.bus.subscribe(self._hear)
        self.chains = Chains()
        self.engine = OrderManagementSystem(
            state=self.state,
            decider=Decider(self.gate, FixedSizer(SIM, ACCOUNT)),
            reactor=Opinions(),
            clock=clock,
            wall=lambda: self.now,
            chains=self.chains,
            journal=self.disk,
            bus=self.bus,
            router=self.router,
        )
        self.link = Reunion(broker=self.port, engine=self.engine, inbox=Straight(self.put), router=self.router)

    def _hear(self, record: ev.Record) -> None:
        assert record.seq <= self.disk.seq, "I-19: told before it was durable"
        self._heard.append(record)
        self._passing += not record.seq

    def _may_leave(self, order: Order) -> None:
        name, sent = order.client_order_id, sha256(msgspec.json.encode(order.ticket)).hexdigest()
        for record in self.durable(self._read):
            if isinstance(record.event, oev.OrderSubmitted):
                approved = self._approvals.setdefault(record.event.client_order_id, record.event.ticket_hash)
                assert approved is record.event.ticket_hash, f"I-02: {record.event.client_order_id} is approved again"
        self._read = self.disk.seq
        assert name in self._approvals, f"I-01: {name} leaves without a durable approval"
        assert self._approvals[name] == sent, f"I-02: {name} leaves other than it was approved"
        assert name not in self.venue.handed, f"I-04: {name} is sent again"

    def start(self) -> None:
        """Fold the journal and begin a run."""
        self._build()
        for record in self.durable():
            self.state.apply(record)
            self.chains.restore(record)
        self.venue.linked = True
        self.put(
            do.BeginRun(
                actor="model",
                prefix="M",
                mode="paper",
                seed=1,
                config_hash="0",
                feed="model",
                feed_hash="0",
                currency="USD",
                instruments=tuple(INSTRUMENTS.values()),
                limits=self.gate.limits(),
                strategies=(StrategyId("trend"), StrategyId("pairs")),
            )
        )
        ticks = int(WORTH["BNB"] * 100)
        self.quote(RATE, ticks, ticks + 1)

    @property
    def records(self) -> int:
        """How many there were, also such as are in no journal."""
        return self.disk.seq + self._passing

    def durable(self, after: int = 0) -> list[ev.Record]:
        """Return what the journal holds after a record."""
        return run(_all(self.disk, after))

    def books(self, at: int) -> AccountSnapshot:
        """Return the venue's, as of an instant of its clock."""
        venue = self.venue
        return AccountSnapshot(
            broker=SIM,
            account=ACCOUNT,
            ts=at_venue(at),
            cash=tuple(Money(amount, currency) for currency, amount in venue.cash.items()),
            net=tuple((InstrumentId(symbol), net) for symbol, net in venue.net.items() if net),
            open_orders=tuple(map(ClientOrderId, venue.working())),
        )

    def put(self, *causes: Input) -> None:
        """Serve a batch and all that comes of handing it over. Raises Died."""
        waiting: list[Input] = list(causes)
        while waiting:
            self._heard.clear()
            self.port.given.clear()
            latched = self.latch.is_set()
            waiting = list(run(self.engine.serve([Asked(cause) for cause in waiting])))
            if self.venue.linked and self.link.is_up:
                all_left(self._heard, waiting, self.port.given, self.state, latched=latched)
            else:
                assert not self.port.given, f"over a link that is not up: {self.port.given}"

    def hear(self, word: Word) -> None:
        """Hear what the venue says."""
        self.put(to_report(word, self.now))

    def wait(self, secs: float) -> None:
        """Let time pass, deadline by deadline."""
        until = self.now + int(secs * SECOND)
        while (deadline := self.state.next_deadline()) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self.put(DeadlineReached(ts=deadline))
        self.now = until
        self.put(DeadlineReached(ts=until))

    def quote(self, symbol: str, bid: int, ask: int) -> None:
        """Show a price, in ticks."""
        instrument = INSTRUMENTS[symbol]
        self.put(Quote(instrument=instrument, ts=self.now, bid=bid, ask=ask, last=bid, bid_size=1, ask_size=1))


def run(what: Coroutine[Any, Any, T]) -> T:
    """Run what never waits for anything."""
    try:
        what.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("it waits")


async def _all(journal: MemoryJournal, after: int = 0) -> list[ev.Record]:
    return [record async for record in journal.replay(after)]
