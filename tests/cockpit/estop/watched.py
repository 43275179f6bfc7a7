"""A running session, its doors, and the ways to stop it from another process's point of view."""

import asyncio
import time
from collections.abc import Callable

from cockpit.bootstrap import Built
from cockpit.estop.doors import Doors
from cockpit.paths import Paths
from oms.domain import events as ev
from oms.domain.risk import TradingState

PATIENCE_SECS = 5.0


class Watched:
    """What a test holds in its hands."""

    def __init__(self, built: Built, paths: Paths, doors: Doors) -> None:
        self.session = built.session
        self.paths = paths
        self.doors = doors
        self.file = paths.state / "ESTOP"
        self.halts: list[ev.TradingHalted] = []
        self._history = built.market.history
        built.session.bus.subscribe(self._note, ev.TradingHalted)

    async def start(self) -> None:
        """Start, and let the tape stand still."""
        self.session.pace.pause(paused=True)
        await self.session.start(self._history)
        self._serving = asyncio.create_task(self.session.serve())

    async def end(self) -> None:
        """End in order."""
        self.session.end("test", "done")
        await self._serving
        await self.doors.close()

    async def halted(self) -> ev.TradingHalted:
        """Wait for the halt and return what the journal says of it."""
        await self.until(lambda: self.session.state.trading.state is TradingState.HALTED and bool(self.halts))
        return self.halts[-1]

    def block_until_stopped(self) -> float:
        """Hold the loop, in Python, until the gate is closed; return how many seconds that took."""
        began = time.monotonic()
        while not self.session.latch.flag.is_set():
            assert time.monotonic() < began + PATIENCE_SECS, "nobody heard the stop"
        return time.monotonic() - began

    @staticmethod
    async def until(true: Callable[[], bool]) -> None:
        """Let the loop turn until something holds."""
        async with asyncio.timeout(PATIENCE_SECS):
            while not true():  # noqa: ASYNC110 - it is set by another thread
                await asyncio.sleep(0.001)

    def _note(self, record: ev.Record) -> None:
        if isinstance(record.event, ev.TradingHalted):
            self.halts.append(record.event)
