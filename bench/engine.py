"""The engine that orders are put through to be counted: one simulated account, hours that are always open, no strategy.

Every rule of the catalog judges, with limits raised so far that nothing is denied; a rule that was left out would make
a figure that nobody gets. Tickets come from outside, because what a strategy costs is another question.
"""

import threading
import time
from collections.abc import Sequence
from decimal import Decimal

from brokers.sim.venue import SIM, SimBroker
from brokers.synthetic import SyntheticFeed
from oms.bus import Bus
from oms.chains import Chains
from oms.clock import SimClock
from oms.decide.decider import Decider
from oms.domain import commands as do
from oms.domain.calendar import TradingHours
from oms.domain.fees import PercentFee
from oms.domain.ids import AccountId, Route, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Side
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

    def __init__(self, journal: MemoryJournal | SqliteJournal, instruments: int = 4) -> None:
        self.feed = SyntheticFeed(seed=1, count=instruments)
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
        clock = SimClock()
        self.engine = OrderManagementSystem(
            state=self.state,
            decider=Decider(self.gate, build_sizer("fixed_risk", {}, broker=SIM, account=ACCOUNT)),
            reactor=Silent(),
            clock=clock,
            wall=time.time_ns,
            chains=Chains(),
            journal=journal,
            bus=Bus(),
            router=Router({Route(SIM, ACCOUNT): self.venue}, threading.Event(), clock.now),
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

    def ticket(self, number: int, turn: int = 1) -> do.SubmitTicket:
        """Return the n-th ticket: instruments in turn; of each, `turn` buys and then as many sells."""
        return nth_ticket(self.feed.instruments, number, turn)

    def examine(self, orders: int) -> None:
        """Raise RuntimeError unless so many orders were made and all of them filled."""
        filled = sum(1 for order in self.state.blotter.orders.values() if order.status is OrderStatus.FILLED)
        if filled != orders:
            msg = f"{filled} of {orders} filled: the limits are not raised enough"
            raise RuntimeError(msg)


def nth_ticket(
    instruments: Sequence[Instrument], number: int, turn: int = 1, account: AccountId = ACCOUNT
) -> do.SubmitTicket:
    """Return the n-th ticket of an account: instruments in turn; of each, `turn` buys and then as many sells."""
    return do.SubmitTicket(
        actor="bench",
        ticket=OrderTicket(
            broker=SIM,
            account=account,
            strategy_id=StrategyId("bench"),
            instrument_id=instruments[number % len(instruments)].instrument_id,
            side=Side.BUY if number // (len(instruments) * turn) % 2 == 0 else Side.SELL,
            quantity=Decimal(10),
            order_type=OrderType.MARKET,
        ),
    )
