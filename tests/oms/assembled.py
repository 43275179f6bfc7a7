"""A whole engine around small doubles, for the tests of everything that comes after deciding."""

import threading
from collections.abc import Callable, Iterable, Sequence

from oms.bus import Bus
from oms.chains import Chains
from oms.clock import SimClock
from oms.decide.decider import Decider
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import Route
from oms.domain.order import Order, OrderStatus
from oms.domain.report import VenueReport
from oms.domain.risk import TradingState
from oms.domain.signal import TradingSignal
from oms.engine import OrderManagementSystem
from oms.lanes import Asked
from oms.router import Router
from oms.state import State
from tests.doubles.core import AT_ONCE, BrokenJournal, Desk, FixedSizer, Opinions, SmallGate
from tests.oms.examples import (
    ACCOUNT,
    ORDER,
    SIM,
    START,
    begin,
    books,
)


class Engine:
    """A whole engine around small doubles. `heard` is what the bus told; `desk` is the venue."""

    def __init__(
        self,
        *,
        gate: SmallGate | None = None,
        think: Callable[[ev.Record], Sequence[TradingSignal]] = lambda _record: (),
        answer: Callable[[Order], Iterable[VenueReport]] = lambda _order: (),
        capabilities: Capabilities = AT_ONCE,
    ) -> None:
        self.journal = BrokenJournal()
        self.desk = Desk(SIM, ACCOUNT, answer)
        self.latch = threading.Event()
        self.reactor = Opinions(think)
        self.bus = Bus()
        self.heard: list[ev.Record] = []
        self.bus.subscribe(self.heard.append)
        self.walls = iter(range(1, 1_000_000))
        self.state = State({SIM: capabilities})
        self.desk.capabilities = capabilities
        self.clock = SimClock(START)
        self.router = Router({Route(SIM, ACCOUNT): self.desk}, self.latch, self.clock.now)
        self.oms = OrderManagementSystem(
            state=self.state,
            decider=Decider(gate or SmallGate(), FixedSizer(SIM, ACCOUNT)),
            reactor=self.reactor,
            clock=self.clock,
            wall=lambda: next(self.walls),
            chains=Chains(),
            journal=self.journal,
            bus=self.bus,
            router=self.router,
        )

    async def started(self) -> "Engine":
        """Begin a run and report the cash."""
        await self.serve(begin(), books())
        self.heard.clear()
        return self

    async def serve(self, *causes: object) -> list[do.Command]:
        """Serve one batch."""
        return await self.oms.serve([Asked(cause) for cause in causes])  # type: ignore[arg-type]

    def status(self) -> OrderStatus:
        return self.state.blotter.orders[ORDER].status

    def trading(self) -> TradingState:
        return self.state.trading.state
