"""A session on the wall clock: the same engine, with a venue outside the process and a clock that nothing moves.

Only the rim differs from a session on recorded data. What is pushed comes in by the live inbox, and the link comes
back by itself. Everything that decides is handed in and is what it is elsewhere.
"""

from collections.abc import Callable
from typing import NamedTuple

from cockpit.latch import Latch
from cockpit.live_link import LiveLink
from cockpit.session import Session
from oms.bus import Bus
from oms.chains import Chains
from oms.clock import LiveClock
from oms.decide.decider import Decider
from oms.domain import commands as do
from oms.domain.units import Nanos
from oms.engine import OrderManagementSystem
from oms.journal.holdover import Holdover
from oms.journal.memory import MemoryJournal
from oms.live_inbox import LiveInbox
from oms.ports import Feed, LiveBroker, RiskGate, Sizer
from oms.router import Router
from oms.state import State
from strategies.runner import StrategyRunner


class Memory(NamedTuple):
    """What a session knows when it begins: the journal, and what was folded from it."""

    journal: Holdover | MemoryJournal
    state: State  # made with the capabilities of the broker
    chains: Chains


def live_session(
    *,
    broker: LiveBroker,
    feed: Feed,
    gate: RiskGate,
    sizer: Sizer,
    runner: StrategyRunner,
    memory: Memory,
    latch: Latch,
    begin: do.BeginRun,
    wall: Callable[[], Nanos],
    chance: Callable[[], float],
) -> Session:
    """Put the parts together. `wall` is UTC nanoseconds; `chance` draws from 0 to 1."""
    journal, state, chains = memory
    clock, bus = LiveClock(wall), Bus()
    router = Router({(broker.broker_id, broker.account): broker}, latch.flag)
    engine = OrderManagementSystem(
        state=state,
        decider=Decider(gate, sizer),
        reactor=runner,
        clock=clock,
        wall=wall,
        chains=chains,
        journal=journal,
        bus=bus,
        router=router,
    )
    inbox = LiveInbox(clock.now, state.next_deadline)
    return Session(
        engine=engine,
        inbox=inbox,
        feed=feed,
        journal=journal,
        bus=bus,
        chains=chains,
        link=LiveLink(broker=broker, engine=engine, inbox=inbox, router=router, chance=chance),
        latch=latch,
        runner=runner,
        begin=begin,
    )
