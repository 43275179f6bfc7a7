"""The real screen over a real session, in Textual's own headless terminal, with a wall clock that is moved by hand."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import NamedTuple, cast

from textual.pilot import Pilot

from cockpit.bootstrap import Built, build
from cockpit.config import load
from cockpit.glyphs import UNICODE, Glyphs
from cockpit.market import Bounds
from cockpit.paths import Paths, paths_for
from cockpit.session import Session
from cockpit.settings import Settings
from cockpit.tui.cockpit import Cockpit
from cockpit.tui.life import Life
from cockpit.tui.lines import Lines
from cockpit.tui.modals.question import Question
from cockpit.tui.said import PART
from cockpit.tui.screens.dashboard import Dashboard
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL, AccountId, BrokerId, ClientOrderId, InstrumentId, StrategyId
from oms.domain.order import OrderTicket, OrderType, Side, TimeInForce
from strategies.base import BaseStrategy
from strategies.config import StrategyConfig
from strategies.runner import StrategyRunner
from tests.cockpit.tui import scene

QUOTES = 20
"""Five instants into the first session: every price is known and the market is open."""


class Wall:
    """Monotonic seconds that pass when somebody says so."""

    def __init__(self) -> None:
        self.now = scene.NOW

    def __call__(self) -> float:
        return self.now

    def put(self, now: float) -> None:
        """Let it be this moment."""
        self.now = now


class Stage(NamedTuple):
    """What a test holds in its hands."""

    app: Cockpit
    pilot: Pilot[None]
    session: Session
    life: Life
    wall: Wall
    records: list[ev.Record]
    paths: Paths

    def row(self, name: str) -> str:
        """What stands in `banner`, `links`, `status` or `keys`."""
        return self.app.screen_stack[0].query_one(f"#{name}", Lines).text

    async def settle(self) -> None:
        """Let everything that was asked for happen, and be painted."""
        await self.pilot.pause()
        await self.session.inbox.heard()
        self.app.paint()
        cast("Dashboard", self.app.screen_stack[0]).finish()
        await self.pilot.pause()

    async def readable(self) -> None:
        """Wait until what is asked was painted: keys that come before do not count."""
        while isinstance(self.app.screen, Question) and self.app.screen._deaf_until is None:  # noqa: SLF001
            await self.pilot.pause(0.005)

    async def until(self, kind: type[ev.Event]) -> ev.Record:
        """Wait for a record of this kind."""
        while not (found := [record for record in self.records if isinstance(record.event, kind)]):
            await self.pilot.pause(0.005)
        return found[-1]


class Standing:
    """Strategies that wait for the same for ever."""

    strategies: Mapping[StrategyId, BaseStrategy] = {
        strategy_id: BaseStrategy(StrategyConfig(strategy_id=strategy_id, instruments=()))
        for strategy_id in scene.WAITING
    }

    def waiting(self, strategy_id: StrategyId) -> dict[InstrumentId, str]:
        items = scene.WAITING[strategy_id].split(PART)
        return {scene.SHARES[item.split()[0].split("/")[0]].instrument_id: item for item in items}

    def leaving(self, _strategy_id: StrategyId) -> str:
        return ""


def settings_for(**changes: str) -> Settings:
    """The default settings with some changed: `ui__theme="matrix"`."""
    return load(None, {f"COCKPIT__{name.upper()}": value for name, value in changes.items()})


async def built_with(settings: Settings, quotes: int = 0) -> tuple[Built, Paths]:
    """A session that has not begun, and that pauses its tape after so many quotes."""
    paths = paths_for(settings, None, os.environ)
    built = await build(settings, paths, bounds=Bounds(bars=40), speed="max" if quotes else None)
    seen = 0

    def count(_record: ev.Record) -> None:
        nonlocal seen
        seen += 1
        if seen == quotes:
            built.session.pace.pause(paused=True)

    built.session.bus.subscribe(count, ev.MarketMoved)
    built.session.pace.pause(paused=not quotes)
    return built, paths


@asynccontextmanager
async def on_stage(
    *, size: tuple[int, int] = (120, 40), quotes: int = 0, settings: Settings | None = None
) -> AsyncIterator[Stage]:
    """Run the screen over a session whose tape is paused, from the start or after so many quotes."""
    chosen = settings or settings_for()
    built, paths = await built_with(chosen, quotes)
    life, wall = Life(built.session, built.market.history), Wall()
    records: list[ev.Record] = []
    built.session.bus.subscribe(lambda record: records.append(record) if record.seq else None)
    app = Cockpit(built, paths, chosen, life, monotonic=wall)
    async with app.run_test(size=size) as pilot:
        stage = Stage(app, pilot, built.session, life, wall, records, paths)
        await stage.until(ev.BrokerConnected)
        while quotes and not built.session.pace.paused:
            await pilot.pause(0.005)
        await stage.settle()
        yield stage
    life.end("the test is over")
    await life.outlive_screen()


class Frozen(Life):
    """A life in which nothing begins."""

    def begin(self, **_: object) -> None:
        """Leave the session as it is."""


@asynccontextmanager
async def in_scene(
    size: tuple[int, int], settings: Settings | None = None, glyphs: Glyphs = UNICODE
) -> AsyncIterator[Stage]:
    """Run the screen over the fixed afternoon: nothing moves any more, not even the wall clock."""
    chosen = settings or settings_for()
    built, paths = await built_with(chosen)
    session = built.session
    session.runner = cast("StrategyRunner", Standing())
    session.pace.pause(paused=False)
    life, wall = Frozen(session, ()), Wall()
    app = Cockpit(built, paths, chosen, life, is_demo=True, glyphs=glyphs, monotonic=wall)
    scene.play(built, wall.put)
    try:
        async with app.run_test(size=size) as pilot:
            stage = Stage(app, pilot, session, life, wall, [], paths)
            await stage.settle()
            yield stage
    finally:
        await session.close()


async def place(stage: Stage) -> ClientOrderId:
    """Place an order by hand that works and does not fill."""
    ticket = OrderTicket(
        broker=BrokerId("sim"), account=AccountId("SIM-000001"), strategy_id=MANUAL,
        instrument_id=InstrumentId("IBM.XNYS"), side=Side.BUY, quantity=Decimal(1), order_type=OrderType.LIMIT,
        limit_px=stage.session.state.marks.by_id[InstrumentId("IBM.XNYS")].px - 2, tif=TimeInForce.GTC,
    )  # fmt: skip
    records = await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
    assert isinstance(records[-1].event, oev.OrderSubmitted), records[-1].event
    await stage.session.inbox.heard()
    return records[-1].event.client_order_id


async def press_stop(stage: Stage) -> None:
    """Press the stop key twice, and wait for the halt."""
    await stage.pilot.press("ctrl+x", "ctrl+x")
    await stage.until(ev.TradingHalted)
    await stage.settle()
