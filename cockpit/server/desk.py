"""The verbs that a running engine answers: every query over its state, and the commands that change it.

A command goes through the inbox like everything else and is answered with what the journal says it caused. Whoever
stops trading waits for nobody: the latch is closed before the command is queued.

An answer is durable: `cockpit.durable_reader` waits for the commit in hand.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from cockpit.durable_reader import DurableReader
from cockpit.exits import Exit, Failure
from cockpit.queries.orders import stopped_order
from cockpit.queries.plain import Arguments, Json
from cockpit.queries.rest import ACTOR
from cockpit.queries.result import VerbResult
from cockpit.queries.state import QUERIES, amounts
from cockpit.session import Session
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import ClientOrderId, StrategyId
from oms.domain.options import nearest
from oms.domain.text import sanitize
from oms.journal.holdover import Holdover
from oms.state import State

CANCEL_SECS: Final = 1.0
FOLD: Final = "journal state"  # the one query that needs more than the state


class Desk:
    """Answers for one session. A stop waits `cancel_secs` for venues to confirm its cancels."""

    def __init__(self, session: Session, cancel_secs: float = CANCEL_SECS) -> None:
        self._session = session
        self._cancel_secs = cancel_secs
        self._moved = asyncio.Event()  # set whenever an order has moved
        self._reader = DurableReader(session)
        self._commands: dict[str, Callable[[Arguments], Awaitable[VerbResult]]] = {
            "stop": self._stop,
            "resume": self._resume,
            "strategies enable": self._enable,
            "strategies pause": self._pause,
        }
        session.bus.subscribe(lambda _record: self._moved.set(), *ev.ORDER_EVENTS)

    @property
    def seq(self) -> int:
        """The last durable record of the session."""
        journal = self._session.journal
        return journal.durable_seq if isinstance(journal, Holdover) else journal.seq

    @property
    def _held_over(self) -> tuple[str, ...]:
        """What to know of an answer while the journal has failed; empty otherwise."""
        journal = self._session.journal
        if not isinstance(journal, Holdover) or not journal.holding:
            return ()
        return (f"the journal has failed: {journal.seq - journal.durable_seq} newer records are not durable",)

    async def answer(self, verb: str, arguments: Arguments) -> VerbResult:
        """Do what a verb says.

        Raises:
            Failure: it cannot be done, or there is no such verb.
        """
        query = QUERIES.get(verb, self._amounts if verb == FOLD else None)
        if query is not None:
            data = await self._reader.read(lambda: query(self._session.state, arguments))
            return VerbResult(data, stale=bool(self._held_over), warnings=self._held_over)
        command = self._commands.get(verb)
        if command is None:
            known = ", ".join([*QUERIES, FOLD, *self._commands])
            raise Failure(Exit.USAGE, "NO_VERB", f"no verb {sanitize(verb)!r}: there are {known}")
        if self._session.ended_by is not None:
            raise Failure(Exit.WRONG_STATE, "ENDING", f"the engine is ending: {self._session.ended_by}")
        return await command(arguments)

    def _amounts(self, state: State, _arguments: Arguments) -> Json:
        """Return what the journal amounts to, as far as it is durable."""
        return amounts(state, self._session.journal.hash)

    async def _stop(self, arguments: Arguments) -> VerbResult:
        """Stop all trading and return, for each order that worked, what became of it."""
        session, reason = self._session, sanitize(str(arguments.get("reason") or "asked for"))
        records = await session.halt(ACTOR, reason)
        asked = [record.event.client_order_id for record in records if isinstance(record.event, ev.OrderPendingCancel)]
        await self._closed(asked)
        orders = await self._reader.read(lambda: [session.state.blotter.orders[order_id] for order_id in asked])
        working = sum(not order.is_closed for order in orders)
        warnings = [f"{working} of {len(asked)} cancels are not confirmed yet"] if working else []
        if session.latch.file_error is not None:
            warnings.append(f"the latch file could not be written: {session.latch.file_error}")
        data = {
            "state": session.state.trading.state.value,
            "reason": reason,
            "orders": [stopped_order(order) for order in orders],
            "paused": [record.event.strategy_id for record in records if isinstance(record.event, ev.StrategyPaused)],
        }
        return VerbResult(data, warnings=tuple(warnings), exit=Exit.PARTIAL if warnings else Exit.OK)

    async def _resume(self, _arguments: Arguments) -> VerbResult:
        """Open the gate again after a halt or a reduction; strategies stay paused."""
        session = self._session
        _require_done(await session.resume(ACTOR))
        paused = [name for name in session.state.roster.by_id if not session.state.roster.is_enabled(name)]
        return VerbResult({"state": session.state.trading.state.value, "paused": paused})

    async def _enable(self, arguments: Arguments) -> VerbResult:
        """Let the signals of a strategy through, or of all that are paused."""
        records = await self._ask(do.EnableStrategy(actor=ACTOR, strategy_id=self._named(arguments)))
        enabled = [record.event.strategy_id for record in records if isinstance(record.event, ev.StrategyEnabled)]
        return VerbResult({"enabled": enabled})

    async def _pause(self, arguments: Arguments) -> VerbResult:
        """Keep a strategy fed, or all of them, and discard its signals."""
        records = await self._ask(do.PauseStrategy(actor=ACTOR, strategy_id=self._named(arguments)))
        paused = [record.event.strategy_id for record in records if isinstance(record.event, ev.StrategyPaused)]
        return VerbResult({"paused": paused})

    def _named(self, arguments: Arguments) -> StrategyId | None:
        """Return the strategy that a verb names; None is all of them. Raises Failure when there is no such strategy."""
        if arguments.get("name") is None:
            return None
        name, known = sanitize(str(arguments["name"])), list(self._session.state.roster.by_id)
        if name not in known:
            hint = nearest(name, [str(strategy_id) for strategy_id in known])
            raise Failure(Exit.NOT_FOUND, "NOT_FOUND", f"no strategy {name}", hint=hint)
        return StrategyId(name)

    async def _ask(self, command: do.Command) -> Sequence[ev.Record]:
        """Return what a command caused, after the commit. Raises Failure when it was refused."""
        return _require_done(await self._session.inbox.ask(command))

    async def _closed(self, order_ids: Collection[ClientOrderId]) -> None:
        """Wait until the venue has answered for these orders, or for as long as a stop may take."""
        orders = self._session.state.blotter.orders
        try:
            async with asyncio.timeout(self._cancel_secs):
                while not all(orders[order_id].is_closed for order_id in order_ids):
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            return


def _require_done(records: Sequence[ev.Record]) -> Sequence[ev.Record]:
    """Return the records of a command that was not refused. Raises Failure when it was."""
    for record in records:
        if isinstance(record.event, ev.CommandRefused):
            raise Failure(Exit.WRONG_STATE, "REFUSED", record.event.text)
    return records
