"""The verbs that a running engine answers: every query over its state, and the commands that change it.

A command goes through the inbox like everything else and is answered with what the journal says it caused. Whoever
stops trading waits for nobody: the latch is closed before the command is queued.

An answer is durable. While a batch is being committed the state is ahead of the journal, so a question that comes in
between is answered the moment the commit is through, by the bus, before the engine can move on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from cockpit.exits import Exit, Failure
from cockpit.queries.result import VerbResult
from cockpit.queries.state import QUERIES, Arguments, Json, stopped_order
from cockpit.session import Session
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import ClientOrderId, StrategyId
from oms.domain.text import sanitize

ACTOR: Final = "command line"
CANCEL_SECS: Final = 1.0


class Desk:
    """Answers for one session. A stop waits `cancel_secs` for venues to confirm its cancels."""

    def __init__(self, session: Session, cancel_secs: float = CANCEL_SECS) -> None:
        self._session = session
        self._cancel_secs = cancel_secs
        self._moved = asyncio.Event()  # set whenever an order has moved
        self._waiting: list[tuple[asyncio.Future[Json], Callable[[], Json]]] = []  # for the commit in hand
        self._commands: dict[str, Callable[[Arguments], Awaitable[VerbResult]]] = {
            "stop": self._stop,
            "resume": self._resume,
            "strategies enable": self._enable,
            "strategies pause": self._pause,
        }
        session.bus.subscribe(lambda _record: self._moved.set(), *ev.ORDER_EVENTS)
        session.bus.subscribe(self._committed, *ev.KINDS.values())

    @property
    def seq(self) -> int:
        """The last durable record of the session."""
        return self._session.journal.seq

    async def answer(self, verb: str, arguments: Arguments) -> VerbResult:
        """Do what a verb says.

        Raises:
            Failure: it cannot be done, or there is no such verb.
        """
        query = QUERIES.get(verb)
        if query is not None:
            return VerbResult(await self._read(lambda: query(self._session.state, arguments)))
        command = self._commands.get(verb)
        if command is None:
            known = ", ".join([*QUERIES, *self._commands])
            raise Failure(Exit.USAGE, "NO_VERB", f"no verb {sanitize(verb)!r}: there are {known}")
        if self._session.ended_by is not None:
            raise Failure(Exit.WRONG_STATE, "ENDING", f"the engine is ending: {self._session.ended_by}")
        return await command(arguments)

    async def _stop(self, arguments: Arguments) -> VerbResult:
        """Stop all trading and return, for each order that worked, what became of it."""
        session, reason = self._session, sanitize(str(arguments.get("reason") or "asked for"))
        records = await session.halt(ACTOR, reason)
        asked = [record.event.client_order_id for record in records if isinstance(record.event, ev.OrderPendingCancel)]
        await self._closed(asked)
        orders = await self._read(lambda: [session.state.blotter.orders[order_id] for order_id in asked])
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
        records = await self._ask(do.EnableStrategy(actor=ACTOR, strategy_id=_named(arguments)))
        enabled = [record.event.strategy_id for record in records if isinstance(record.event, ev.StrategyEnabled)]
        return VerbResult({"enabled": enabled})

    async def _pause(self, arguments: Arguments) -> VerbResult:
        """Keep a strategy fed, or all of them, and discard its signals."""
        records = await self._ask(do.PauseStrategy(actor=ACTOR, strategy_id=_named(arguments)))
        paused = [record.event.strategy_id for record in records if isinstance(record.event, ev.StrategyPaused)]
        return VerbResult({"paused": paused})

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

    async def _read(self, question: Callable[[], Json]) -> Json:
        """Return what a question about the state is answered with when all of the state is durable."""
        if self._session.state.seq <= self._session.journal.seq:
            return question()
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting.append((answer, question))
        return await answer

    def _committed(self, _record: ev.Record) -> None:
        """Answer who waited for this commit. A handler may not raise, so whoever asked gets what was raised."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for answer, question in waiting:
            if answer.done():  # whoever asked has left
                continue
            try:
                answer.set_result(question())
            except Exception as error:  # noqa: BLE001
                answer.set_exception(error)


def _require_done(records: Sequence[ev.Record]) -> Sequence[ev.Record]:
    """Return the records of a command that was not refused. Raises Failure when it was."""
    for record in records:
        if isinstance(record.event, ev.CommandRefused):
            raise Failure(Exit.WRONG_STATE, "REFUSED", record.event.text)
    return records


def _named(arguments: Arguments) -> StrategyId | None:
    """Return the strategy that a verb names; None is all of them."""
    name = arguments.get("name")
    return StrategyId(sanitize(str(name))) if name is not None else None
