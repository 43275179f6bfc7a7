"""A running engine that stands still in the middle of a session, with its socket."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, NamedTuple

from cockpit.bootstrap import build
from cockpit.config import load
from cockpit.market import Bounds
from cockpit.paths import Paths, paths_for
from cockpit.server import client
from cockpit.server.address import socket_path
from cockpit.server.desk import Desk
from cockpit.server.protocol import Request, Response
from cockpit.server.server import Server
from cockpit.session import Session
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL, AccountId, BrokerId, ClientOrderId, InstrumentId
from oms.domain.order import OrderTicket, OrderType, Side, TimeInForce

QUOTES = 7 * 16 * 4 + 20  # seven sessions and a little: there are positions, and the market is open


class Engine(NamedTuple):
    """The engine, and a client's view of it."""

    session: Session
    paths: Paths
    server: Server

    async def ask(self, verb: str, **arguments: Any) -> Response:
        """Ask over the socket, as another process would."""
        answer = await asyncio.to_thread(client.ask, self.server.path, Request(verb=verb, arguments=arguments), 5)
        assert answer is not None
        return answer

    async def place(self, limit_px: str, symbol: str = "IBM.XNYS") -> ClientOrderId:
        """Place an order to buy one, by hand, and return its id."""
        session = self.session
        instrument = session.state.instruments.by_id[InstrumentId(symbol)]
        ticket = OrderTicket(
            broker=BrokerId("sim"),
            account=AccountId("SIM-000001"),
            strategy_id=MANUAL,
            instrument_id=instrument.instrument_id,
            side=Side.BUY,
            quantity=instrument.lot,
            order_type=OrderType.LIMIT,
            limit_px=Decimal(limit_px),
            tif=TimeInForce.GTC,
        )
        records = await session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
        assert isinstance(records[-1].event, oev.OrderSubmitted), records[-1].event
        await session.inbox.heard()
        return records[-1].event.client_order_id


@asynccontextmanager
async def running() -> AsyncIterator[Engine]:
    """Run an engine over the shipped tape, paused."""
    settings = load(None, {})
    paths = paths_for(settings, None, os.environ)
    built = await build(settings, paths, bounds=Bounds(bars=10), speed="max")
    session, still = built.session, asyncio.Event()
    quotes = 0

    def count(_record: ev.Record) -> None:
        nonlocal quotes
        quotes += 1
        if quotes == QUOTES:
            session.pace.pause(paused=True)
            still.set()

    session.bus.subscribe(count, ev.MarketMoved)
    server = Server(Desk(session), socket_path(paths), paths.log)
    await server.open()
    await session.start(built.market.history)
    serving = asyncio.create_task(session.serve())
    await still.wait()
    try:
        yield Engine(session, paths, server)
    finally:
        session.end("test", "over")
        await serving
        await server.close()


@asynccontextmanager
async def connected(engine: Engine) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect as a client that says what it likes."""
    reader, writer = await asyncio.open_unix_connection(engine.server.path)
    try:
        yield reader, writer
    finally:
        writer.close()


async def say(engine: Engine, line: bytes) -> Any:
    """Send a line and return the answer."""
    async with connected(engine) as (reader, writer):
        writer.write(line)
        return json.loads(await reader.readline())
