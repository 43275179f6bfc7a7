"""A person at a real session: it is built and run as the program does it, and the market stands still while they act.

Nothing is taken out: the configuration that ships, with single values changed as from the environment, all rules, the
simulated venue, the journal on disk. What a story claims is read back from the journal.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from shutil import copyfile
from types import MappingProxyType
from typing import Any

from cockpit.bootstrap import Built, build
from cockpit.market import Bounds
from cockpit.paths import paths_for
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL, AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.market import MarketData, Quote
from oms.domain.order import Order, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.risk import RuleLimits, Verdict
from oms.domain.units import SECOND
from oms.inbox import Inbox
from risk.findings import findings
from tests.doubles import entry
from tests.doubles.feeds import Alter, AlteredFeed
from tests.doubles.runs import settings_for

NOBODY = StrategyId("nobody")


class Trader:
    """Made by `trading`. The market moves only in `see` and `wait`."""

    def __init__(self, built: Built) -> None:
        self.session = session = built.session
        self.state = session.state
        self.impact = built.impact
        self._enough: Callable[[MarketData], bool] = lambda _datum: True
        self._still = asyncio.Event()
        session.bus.subscribe(self._watch, ev.MarketMoved)

    async def see(self, enough: Callable[[MarketData], bool]) -> None:
        """Let the market move up to and including the first datum that is enough."""
        self._enough = enough
        self._still.clear()
        self.session.pace.pause(paused=False)
        await self._still.wait()
        await self.settle()

    async def wait(self, seconds: int) -> None:
        """Let at least so much engine time pass."""
        until = self.state.ts + seconds * SECOND
        await self.see(lambda datum: datum.ts >= until)

    async def open(self) -> None:
        """See a quote of every instrument."""
        seen: set[InstrumentId] = set()

        def all_seen(datum: MarketData) -> bool:
            if isinstance(datum, Quote):
                seen.add(datum.instrument.instrument_id)
            return len(seen) == len(self.session.feed.instruments)

        await self.see(all_seen)

    async def settle(self) -> None:
        """Let everything be answered that the venue has to say: reports go before such a command."""
        await self.session.inbox.ask(do.PauseStrategy(actor="test", strategy_id=NOBODY))

    async def buy(self, quantity: str, symbol: str, limit: str | None = None, **more: Any) -> Order:
        """Send a ticket that buys and return what became of it; a market order unless it has a limit."""
        return await self.send(Side.BUY, quantity, symbol, limit, **more)

    async def sell(self, quantity: str, symbol: str, limit: str | None = None, **more: Any) -> Order:
        """Send a ticket that sells and return what became of it; a market order unless it has a limit."""
        return await self.send(Side.SELL, quantity, symbol, limit, **more)

    def sides(self, symbol: str) -> tuple[Decimal, Decimal]:
        """Return bid and ask."""
        instrument = self.state.instruments.find(symbol)
        assert instrument is not None
        quote = self.state.marks.quotes[instrument.instrument_id]
        return quote.bid_px, quote.ask_px

    async def send(
        self, side: Side, quantity: str, symbol: str, limit: str | None, *, stop: str | None = None, **more: Any
    ) -> Order:
        """Send a ticket and return what became of it once the venue has answered."""
        limited, stopped = (OrderType.LIMIT, OrderType.STOP_LIMIT), (OrderType.MARKET, OrderType.STOP_MARKET)
        instrument = self.state.instruments.find(symbol)
        ticket = OrderTicket(
            broker=BrokerId("sim"),
            account=AccountId("SIM-000001"),
            instrument_id=InstrumentId(symbol) if instrument is None else instrument.instrument_id,
            side=side,
            quantity=Decimal(quantity),
            order_type=(stopped if limit is None else limited)[stop is not None],
            limit_px=None if limit is None else Decimal(limit),
            stop_px=None if stop is None else Decimal(stop),
            **{"strategy_id": MANUAL, "tif": TimeInForce.GTC, **more},
        )
        records = await self.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
        (made,) = [record.event for record in records if isinstance(record.event, oev.OrderInitialized)]
        await self.settle()
        return self.state.blotter.orders[made.client_order_id]

    def orders_of(self, strategy: str) -> list[Order]:
        """Return the orders of a strategy, oldest first."""
        return [order for order in self.state.blotter.orders.values() if order.ticket.strategy_id == strategy]

    async def only(self, rule: str, text: str, *, limit: str, observed: str | None = None) -> None:
        """Demand that the journal holds a fill and a denial, that this rule alone denied whatever was denied, and
        that its last finding says this; without `observed` the text alone tells what that was."""
        limits: dict[int, tuple[RuleLimits, ...]] = {}
        denials: list[oev.OrderDenied] = []
        fills = 0
        async for record in self.session.journal.replay():
            match record.event:
                case ev.LimitsSet() as table:
                    limits[table.number] = table.limits
                case oev.OrderDenied() as denied:
                    denials.append(denied)
                case oev.OrderFilled():
                    fills += 1
                case _:
                    pass
        assert fills, "nothing was filled"
        assert denials, "nothing was denied"
        failed = {denied.decision.failed for denied in denials}
        assert failed == {(rule,)}, failed
        last = denials[-1].decision
        (found,) = [each for each in findings(last, limits[last.limits_no]) if each.verdict is Verdict.DENY]
        assert (found.rule, found.text, found.limit) == (rule, text, Decimal(limit)), found
        assert observed is None or found.observed == Decimal(observed), found

    def _watch(self, record: ev.Record) -> None:
        if isinstance(record.event, ev.MarketMoved) and self._enough(record.event.data):
            self.session.pace.pause(paused=True)
            self._still.set()


@asynccontextmanager
async def trading(
    folder: Path,
    changes: Mapping[str, str] = MappingProxyType({}),
    *,
    start: str | None = None,
    entries: Collection[str] = (),
    alter: Alter | None = None,
) -> AsyncIterator[Trader]:
    """Run a paper session that has not seen a price yet. No strategy runs but the `entries`, by their names.

    `changes` are settings by their place in the configuration, `risk.max_position.limit`, in the file's own words;
    `alter` makes of the feed what it wants.
    """
    settings = settings_for(strategies="{}", **{name.replace(".", "__"): value for name, value in changes.items()})
    for name in entries:
        copyfile(str(entry.__file__), _made(folder / "entries") / f"{name}.py")
    built = await build(
        settings,
        paths_for(settings, folder, {}),
        bounds=Bounds(start=start),
        speed="max",
        strategy_path=folder / "entries" if entries else None,
    )
    session = built.session
    if alter is not None:
        assert isinstance(session.inbox, Inbox)
        session.inbox.feed = AlteredFeed(session.inbox.feed, alter)
    session.pace.pause(paused=True)
    await session.start(built.market.history)
    serving = asyncio.create_task(session.serve())
    try:
        yield Trader(built)
    finally:
        session.end("test", "the story is told")
        await serving


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
