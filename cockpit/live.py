"""A session on the wall clock: the same engine, with a venue outside the process and a clock that nothing moves.

Only the rim differs from a session on recorded data. What is pushed comes in by the live inbox, the link comes back by
itself, and a broker whose library waits for its venue is called on threads. Everything that decides is handed in and is
what it is elsewhere.
"""

from collections.abc import Callable

from cockpit.assembly import Memory, Minds, assemble
from cockpit.latch import Latch
from cockpit.live_link import LiveLink
from cockpit.off_loop import OffLoop
from cockpit.session import Session
from oms.clock import LiveClock
from oms.domain import commands as do
from oms.domain.units import Nanos
from oms.engine import OrderManagementSystem
from oms.live_inbox import LiveInbox
from oms.ports import Feed, LiveBroker
from oms.router import Router


def live_session(
    *,
    broker: LiveBroker,
    feed: Feed,
    minds: Minds,
    memory: Memory,
    latch: Latch,
    begin: do.BeginRun,
    wall: Callable[[], Nanos],
    chance: Callable[[], float],
) -> Session:
    """Put the parts together. `wall` is UTC nanoseconds; `chance` draws from 0 to 1."""
    clock = LiveClock(wall)
    inbox = LiveInbox(clock.now, memory.state.next_deadline)
    called = OffLoop(broker, inbox.put) if broker.capabilities.blocks else broker

    def link(engine: OrderManagementSystem, router: Router) -> LiveLink:
        if isinstance(called, OffLoop):
            called.ask_before_sending(router.stops)
            called.tell_of_cancels(router.canceling)
        return LiveLink(broker=called, engine=engine, inbox=inbox, router=router, chance=chance)

    return assemble(
        broker=called,
        feed=feed,
        minds=minds,
        memory=memory,
        latch=latch,
        begin=begin,
        clock=clock,
        wall=wall,
        inbox=inbox,
        link=link,
    )
