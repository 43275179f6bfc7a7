"""A session on disk whose tape stands still, to be asked and to be broken."""

import asyncio
from pathlib import Path

from cockpit.bootstrap import Built, build
from cockpit.paths import paths_for
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL, AccountId, BrokerId, InstrumentId
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Side, TimeInForce
from tests.doubles.runs import settings_for

AAPL = InstrumentId("AAPL.XNAS")


class Desk:
    """One running session and its folder."""

    def __init__(self, built: Built, folder: Path) -> None:
        self.session = built.session
        self.folder = folder
        self.serving = asyncio.create_task(built.session.serve())

    async def rest_an_order(self, ticks: int = 100) -> oev.OrderInitialized:
        """Return an order that works far from the market, at so many ticks."""
        ticket = OrderTicket(
            broker=BrokerId("sim"),
            account=AccountId("SIM-000001"),
            strategy_id=MANUAL,
            instrument_id=AAPL,
            side=Side.BUY,
            quantity=self.session.state.instruments.by_id[AAPL].lot,
            order_type=OrderType.LIMIT,
            limit_px=self.session.state.instruments.by_id[AAPL].tick * ticks,
            tif=TimeInForce.GTC,
        )
        records = await self.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
        made = [record.event for record in records if isinstance(record.event, oev.OrderInitialized)]
        await self.session.inbox.ask(do.EnableStrategy(actor="test"))  # a turn of the loop: the venue has answered
        return made[0]


async def opened(folder: Path, **changes: str) -> Desk:
    """Return a session that has seen its first quotes and stands still."""
    settings = settings_for(**changes)
    built = await build(settings, paths_for(settings, folder, {}), speed="max")
    await built.session.start(built.market.history)
    seen = asyncio.Event()

    def pause_after_first_bars(record: ev.Record) -> None:
        if isinstance(record.event, ev.TapePositioned):
            built.session.pace.pause(paused=True)
            seen.set()

    built.session.bus.subscribe(pause_after_first_bars)
    desk = Desk(built, folder / "paper" / "sim" / "SIM-000001")
    await seen.wait()
    return desk


async def close(desk: Desk) -> None:
    """End the session in order."""
    desk.session.end("test", "done")
    await desk.serving


def status(desk: Desk, made: oev.OrderInitialized) -> OrderStatus:
    """Return where an order is now."""
    return desk.session.state.blotter.orders[made.client_order_id].status


async def until(true: object) -> None:
    """Let the loop turn until something holds."""
    assert callable(true)
    while not true():  # noqa: ASYNC110 - what is waited for is a state, and no event announces it
        await asyncio.sleep(0)
