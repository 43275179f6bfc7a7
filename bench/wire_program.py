"""The cockpit with its screen, to be timed: `python bench/wire_program.py CONFIG STATE SECS REPORT`.

A strategy raises a signal now and then, at moments that no timer of the screen shares. Each is timed from its return,
through sizer, gate and commit, to the entry of the venue's `submit`. After SECS of engine time, the first tenth not
counted, the file REPORT has a `Told`. An error that ends the program goes to its terminal, so to whoever reads that.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Final

import msgspec
from msgspec import Struct

from bench.wire_lag import watch
from bench.wire_told import Sent, Told, Wake
from brokers.catalog import BROKERS
from brokers.sim.venue import SimBroker
from cockpit.bootstrap import Built, build
from cockpit.config import load
from cockpit.estop.doors import Doors
from cockpit.paths import paths_for
from cockpit.settle import rise
from cockpit.tui.app import run as show
from oms.domain.events import MarketMoved, Record
from oms.domain.ids import InstrumentId
from oms.domain.market import Quote
from oms.domain.order import Order, Purpose
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import MINUTE, SECOND
from oms.journal.holdover import Holdover
from strategies import catalog
from strategies.base import BaseStrategy, Signals
from strategies.config import StrategyConfig, StrategyType
from strategies.context import Context

WARM_FRAC: Final = 0.1  # of the time, until the screen stands and what is loaded late is loaded
LOOKS: Final = 8  # at the memory, spread over the time


class Way:
    """What was seen of the orders of this process."""

    def __init__(self) -> None:
        self.raised: dict[InstrumentId, float] = {}
        self.count = 0
        self.decided = 0.0
        self.durable = 0.0
        self.sent: list[Sent] = []


WAY = Way()


class SteadyConfig(StrategyConfig, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`per_min` is how many signals it raises in a minute, on average."""

    per_min: float = 300.0


class Steady(BaseStrategy):
    """In when flat, out when in, of one instrument after another, at random moments of a fixed rate."""

    TYPE = StrategyType.SCALPING
    CONFIG = SteadyConfig
    config: SteadyConfig

    def __init__(self, config: SteadyConfig) -> None:
        super().__init__(config)
        self._chance = Random(1)  # noqa: S311 - to be played again
        self._due = 0
        self._next: InstrumentId | None = None

    def on_quote(self, quote: Quote, context: Context) -> Signals:
        """Return one signal when it is time for one of this instrument."""
        instrument_id = quote.instrument.instrument_id
        if context.now < self._due or instrument_id != (self._next or instrument_id):
            return ()
        self._next = self._chance.choice(self.config.instruments)
        self._due = context.now + round(self._chance.uniform(0.5, 1.5) * MINUTE / self.config.per_min)
        held = context.position(instrument_id).quantity
        signal = TradingSignal(
            strategy_id=self.strategy_id,
            instrument_id=instrument_id,
            signal_type=SignalType.CLOSE if held else SignalType.BUY,
            ts=context.now,
            confidence=1.0,
            strength=1.0,
            reason="it was time",
            price=quote.last_px,
            stop_px=quote.instrument.price(quote.bid * 98 // 100),
        )
        WAY.count += 1
        WAY.raised[instrument_id] = time.monotonic()
        return (signal,)


class Venue(SimBroker):
    """The simulated venue with its book on disk, which notes when it is handed an order."""

    def submit(self, order: Order) -> None:
        """Note when, unless it is a stop that no signal asked for by itself, and take it."""
        now = time.monotonic()
        if order.ticket.purpose is not Purpose.PROTECT:
            raised = WAY.raised.pop(order.ticket.instrument_id)
            WAY.sent.append(Sent(raised, WAY.decided, WAY.durable, now))
        super().submit(order)


def note_commits() -> None:
    """Let every commit say when it began, which is when its batch was decided, and when it was durable."""
    append = Holdover.append

    async def timed(journal: Holdover, records: Sequence[Record]) -> None:
        WAY.decided = time.monotonic()
        await append(journal, records)
        WAY.durable = time.monotonic()

    Holdover.append = timed  # type: ignore[assignment,method-assign]


class Trial:
    """One run of a session under its screen. It ends the session when the time is over."""

    def __init__(self, built: Built, secs: float, report: Path) -> None:
        self._session = built.session
        self._secs = secs
        self._report = report
        self._quotes = 0
        built.session.bus.subscribe(self._count, MarketMoved)

    async def run(self) -> None:
        """Wait for the first quote, let it warm up, measure, tell and end."""
        state = self._session.state
        await until(lambda: self._quotes > 0)
        begins = state.ts + round(self._secs * WARM_FRAC * SECOND)
        ends = state.ts + round(self._secs * SECOND)
        await until(lambda: state.ts >= begins)
        first_order, first_quote, raised = len(WAY.sent), self._quotes, WAY.count
        wakes: list[Wake] = []
        watching = asyncio.create_task(watch(wakes))
        held = [held_bytes()]
        for look in range(1, LOOKS + 1):
            moment = begins + (ends - begins) * look // LOOKS
            await until(lambda moment=moment: state.ts >= moment)  # type: ignore[misc]
            held.append(held_bytes())
        watching.cancel()
        told = Told(WAY.count - raised, self._quotes - first_quote, WAY.sent[first_order:], wakes, held)
        self._report.write_bytes(msgspec.json.encode(told))
        self._session.end("bench", "the time is over")

    def _count(self, _record: Record) -> None:
        self._quotes += 1


def held_bytes() -> int:
    """Return what of this process stands in the memory of the machine (proc(5), VmRSS)."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1_024


async def until(true: Callable[[], bool]) -> None:
    """Let the loop turn until something holds."""
    while not true():  # noqa: ASYNC110 - what is waited for is a moment of engine time, and no event announces it
        await asyncio.sleep(0.02)


async def run(config: Path, state: Path, secs: float, report: Path) -> None:
    """Run the session to its end."""
    settings = load(config, {})
    paths = paths_for(settings, state, {})
    built = await build(settings, paths)
    doors = Doors(built.session, paths, settings)
    await doors.open()
    trial = asyncio.create_task(Trial(built, secs, report).run())
    trial.add_done_callback(lambda task: task.result())
    try:
        await show(built, paths, settings, doors.watcher)
    finally:
        await doors.close()


if __name__ == "__main__":
    rise()
    BROKERS["sim"] = f"{__name__}:Venue"
    catalog.STRATEGIES = {"steady": f"{__name__}:Steady"}  # type: ignore[misc]
    note_commits()
    os.umask(0o077)
    named, folder, seconds, told = sys.argv[1:]
    asyncio.run(run(Path(named), Path(folder), float(seconds), Path(told)))
