"""A session: one run of one configuration, from an open journal to a closed one.

Starting is recovering, and there is no other way to start: fold the journal, ask the venue about every order that
was not closed, reconcile totals, then trade. A first run merely has nothing to fold. Ending is the reverse: the last
record is written, the venue is let go, the journal closed and with it the lock.

The session is a service with zero or more views. A view reads `state`, subscribes to `bus`, and asks by commands.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from cockpit.latch import Latch
from oms.bus import Bus
from oms.chains import Chains
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.account import AccountSnapshot
from oms.domain.market import Bar
from oms.domain.order import Order, OrderStatus
from oms.domain.risk import TradingState
from oms.engine import OrderManagementSystem
from oms.inbox import Asked, Inbox, Reply
from oms.journal.errors import JournalError
from oms.journal.holdover import Holdover
from oms.journal.memory import MemoryJournal
from oms.ports import Journal, SimulatedBroker
from oms.router import Router
from oms.state import State
from strategies.runner import StrategyRunner

STOPPED_AGAIN: Final = -1  # a count of halts that no state has
CLOSE_SECS: Final = 5.0  # what closing may take before the process goes on without it


class Session:
    """Built by `cockpit.bootstrap`; used as `start`, `serve`, and `end` from anywhere in between."""

    def __init__(
        self,
        *,
        engine: OrderManagementSystem,
        inbox: Inbox,
        journal: Holdover | MemoryJournal,
        bus: Bus,
        router: Router,
        chains: Chains,
        broker: SimulatedBroker,
        latch: Latch,
        runner: StrategyRunner,
        begin: do.BeginRun,
    ) -> None:
        self.state = engine.state
        self.bus = bus
        self.feed = inbox.feed
        self.pace = inbox.pace
        self.latch = latch
        self.runner = runner
        self.journal = journal
        self.inbox = inbox
        self._engine = engine
        self._broker = broker
        self._router = router
        self._chains = chains
        self._begin = begin
        self.ended_by: str | None = None
        self._paused_by_fault = False
        self._opening = 0  # the closing of the latch that the resume under way means to undo
        self._at_close: list[Callable[[], None]] = []
        bus.subscribe(self._on_halted, ev.TradingHalted)
        bus.subscribe(self._on_resumed, ev.TradingResumed)
        bus.subscribe(self._on_broker_lost, ev.BrokerDisconnected)

    async def start(self, history: Sequence[Sequence[Bar]] = ()) -> None:
        """Recover, and be ready to trade. `history` warms the strategies up; what they say to it is discarded.

        Raises:
            JournalError: the journal cannot be read or written.
            ConnectionError: the broker cannot be reached.
        """
        self.runner.warm_up([bar for session in history for bar in session])
        if self.state.trading.state is TradingState.HALTED:
            self.latch.close(self.state.trading.text or self.state.trading.cause)
        elif self._begin.latch is not None:
            self.latch.flag.set()
        await self._serve([Asked(self._begin)])
        snapshot = await self._broker.connect()
        self._query_open()
        await self._serve_reports()
        self._repeat_cancels()
        await self._serve_reports()
        await self._serve([Asked(self._up(snapshot))])
        self._skip_seen()

    async def serve(self) -> None:
        """Run until `end` was called, and close everything.

        A failed commit halts: nothing is sent, cancels still go out, and `resume` opens the journal anew.

        Raises:
            JournalError: the journal can neither be written nor read. The latch is closed.
        """
        try:
            while True:
                try:
                    await self._engine.run(self.inbox)
                    return
                except JournalError as error:
                    await self._hold_over(error)
        finally:
            self.inbox.abandon()
            await self.close()

    def end(self, actor: str, reason: str) -> None:
        """Finish: what waits is decided, the run's end is journaled, and `serve` returns. A second call is ignored."""
        if self.ended_by is None:
            self.ended_by = reason
            self.inbox.put(do.EndRun(actor=actor, reason=reason))
            self.inbox.close()

    def halt(self, actor: str, reason: str) -> Reply:
        """Stop all trading now: the latch first, then the command that cancels and pauses. Return what will be the
        answer to it; the stop does not depend on anybody's waiting for that."""
        self.latch.close(f"{actor}: {reason}")
        return self.inbox.post(do.HaltTrading(actor=actor, reason=reason))

    async def resume(self, actor: str) -> Sequence[ev.Record]:
        """Open the gate again: write what the journal still owes, find lost brokers again, then resume. Return the
        records this caused; among them may be a `CommandRefused`.

        Raises:
            JournalError: the journal still cannot be written; the gate stays closed.
            ConnectionError: the broker still cannot be reached; the gate stays closed.
        """
        closings = self.latch.closings
        if isinstance(self.journal, Holdover):
            await self.journal.flush()
        if self.state.runs.links.get(self._broker.broker_id):
            await self._connect()
        # nothing waits between this reading and the asking; a stop before it is in one of the two counts
        halts = self.state.trading.halts if closings == self.latch.closings else STOPPED_AGAIN
        self._opening = closings
        records = await self.inbox.ask(do.ResumeTrading(actor=actor, halts=halts))
        if self.latch.flag.is_set():
            return records
        if self._paused_by_fault:
            self._paused_by_fault = False
            self.pace.pause(paused=False)
        return records

    async def close(self) -> None:
        """Let go of venue and journal; bounded in time, because a thread that hangs must not keep the process."""
        try:
            await asyncio.wait_for(self._broker.close(), CLOSE_SECS)
        finally:
            try:
                await asyncio.wait_for(self.journal.close(), CLOSE_SECS)
            finally:
                for last in self._at_close:
                    last()

    def at_close(self, last: Callable[[], None]) -> None:
        """Call something once the journal is closed, however the session ends."""
        self._at_close.append(last)

    async def _connect(self) -> None:
        """Reach a broker that was lost, and count what it did meanwhile. Raises ConnectionError.

        The loop runs, so what the broker answers is left in its outbox; the inbox takes it before any command.
        """
        snapshot = await self._broker.connect()
        self._router.up((self._broker.broker_id, self._broker.account))
        self._query_open()
        await self.inbox.ask(self._up(snapshot))
        self._repeat_cancels()

    def _up(self, snapshot: AccountSnapshot) -> do.BrokerUp:
        return do.BrokerUp(actor="session", broker=self._broker.broker_id, snapshot=snapshot)

    def _query_open(self) -> None:
        """Ask the venue what became of every order that was not closed."""
        self._try_each(self._broker.query, tuple(self.state.blotter.open.values()))

    def _repeat_cancels(self) -> None:
        """Ask again to cancel where the answer may be lost."""
        pending = [order for order in self.state.blotter.open.values() if order.status is OrderStatus.PENDING_CANCEL]
        self._try_each(self._broker.cancel, pending)

    def _try_each(self, ask: Callable[[Order], None], orders: Sequence[Order]) -> None:
        """Ask about orders until the link goes; the engine is told of that as when it goes under an order."""
        try:
            for order in orders:
                ask(order)
        except ConnectionError as error:
            self.inbox.put(do.BrokerDown(actor="session", broker=self._broker.broker_id, text=str(error)))

    async def _serve_reports(self) -> None:
        await self._serve([Asked(report) for report in self._broker.drain()])

    async def _serve(self, batch: Sequence[Asked]) -> None:
        """Serve a batch outside the loop; what comes of handing over waits for it. Raises JournalError."""
        for outcome in await self._engine.serve(batch):
            self.inbox.put(outcome)

    async def _hold_over(self, error: JournalError) -> None:
        """After a failed commit: close the gate, fold anew what is durable, cancel what works, and wait for a person.

        Raises:
            JournalError: it cannot be read either, or it is not the first failure.
        """
        reason = f"the journal failed: {error}"
        self.latch.close(reason)
        if not isinstance(self.journal, Holdover) or self.journal.holding:
            raise error
        self._stand_still()
        await self.journal.hold()
        self.state.reset()
        self._chains.reset()
        await fold(self.journal, self.state, self._chains)
        self._broker.drain()  # what it said went down with the batch; it is asked again
        await self._serve([Asked(do.HaltTrading(actor="journal", reason=reason))])
        self._query_open()
        await self._serve_reports()

    def _stand_still(self) -> None:
        if not self.pace.paused:
            self._paused_by_fault = True
            self.pace.pause(paused=True)

    def _skip_seen(self) -> None:
        """Go past what an earlier run has seen of an unfinished session: engine time never goes back.

        Bars among it are known to the strategies' indicators, so they are shown to them; nothing else happens.
        """
        self.inbox.skip(self.state.ts, lambda bar: self.runner.warm_up([bar]))

    def _on_halted(self, record: ev.Record) -> None:
        if isinstance(record.event, ev.TradingHalted) and not self.latch.flag.is_set():
            self.latch.close(f"{record.event.cause}: {record.event.text}")

    def _on_broker_lost(self, record: ev.Record) -> None:
        if isinstance(record.event, ev.BrokerDisconnected):
            self._stand_still()
            self.halt("session", f"{record.event.broker} is lost: {record.event.text}")

    def _on_resumed(self, _record: ev.Record) -> None:
        self.latch.open(self._opening)


async def fold(journal: Journal, state: State, chains: Chains) -> None:
    """Apply everything the journal says.

    Raises:
        JournalError: it cannot be read.
    """
    async for record in journal.replay():
        state.apply(record)
        chains.restore(record)
