"""A paper session as it is run, without its screen, and orders through it.

Journal and venue keep their books on the disk, durable as ever, the log is written at INFO, and everybody who listens
to the bus listens. Tickets wait in the inbox a batch at a time, so that the order rate of one instant is kept.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.engine import nth_ticket
from bench.floors import Ran
from bench.raised import RAISED
from cockpit.bootstrap import Built, build
from cockpit.config import load
from cockpit.paths import paths_for
from cockpit.settings import Settings
from cockpit.settle import settle
from oms.domain.events import MarketMoved
from oms.domain.ids import AccountId
from oms.domain.market import Quote
from oms.domain.order import OrderStatus
from oms.lanes import BATCH

ACCOUNT: Final = AccountId("PAPER-1")
CONFIG: Final = f"""
[session]
feed = "synthetic"
account = "{ACCOUNT}"
cash = 1000000000
[feed.synthetic]
instruments = 4
quotes_per_sec = 4
speed = "max"
[strategies]
[sim]
partial = 0
{RAISED}
[risk.short_sale]
allow = true
"""


class Paper:
    """A paper session whose prices move only when they are told to."""

    def __init__(self, built: Built) -> None:
        self.session = built.session
        self._history = built.market.history
        self._instruments = built.market.feed.instruments
        self._left = 0  # quotes until the market stands still again
        self._stands = asyncio.Event()
        self.session.bus.subscribe(lambda record: self._count(record.event), MarketMoved)

    async def serve(self, orders: int) -> Ran:
        """Run the session, put orders through it, and return what they took."""
        self._move()
        await self.session.start(self._history)
        settle()
        serving = asyncio.create_task(self.session.serve())
        await self._stands.wait()
        wall, cpu, seq = time.perf_counter(), time.process_time(), self.session.state.seq
        post = self.session.inbox.post
        for start in range(0, orders, BATCH):
            numbers = range(start, min(start + BATCH, orders))
            await asyncio.wait([post(nth_ticket(self._instruments, number, account=ACCOUNT)) for number in numbers])
            self._move()
            await self._stands.wait()
        ran = Ran(orders, time.perf_counter() - wall, time.process_time() - cpu, self.session.state.seq - seq)
        self.session.end("bench", "all orders are through")
        await serving
        return ran

    def _move(self) -> None:
        """Let one instant pass, which comes after all that waits."""
        self._left = len(self._instruments)
        self._stands.clear()
        self.session.pace.pause(paused=False)

    def _count(self, event: object) -> None:
        if isinstance(event, MarketMoved) and isinstance(event.data, Quote):
            self._left -= 1
            if not self._left:
                self.session.pace.pause(paused=True)
                self._stands.set()


async def as_it_is_run(orders: int) -> Ran:
    """Return what orders take in a paper session.

    Raises:
        RuntimeError: one of them was not filled.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        paper = Paper(await build(settings, paths_for(settings, Path(folder, "state"), {})))
        ran = await paper.serve(orders)
    filled = sum(order.status is OrderStatus.FILLED for order in paper.session.state.blotter.orders.values())
    if filled != orders:
        msg = f"{filled} of {orders} filled"
        raise RuntimeError(msg)
    return ran


def _settings(folder: Path) -> Settings:
    file = folder / "config.toml"
    file.write_text(CONFIG)
    return load(file, {})
