"""How many orders pass per second, ticket to fill: `python bench/pipeline.py [--orders N] [--singles N]`.

Every order goes the whole way: command, gate with every rule of the catalog, approval record, venue, reports, ledger;
encoded and hashed. Limits are raised so that nothing is denied; no rule is left out. Buys and sells alternate over
four instruments. What differs between the rows is the journal and how orders are offered:

    memory       records kept in memory and hashed in the same run
    together     FULL journal, all tickets waiting at once: a commit carries a batch
    singly       FULL journal, the next ticket only when the last one's fill is durable; p50 and p99 of that time

The bound beside the durable rows is a bare FULL commit of one small row to the same disk, measured in the same run.
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from brokers.sim.venue import SIM, SimBroker
from brokers.synthetic import SyntheticFeed
from cockpit.settle import settle
from oms.bus import Bus
from oms.chains import Chains
from oms.clock import SimClock
from oms.decide.decider import Decider
from oms.domain import commands as do
from oms.domain.calendar import TradingHours
from oms.domain.fees import PercentFee
from oms.domain.ids import AccountId, Route, StrategyId
from oms.domain.order import OrderTicket, OrderType, Side
from oms.domain.signal import TradingSignal
from oms.domain.units import Money
from oms.engine import OrderManagementSystem
from oms.journal.memory import MemoryJournal
from oms.journal.sqlite import SqliteJournal
from oms.lanes import Asked
from oms.router import Router
from oms.state import State
from risk.catalog import RULES, build_rules, build_sizer
from risk.engine import RiskManager

ACCOUNT = AccountId("BENCH-1")
BATCH = 256
RAISED: dict[str, dict[str, object]] = {
    "max_order_value": {"limit": Decimal(10**9)},
    "max_position": {"limit": Decimal(1)},
    "max_trades": {"limit": 1_000},
    "max_positions": {"limit": 1_000},
    "max_per_symbol": {"limit": 1_000},
    "duplicate": {"limit": Decimal(0)},
    "daily_loss": {"limit": Decimal(10**9), "limit_frac": Decimal(1)},
    "short_sale": {"allow": True},
    "order_rate": {"limit": 10**7, "burst": 999},
}


class Silent:
    """No strategies: tickets come from outside."""

    def react(self, _record: object) -> Sequence[TradingSignal]:
        """Say nothing."""
        return ()

    def drain_faults(self) -> Sequence[tuple[StrategyId, str]]:
        """Have had no fault."""
        return ()


class Bench:
    """An engine with one simulated account and open hours, and the tickets to put through it."""

    def __init__(self, journal: MemoryJournal | SqliteJournal) -> None:
        self.feed = SyntheticFeed(seed=1, count=4)
        self.journal = journal
        self.venue = SimBroker(
            account=ACCOUNT,
            cash=Money(Decimal(10**9), "USD"),
            seed=1,
            instruments=self.feed.instruments,
            fees=PercentFee(frac=Decimal("0.0005")),
        )
        hours = {"always": TradingHours.always("always")}
        self.gate = RiskManager(
            build_rules({name: RAISED.get(name, {}) for name in RULES}),
            hours=hours,
            feed_interval=self.feed.interval,
        )
        self.state = State({SIM: SimBroker.capabilities})
        self.engine = OrderManagementSystem(
            state=self.state,
            decider=Decider(self.gate, build_sizer("fixed_risk", {}, broker=SIM, account=ACCOUNT)),
            reactor=Silent(),
            clock=SimClock(),
            wall=time.time_ns,
            chains=Chains(),
            journal=journal,
            bus=Bus(),
            router=Router({Route(SIM, ACCOUNT): self.venue}, threading.Event()),
        )

    async def begin(self) -> None:
        """List the instruments, report the cash, show one quote of each."""
        await self.serve(
            do.BeginRun(
                actor="bench",
                prefix="BENCH",
                mode="paper",
                seed=1,
                config_hash="",
                feed=self.feed.name,
                feed_hash=self.feed.hash,
                currency="USD",
                instruments=self.feed.instruments,
                limits=self.gate.limits(),
                strategies=(),
            )
        )
        await self.serve(do.BrokerUp(actor="bench", broker=SIM, snapshot=await self.venue.connect()))
        await self.next_instant()

    async def next_instant(self) -> None:
        """Show one quote of each instrument: time moves on, and the order rate with it."""
        for _ in self.feed.instruments:
            quote = self.feed.advance()
            if quote is not None:
                self.venue.on_market(quote)
                await self.engine.serve([Asked(quote)])

    async def serve(self, *commands: do.Command) -> None:
        """Take commands all the way to the fills they cause."""
        await self.engine.serve([Asked(command) for command in commands])
        while reports := self.venue.drain():
            await self.engine.serve([Asked(report) for report in reports])

    def ticket(self, number: int) -> do.SubmitTicket:
        """Return the n-th ticket: instruments in turn, a buy and then a sell of each."""
        instrument = self.feed.instruments[number % 4]
        return do.SubmitTicket(
            actor="bench",
            ticket=OrderTicket(
                broker=SIM,
                account=ACCOUNT,
                strategy_id=StrategyId("bench"),
                instrument_id=instrument.instrument_id,
                side=Side.BUY if number // 4 % 2 == 0 else Side.SELL,
                quantity=Decimal(10),
                order_type=OrderType.MARKET,
            ),
        )


async def together(journal: MemoryJournal | SqliteJournal, orders: int) -> tuple[float, Bench]:
    """Return the seconds that all orders took, offered at once, and the bench afterwards."""
    bench = Bench(journal)
    await bench.begin()
    tickets = [bench.ticket(number) for number in range(orders)]
    settle()
    began = time.perf_counter()
    for start in range(0, orders, BATCH):
        await bench.next_instant()
        await bench.serve(*tickets[start : start + BATCH])
    if isinstance(journal, MemoryJournal):
        _ = journal.hash
    took = time.perf_counter() - began
    filled = sum(1 for order in bench.state.blotter.orders.values() if order.status.value == "FILLED")
    if filled != orders:
        msg = f"{filled} of {orders} filled: the limits are not raised enough"
        raise RuntimeError(msg)
    return took, bench


async def singly(journal: SqliteJournal, orders: int) -> list[float]:
    """Return how long each order took, ticket to durable fill, in seconds."""
    bench = Bench(journal)
    await bench.begin()
    times = []
    for number in range(orders):
        if not number % BATCH:
            await bench.next_instant()
        began = time.perf_counter()
        await bench.serve(bench.ticket(number))
        times.append(time.perf_counter() - began)
    return times


def bare_commits(folder: Path, commits: int) -> float:
    """Return the seconds of one FULL commit of one small row, the least that any durable order can cost."""
    connection = sqlite3.connect(folder / "bound.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE rows(text TEXT)")
    began = time.perf_counter()
    for _ in range(commits):
        connection.execute("INSERT INTO rows VALUES('x')")
    took = (time.perf_counter() - began) / commits
    connection.close()
    return took


async def measure(orders: int, singles: int) -> None:
    """Measure all rows and print them."""
    small, _ = await together(MemoryJournal(), 1_000)
    print(f"memory    {1_000 / small:>9,.0f} orders/s   1,000 orders, {len(RULES)} rules")  # noqa: T201
    large, bench = await together(MemoryJournal(), orders)
    records = bench.state.seq / orders
    print(f"memory    {orders / large:>9,.0f} orders/s   {orders:,} orders, {records:.1f} records each")  # noqa: T201
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "private"
        folder.mkdir(mode=0o700)
        bound = bare_commits(folder, singles)
        journal = await SqliteJournal.open(folder / "together" / "journal.sqlite")
        took, _ = await together(journal, orders // 5)
        await journal.close()
        print(f"together  {orders / 5 / took:>9,.0f} orders/s   {orders // 5:,} orders, FULL journal")  # noqa: T201
        journal = await SqliteJournal.open(folder / "singly" / "journal.sqlite")
        times = await singly(journal, singles)
        await journal.close()
    p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
    print(  # noqa: T201
        f"singly    p50 {p50 * 1e3:.2f} ms  p99 {p99 * 1e3:.2f} ms   {singles:,} orders, FULL journal; "
        f"a bare commit {bound * 1e3:.2f} ms, p50 is {p50 / bound:.1f} of them"
    )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=100_000, help="orders in the large runs")
    parser.add_argument("--singles", type=int, default=1_000, help="orders in the run that waits for each")
    given = parser.parse_args()
    asyncio.run(measure(given.orders, given.singles))


if __name__ == "__main__":
    main()
