"""The engine as a process to be stopped: `python bench/stop_program.py CONFIG STATE FAULT ORDERS TICKETS REPORT_FD`.

It lets ORDERS work at a venue of its own, prepares the fault, lets TICKETS wait in the inbox, and writes `ready` to the
report's descriptor. When the stop has run its course it writes one JSON line: when the gate was closed, when the last
cancel was handed over and when the last was confirmed (monotonic seconds, which all processes of a machine share), who
stopped it as far as the state says, and how many orders the venue was sent after the gate was closed.

FAULT is what makes the stop hard: `none`; `loop`, which computes for a while when the stop comes; `disk`, on which
nothing more can be written; `venue`, which takes everything and says nothing; `terminal`, where there is a screen and
its terminal goes away.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from brokers.catalog import BROKERS
from brokers.sim.venue import SimBroker
from cockpit.bootstrap import Built, build
from cockpit.config import load
from cockpit.estop.doors import Doors
from cockpit.paths import paths_for
from cockpit.session import Session
from cockpit.settle import settle
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.account import AccountSnapshot
from oms.domain.ids import MANUAL, AccountId, BrokerId, InstrumentId
from oms.domain.order import Order, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.report import VenueReport
from oms.lanes import Reply
from risk.facts import Facts
from risk.rule import DOES_NOT_APPLY, Judgment
from risk.rules.order_rate import OrderRate

BUSY_SECS: Final = 0.3  # longer than a stop may take
OVER_SECS: Final = 2.0  # for the venue to confirm
DECIDED_SECS: Final = 60.0  # for the tickets that waited
QUOTES: Final = 8  # two of each instrument: the market is known, and stands still from then on


def ticket(number: int) -> OrderTicket:
    """Return an order that works below the market."""
    return OrderTicket(
        broker=BrokerId("sim"),
        account=AccountId("STOP-1"),
        strategy_id=MANUAL,
        instrument_id=InstrumentId(f"SYN{number % 4 + 1}.SYNTH"),
        side=Side.BUY,
        quantity=Decimal(1),
        order_type=OrderType.LIMIT,
        limit_px=Decimal("98.00"),
        tif=TimeInForce.GTC,
    )


class Calls:
    """When the venue was called, in monotonic seconds, and whether it still says anything."""

    def __init__(self) -> None:
        self.sent: list[float] = []
        self.canceled: list[float] = []
        self.silent = False


CALLS = Calls()
"""Of the one venue of this process."""


class Venue(SimBroker):
    """Its book is in memory, so that a full disk is the engine's trouble and not the venue's."""

    def __init__(self, **given: object) -> None:
        super().__init__(**(given | {"book": None}))  # type: ignore[arg-type]

    async def connect(self) -> AccountSnapshot:
        """Answer, unless it has fallen silent: then never."""
        if CALLS.silent:
            await asyncio.Event().wait()
        return await super().connect()

    def submit(self, order: Order) -> None:
        """Note when, and take it."""
        CALLS.sent.append(time.monotonic())
        super().submit(order)

    def cancel(self, order: Order) -> None:
        """Note when it was handed over, and forget it if silent."""
        CALLS.canceled.append(time.monotonic())
        if not CALLS.silent:
            super().cancel(order)

    def drain(self) -> Sequence[VenueReport]:
        """Say what there is to say, if anything is said."""
        said = super().drain()
        return () if CALLS.silent else said


class Trial:
    """One stop of one session."""

    def __init__(self, built: Built, fault: str, orders: int, tickets: int, report: int) -> None:
        self._session: Session = built.session
        self._fault = fault
        self._orders = orders
        self._tickets = tickets
        self._report = report
        self._replies: list[Reply] = []
        self._stands = asyncio.Event()
        self._quotes = 0
        built.session.bus.subscribe(self._count, ev.MarketMoved)

    async def run(self) -> None:
        """Prepare, say so, wait for the stop, and tell."""
        session = self._session
        await self._stands.wait()
        placed = [session.inbox.post(do.SubmitTicket(actor="bench", ticket=ticket(n))) for n in range(self._orders)]
        await asyncio.wait(placed)
        await until(lambda: all(order.acknowledged for order in session.state.blotter.open.values()))
        await until(lambda: session.journal.seq == session.state.seq)  # what is on its way must not meet the fault
        if len(session.state.blotter.open) < self._orders:
            raise SystemExit(f"only {len(session.state.blotter.open)} orders work")
        self._break()
        if self._fault != "disk":  # the first of them to be committed would close the gate before anybody stops
            self._let_tickets_wait()
        os.write(self._report, b"ready\n")
        if self._fault == "loop":
            asyncio.get_running_loop().call_soon(compute)
        await until(session.latch.flag.is_set)
        if self._fault == "disk":
            self._let_tickets_wait()
        await self._tell(session.latch.closed_at)

    def _count(self, _record: ev.Record) -> None:
        self._quotes += 1
        if self._quotes == QUOTES:
            self._session.pace.pause(paused=True)
            self._stands.set()

    def _break(self) -> None:
        CALLS.silent = self._fault == "venue"
        if self._fault == "disk":
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def _let_tickets_wait(self) -> None:
        post = self._session.inbox.post
        self._replies = [post(do.SubmitTicket(actor="bench", ticket=ticket(n))) for n in range(self._tickets)]

    async def _tell(self, closed_at: float) -> None:
        """Wait until nothing more is to be expected, and report."""
        session, aftermath = self._session, self._session.aftermath
        over = time.monotonic() + OVER_SECS
        await until(lambda: aftermath.is_settled or time.monotonic() > over)
        if self._replies:
            await asyncio.wait(self._replies, timeout=DECIDED_SECS)
        venues = list(aftermath.venues().values())
        stop = aftermath.stop
        asked_at = stop.asked_at if stop is not None else closed_at
        told = {
            "closed_at": closed_at,
            "halted_at": asked_at + (aftermath.journaled_secs or 0.0),
            "handed_at": max(CALLS.canceled, default=0.0),
            "confirmed_at": asked_at + max((cancels.confirmed_secs for cancels in venues), default=0.0),
            "actor": stop.actor if stop is not None else "",
            "asked": sum(cancels.asked for cancels in venues),
            "handed": sum(cancels.handed for cancels in venues),
            "confirmed": sum(cancels.confirmed for cancels in venues),
            "silent": [cancels.obstacle for cancels in venues if cancels.obstacle],
            "undecided": sum(not reply.done() for reply in self._replies),
            "sent_after": sum(sent > closed_at for sent in CALLS.sent),
            "latch_error": session.latch.file_error,
        }
        os.write(self._report, json.dumps(told).encode() + b"\n")


async def until(true: Callable[[], bool]) -> None:
    """Let the loop turn until something holds."""
    while not true():  # noqa: ASYNC110 - what is waited for is a state, and no event announces it
        await asyncio.sleep(0.001)


def compute() -> None:
    """Hold the loop, in Python, for a while."""
    until, number = time.monotonic() + BUSY_SECS, 0
    while time.monotonic() < until:
        number += 1


def without_a_rate() -> None:
    """Take the limit of orders per second away: the market stands still, so that all of them fall into one instant."""

    def check(_rule: OrderRate, facts: Facts) -> Judgment:  # noqa: ARG001 - it stands in for the rule's own
        return DOES_NOT_APPLY

    OrderRate.check = check  # type: ignore[assignment,method-assign]


async def run(config: Path, state: Path, fault: str, orders: int, tickets: int, report: int) -> None:
    """Run a session until it is killed."""
    settings = load(config, {})
    paths = paths_for(settings, state, {})
    built = await build(settings, paths)
    trial = Trial(built, fault, orders, tickets, report)
    doors = Doors(built.session, paths, settings)
    await doors.open()
    running = asyncio.create_task(trial.run())
    running.add_done_callback(lambda task: task.result())
    if fault == "terminal":
        from cockpit.tui.app import run as show

        await show(built, paths, settings, doors.watcher)
        return
    doors.watcher.hear_signal()
    await built.session.start(built.market.history)
    settle()
    await built.session.serve()


if __name__ == "__main__":
    BROKERS["sim"] = f"{__name__}:Venue"
    without_a_rate()
    os.umask(0o077)
    named, folder, failing, *numbers = sys.argv[1:]
    asyncio.run(run(Path(named), Path(folder), failing, *map(int, numbers)))
