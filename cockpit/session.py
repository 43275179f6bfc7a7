"""A session: one run of one configuration, from an open journal to a closed one.

Starting is recovering, and there is no other way to start: fold the journal, ask the venue about every order that
was not closed, reconcile totals, then trade. A first run merely has nothing to fold. Ending is the reverse: the last
record is written, the venue is let go, the journal closed and with it the lock.

The session is a service with zero or more views. A view reads `state`, subscribes to `bus`, and asks by commands; `now`
tells it the engine's time. Trading is stopped and resumed by its `switch`.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from cockpit.aftermath import Aftermath
from cockpit.latch import Latch
from cockpit.link import ACTOR, Link
from cockpit.meant import cut_off
from cockpit.pursuit import Pursuit
from cockpit.switch import Switch
from oms.bus import Bus
from oms.chains import Chains
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.market import Bar
from oms.domain.risk import TradingState
from oms.engine import OrderManagementSystem
from oms.journal.errors import JournalError
from oms.journal.holdover import Holdover
from oms.journal.memory import MemoryJournal
from oms.lanes import Asked, Lanes
from oms.ports import Feed, Journal
from oms.state import State
from strategies.runner import StrategyRunner

CLOSE_SECS: Final = 5.0  # what closing may take before the process goes on without it


class Session:
    """Built by `cockpit.bootstrap`; used as `start`, `serve`, and `end` from anywhere in between."""

    def __init__(
        self,
        *,
        engine: OrderManagementSystem,
        inbox: Lanes,
        feed: Feed,
        journal: Holdover | MemoryJournal,
        bus: Bus,
        chains: Chains,
        link: Link,
        latch: Latch,
        runner: StrategyRunner,
        begin: do.BeginRun,
    ) -> None:
        self.state = engine.state
        self.now = engine.now
        self.bus = bus
        self.feed = feed
        self.pace = inbox.pace
        self.latch = latch
        self.runner = runner
        self.journal = journal
        self.inbox = inbox
        self._engine = engine
        self._link = link
        self.chains = chains
        self._begin = begin
        self.ended_by: str | None = None
        self._at_close: list[Callable[[], None]] = []
        self.aftermath = Aftermath(bus, engine.state)
        link.tell_of_cancels(self.aftermath.hand_over)
        self.pursuit = Pursuit(bus, engine.state, inbox.put)
        self.switch = Switch(
            engine=engine, inbox=inbox, journal=journal, bus=bus, link=link, latch=latch, aftermath=self.aftermath
        )
        bus.subscribe(self._on_broker_lost, ev.BrokerDisconnected)

    async def start(self, history: Sequence[Sequence[Bar]] = ()) -> None:
        """Recover, and be ready to trade. `history` warms the strategies up; what they say to it is discarded.

        Raises:
            JournalError: the journal cannot be read or written.
            ConnectionError: the broker cannot be reached.
        """
        show_past([bar for session in history for bar in session], self.runner, self.state)
        noted, trading = self.latch.notes.found(), self.state.trading
        wanted = self._begin.latch is None and trading.state is not TradingState.ACTIVE
        resume = noted.resume_of(trading.halts) if wanted else None
        if resume is not None or self._begin.latch is not None:
            self.latch.shut()
        elif trading.state is TradingState.HALTED:
            self.latch.close(trading.text or trading.cause)
        left = cut_off(self.state)
        await self._engine.take([Asked(self._begin), *map(Asked, noted.notes)], self.inbox)
        await self._link.open()
        self.pursuit.tell_cut_off(left)
        if resume is not None:  # not before the books agree: what it makes anew must not be asked for as lost
            await self.switch.resume_as(resume)
        self.latch.notes.forget(noted)

    async def serve(self) -> None:
        """Run until `end` was called, and close everything.

        A failed commit halts: nothing is sent, cancels still go out, and a resume opens the journal anew. Whatever
        else goes wrong is a fault of the program, and nothing that is in memory is to be trusted after it: the latch
        is closed by name, so that the next start does not trade on, and the fault is raised.

        Raises:
            JournalError: the journal can neither be written nor read. The latch is closed.
        """
        keeping = asyncio.create_task(self._link.keep(), name="keep the link")
        keeping.add_done_callback(self._on_link_kept)
        try:
            while True:
                try:
                    await self._engine.run(self.inbox)
                    break
                except JournalError as error:
                    await self._hold_over(error)
        except JournalError:
            raise  # its latch is closed, and says more
        except Exception as error:  # whatever it was, the next start must not trade on
            self.latch.close(f"the engine failed: {_name(error)}")
            raise
        finally:
            self.inbox.abandon()
            keeping.cancel()
            await asyncio.wait([keeping])
            await self.close()
        if not keeping.cancelled():
            keeping.result()  # raises what went wrong there

    def end(self, actor: str, reason: str) -> None:
        """Finish: what waits is decided, the run's end is journaled, and `serve` returns. A second call is ignored."""
        if self.ended_by is None:
            self.ended_by = reason
            self.inbox.put(do.EndRun(actor=actor, reason=reason))
            self.inbox.close()

    async def close(self) -> None:
        """Let go of venue and journal; bounded in time, because a thread that hangs must not keep the process."""
        try:
            await asyncio.wait_for(self._link.close(), CLOSE_SECS)
        finally:
            try:
                await asyncio.wait_for(self.journal.close(), CLOSE_SECS)
            finally:
                for last in self._at_close:
                    last()

    def at_close(self, last: Callable[[], None]) -> None:
        """Call something once the journal is closed, however the session ends."""
        self._at_close.append(last)

    async def _hold_over(self, error: JournalError) -> None:
        """After a failed commit: close the gate, fold anew what is durable, cancel what works, and wait for a person.

        Raises:
            JournalError: it cannot be read either, or it is not the first failure.
        """
        reason = f"the journal failed: {error}"
        self.latch.close(reason)
        if not isinstance(self.journal, Holdover) or self.journal.holding:
            raise error
        self.switch.stand_still()
        self.inbox.give_up(do.SubmitTicket, error)  # each would take room in memory that the stop's own records need
        await self.journal.hold()
        self.state.reset()
        self.chains.reset()
        await fold(self.journal, self.state, self.chains)
        self._link.forget()  # what it said went down with the batch; it is asked again
        halt = do.HaltTrading(actor="journal", reason=reason, cause="journal")
        await self._engine.take([*map(Asked, self.switch.lost()), Asked(halt)], self.inbox)
        await self._link.recall()

    def _on_broker_lost(self, record: ev.Record) -> None:
        if isinstance(record.event, ev.BrokerDisconnected) and self._link.halts_when_lost:
            self.switch.stand_still()
            self.switch.halt(ACTOR, f"{record.event.broker} is lost: {record.event.text}")

    def _on_link_kept(self, keeping: asyncio.Task[None]) -> None:
        """Halt, and serve no more, when the link failed in a way that nobody foresaw: the venue would not be heard."""
        error = None if keeping.cancelled() else keeping.exception()
        if error is not None:
            self.switch.halt(ACTOR, f"the link failed: {_name(error)}")
            self.inbox.close()


def _name(error: BaseException) -> str:
    """Return what kind of error it was; of several that came together, the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__


def show_past(bars: Sequence[Bar], runner: StrategyRunner, state: State) -> None:
    """Show bars that are over: indicators and closes take them in, and nothing is made of them."""
    runner.warm_up(bars)
    for bar in bars:
        state.closes.show(bar)


async def fold(journal: Journal, state: State, chains: Chains) -> None:
    """Apply everything the journal says.

    Raises:
        JournalError: it cannot be read.
    """
    async for record in journal.replay():
        state.apply(record)
        chains.restore(record)
