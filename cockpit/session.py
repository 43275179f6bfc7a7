"""A session: one run of one configuration, from an open journal to a closed one.

Starting is recovering, and there is no other way to start: fold the journal, ask the venue about every order that
was not closed, reconcile totals, then trade. A first run merely has nothing to fold. Ending is the reverse: the last
record is written, the venue is let go, the journal closed and with it the lock.

The session is a service with zero or more views. A view reads `state`, subscribes to `bus`, and asks by commands.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from cockpit.latch import Latch
from oms.bus import Bus
from oms.chains import Chains
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.fill import Fill
from oms.domain.market import Bar
from oms.domain.order import OrderStatus
from oms.domain.risk import TradingState
from oms.engine import OrderManagementSystem
from oms.inbox import Asked, Inbox
from oms.journal.errors import JournalError
from oms.journal.memory import MemoryJournal
from oms.journal.sqlite import SqliteJournal
from oms.ports import SimulatedBroker
from oms.state import State
from strategies.runner import StrategyRunner

CLOSE_SECS: Final = 5.0  # what closing may take before the process goes on without it


class Session:
    """Built by `cockpit.bootstrap`; used as `start`, `serve`, and `end` from anywhere in between."""

    def __init__(
        self,
        *,
        engine: OrderManagementSystem,
        inbox: Inbox,
        journal: SqliteJournal | MemoryJournal,
        bus: Bus,
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
        self._begin = begin
        self.ended_by: str | None = None
        bus.subscribe(self._on_halted, ev.TradingHalted)
        bus.subscribe(self._on_resumed, ev.TradingResumed)

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
        await self._engine.serve([Asked(self._begin)])
        snapshot = await self._broker.connect()
        await self._recover_orders()
        up = do.BrokerUp(actor="session", broker=self._broker.broker_id, snapshot=snapshot)
        await self._engine.serve([Asked(up)])
        self._skip_seen()

    async def serve(self) -> None:
        """Run until `end` was called, and close everything.

        Raises:
            JournalError: a commit failed. The latch is closed: nothing was sent, and nothing will be.
        """
        try:
            await self._engine.run(self.inbox)
        except JournalError as error:
            self.latch.close(f"the journal failed: {error}")
            raise
        finally:
            await self.close()

    def end(self, actor: str, reason: str) -> None:
        """Finish: what waits is decided, the run's end is journaled, and `serve` returns. A second call is ignored."""
        if self.ended_by is None:
            self.ended_by = reason
            self.inbox.put(do.EndRun(actor=actor, reason=reason))
            self.inbox.close()

    def halt(self, actor: str, reason: str) -> None:
        """Stop all trading now: the latch first, then the command that cancels and pauses."""
        self.latch.close(f"{actor}: {reason}")
        self.inbox.put(do.HaltTrading(actor=actor, reason=reason))

    async def close(self) -> None:
        """Let go of venue and journal; bounded in time, because a thread that hangs must not keep the process."""
        try:
            await asyncio.wait_for(self._broker.close(), CLOSE_SECS)
        finally:
            await asyncio.wait_for(self.journal.close(), CLOSE_SECS)

    async def _recover_orders(self) -> None:
        """Ask the venue what became of every order that was not closed, and repeat the cancels that may be lost."""
        asked = list(self.state.blotter.open.values())
        for order in asked:
            self._broker.query(order)
        await self._engine.serve([Asked(report) for report in self._broker.drain()])
        for order in asked:
            now = self.state.blotter.orders[order.client_order_id]
            if now.status is OrderStatus.PENDING_CANCEL:
                self._broker.cancel(now)
        await self._engine.serve([Asked(report) for report in self._broker.drain()])

    def _skip_seen(self) -> None:
        """Go past what an earlier run has seen of an unfinished session: engine time never goes back.

        Bars among it are known to the strategies' indicators, so they are shown to them; nothing else happens.
        """
        self.inbox.skip(self.state.ts, lambda bar: self.runner.warm_up([bar]))

    def _on_halted(self, record: ev.Record) -> None:
        if isinstance(record.event, ev.TradingHalted) and not self.latch.flag.is_set():
            self.latch.close(f"{record.event.cause}: {record.event.text}")

    def _on_resumed(self, _record: ev.Record) -> None:
        self.latch.open()


async def fold(journal: SqliteJournal | MemoryJournal, state: State, chains: Chains) -> list[Fill]:
    """Apply everything the journal says, and return its fills, oldest first.

    Raises:
        JournalError: it cannot be read.
    """
    fills = []
    async for record in journal.replay():
        state.apply(record)
        chains.restore(record)
        if isinstance(record.event, ev.OrderFilled):
            fills.append(record.event.fill)
    return fills
