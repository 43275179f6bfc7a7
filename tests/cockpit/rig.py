"""An engine with two venues: one answers at once, and one is called on threads, where its calls may hang."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from msgspec.structs import replace

from cockpit.aftermath import Aftermath, Stop
from cockpit.off_loop import OffLoop
from oms.bus import Bus
from oms.chains import Chains
from oms.clock import SimClock
from oms.decide.decider import Decider
from oms.domain import commands as do
from oms.domain.deadline import DeadlineReached
from oms.domain.ids import BrokerId, ClientOrderId, Route
from oms.domain.order import Order, OrderStatus
from oms.domain.report import ExecType, VenueReport
from oms.engine import OrderManagementSystem
from oms.journal.memory import MemoryJournal
from oms.lanes import Asked
from oms.router import Router
from oms.state import State
from tests.doubles.core import Desk, FixedSizer, Opinions, SmallGate
from tests.doubles.waiting import PATIENCE_SECS, WaitingBroker
from tests.oms.examples import ACCOUNT, SIM, START, begin, books, said, ticket

FAR: Final = BrokerId("far")
HALT: Final = do.HaltTrading(actor="ann", reason="enough")


class Rig:
    """An engine with two venues: a desk that answers, and one whose calls are made on threads and may hang."""

    def __init__(self) -> None:
        self.far = WaitingBroker(FAR, ACCOUNT)
        self.put: asyncio.Queue[do.Command] = asyncio.Queue()  # what came of calls, later
        self.left: asyncio.Queue[ClientOrderId] = asyncio.Queue()  # whose cancels the library has taken
        self.wall = 0.0
        self.off = OffLoop(self.far, self.put.put_nowait, lambda: self.wall)
        self.near = Desk(SIM, ACCOUNT)
        self.latch = threading.Event()
        self.bus = Bus()
        self.state = State({SIM: self.near.capabilities, FAR: self.off.capabilities})
        clock = SimClock(START)
        self.router = Router({Route(SIM, ACCOUNT): self.near, Route(FAR, ACCOUNT): self.off}, self.latch, clock.now)
        self.off.ask_before_sending(self.router.stops)
        self.off.tell_of_cancels(self.cancel_left)
        self.aftermath = Aftermath(self.bus, self.state, lambda: self.wall)
        self.router.tell_of_cancels(self.aftermath.hand_over)
        self.oms = OrderManagementSystem(
            state=self.state,
            decider=Decider(SmallGate(), FixedSizer(SIM, ACCOUNT)),
            reactor=Opinions(),
            clock=clock,
            wall=lambda: 0,
            chains=Chains(),
            journal=MemoryJournal(),
            bus=self.bus,
            router=self.router,
        )

    def cancel_left(self, order: Order) -> None:
        """Let the cancel of an order be counted as handed over."""
        self.router.canceling(order)
        self.left.put_nowait(order.client_order_id)

    async def serve(self, *causes: object) -> Sequence[do.Command]:
        """Serve one batch."""
        return await self.oms.serve([Asked(cause) for cause in causes])  # type: ignore[arg-type]

    async def place(self, broker: BrokerId, count: int) -> list[ClientOrderId]:
        """Let orders work at a venue."""
        before = set(self.state.blotter.orders)
        await self.serve(*[do.SubmitTicket(actor="ann", ticket=replace(ticket("10"), broker=broker))] * count)
        placed = [order_id for order_id in self.state.blotter.orders if order_id not in before]
        if broker == SIM:
            await self.serve(*[said(ExecType.NEW, order_id) for order_id in placed])
        return placed

    async def hear(self, count: int) -> None:
        """Take so many reports of the far venue in."""
        reports: list[VenueReport | None] = [await self.far.said.get() for _ in range(count)]
        await self.serve(*reports)

    async def stop(self) -> None:
        """Stop trading, as the session does."""
        self.latch.set()
        self.aftermath.begin(Stop("ann", "enough", self.wall, self.wall))
        await self.serve(HALT)

    async def pass_to(self, secs: float) -> None:
        """Let the engine's time go on, through every deadline until then."""
        until = START + round(secs * 1e9)
        while (deadline := self.state.next_deadline()) is not None and deadline <= until:
            self.wall = (deadline - START) / 1e9
            await self.serve(DeadlineReached(ts=deadline))

    def statuses(self, order_ids: Sequence[ClientOrderId]) -> list[OrderStatus]:
        return [self.state.blotter.orders[order_id].status for order_id in order_ids]


@asynccontextmanager
async def rig() -> AsyncIterator[Rig]:
    """Have both venues and cash at each, and let go of what hangs at the end."""
    one = Rig()
    await one.serve(begin(), books(), replace(books(), broker=FAR, snapshot=replace(books().snapshot, broker=FAR)))
    try:
        yield one
    finally:
        one.far.let_go.set()
        await one.off.close()


async def end_threads(one: Rig) -> None:
    """Wait until no thread makes a call any more; all must have been let go."""
    await one.off.close()
    for thread in threading.enumerate():
        if thread.name.startswith(FAR):
            thread.join(PATIENCE_SECS)
