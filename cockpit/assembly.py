"""The parts of a session put together: what is the same on recorded data and on the wall clock stands here once.

The rim is handed in: the entrance, the clock, and how the link to the venue is made once there are an engine and a
router for it to serve. Nothing in here can be refused.
"""

from collections.abc import Callable
from typing import NamedTuple

from cockpit.latch import Latch
from cockpit.link import Link
from cockpit.session import Session
from oms.bus import Bus
from oms.chains import Chains
from oms.decide.decider import Decider
from oms.domain import commands as do
from oms.domain.ids import Route
from oms.domain.units import Nanos
from oms.engine import OrderManagementSystem
from oms.journal.holdover import Holdover
from oms.journal.memory import MemoryJournal
from oms.lanes import Lanes
from oms.ports import Broker, Clock, Feed, RiskGate, Sizer
from oms.router import Router
from oms.state import State
from strategies.runner import StrategyRunner


class Memory(NamedTuple):
    """What a session knows when it begins: the journal, and what was folded from it."""

    journal: Holdover | MemoryJournal
    state: State  # made with the capabilities of the broker
    chains: Chains


class Minds(NamedTuple):
    """Who has opinions, who makes tickets of them, and who lets those pass."""

    gate: RiskGate
    sizer: Sizer
    runner: StrategyRunner


def assemble(
    *,
    broker: Broker,
    feed: Feed,
    minds: Minds,
    memory: Memory,
    latch: Latch,
    begin: do.BeginRun,
    clock: Clock,
    wall: Callable[[], Nanos],
    inbox: Lanes,
    link: Callable[[OrderManagementSystem, Router], Link],
) -> Session:
    """Put the parts together. `wall` is UTC nanoseconds, for the records' stamps; `link` leads to `broker`."""
    journal, state, chains = memory
    bus = Bus()
    router = Router({Route(broker.broker_id, broker.account): broker}, latch.flag, clock.now)
    engine = OrderManagementSystem(
        state=state,
        decider=Decider(minds.gate, minds.sizer),
        reactor=minds.runner,
        clock=clock,
        wall=wall,
        chains=chains,
        journal=journal,
        bus=bus,
        router=router,
    )
    return Session(
        engine=engine,
        inbox=inbox,
        feed=feed,
        journal=journal,
        bus=bus,
        chains=chains,
        link=link(engine, router),
        latch=latch,
        runner=minds.runner,
        begin=begin,
    )
