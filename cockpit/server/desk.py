"""The verbs that a running engine answers: every query over its state, and the commands that change it.

A command goes through the inbox like everything else and is answered with what the journal says it caused. Whoever
stops trading waits for nobody: the latch is closed before the command is queued.

An answer is durable: `cockpit.durable_reader` waits for the commit in hand.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from cockpit.durable_reader import DurableReader
from cockpit.exits import Exit, Failure
from cockpit.flatten import FLATTEN, GOES_ON, flatten_in_rounds
from cockpit.queries.orders import find_order, instrument_named, stopped_order
from cockpit.queries.plain import Arguments, Json
from cockpit.queries.rest import ACTOR
from cockpit.queries.result import VerbResult
from cockpit.queries.state import QUERIES, amounts
from cockpit.queries.stop import flatten_result, shortcomings, stop_result, unflattened
from cockpit.session import Session
from cockpit.settling import Settling
from cockpit.switch import StopStands
from oms.chains import Chains
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import strategy_events as sev
from oms.domain.ids import StrategyId
from oms.domain.options import nearest
from oms.domain.order import OrderStatus
from oms.domain.text import sanitize
from oms.journal.errors import JournalError
from oms.journal.holdover import Holdover
from oms.lanes import EngineEnded
from oms.state import State

CANCEL_SECS: Final = 1.0
FOLD: Final = "journal state"  # the one query that needs more than the state
CANCEL: Final = "orders cancel"
STOPPED: Final = "stopped"  # what came of a stop that was given by another door


class Desk:
    """Answers for one session. A stop waits `cancel_secs` for venues to confirm its cancels."""

    def __init__(self, session: Session, cancel_secs: float = CANCEL_SECS) -> None:
        self._session = session
        self._cancel_secs = cancel_secs
        self._settling = Settling(session.bus, session.state)
        self._reader = DurableReader(session)
        self._commands: dict[str, Callable[[Arguments], Awaitable[VerbResult]]] = {
            "stop": self._stop,
            STOPPED: self._stopped,
            "flatten": self._flatten,
            "resume": self._resume,
            CANCEL: self._cancel,
            "strategies enable": self._enable,
            "strategies pause": self._pause,
            "strategies stop": self._stop_strategy,
        }

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
            data = await self._reader.read(lambda: query(self._session.state, self._session.chains, arguments))
            return VerbResult(data, stale=bool(self._held_over), warnings=self._held_over)
        command = self._commands.get(verb)
        if command is None:
            known = ", ".join([*QUERIES, FOLD, *self._commands])
            raise Failure(Exit.USAGE, "NO_VERB", f"no verb {sanitize(verb)!r}: there are {known}")
        if self._session.ended_by is not None:
            raise Failure(Exit.WRONG_STATE, "ENDING", f"the engine is ending: {self._session.ended_by}")
        return await command(arguments)

    def _amounts(self, state: State, _chains: Chains, _arguments: Arguments) -> Json:
        """Return what the journal amounts to, as far as it is durable."""
        return amounts(state, self._session.journal.hash)

    async def _stop(self, arguments: Arguments) -> VerbResult:
        """Stop all trading and return what came of it."""
        session, reason = self._session, sanitize(str(arguments.get("reason") or "asked for"))
        try:
            await session.switch.halt(ACTOR, reason)
        except JournalError:
            pass  # the gate is closed, and the session cancels without its journal; what comes of that is told below
        except EngineEnded as error:
            raise Failure(Exit.WRONG_STATE, "ENDING", "the gate is closed; the engine is ending") from error
        return await self._stopped(arguments)

    async def _stopped(self, _arguments: Arguments) -> VerbResult:
        """Return what came of the newest stop, once the venues have confirmed its cancels or their time is over."""
        session, aftermath = self._session, self._session.aftermath
        if aftermath.stop is None:
            raise Failure(Exit.WRONG_STATE, "NOT_HALTED", "nobody has stopped trading, or it was resumed")
        await self._settling.until(lambda: aftermath.is_settled, self._cancel_secs)
        data = await self._reader.read(lambda: stop_result(session))
        warnings = [*self._held_over, *shortcomings(data)]
        exit_ = Exit.PARTIAL if warnings else Exit.OK
        return VerbResult(data, stale=bool(self._held_over), warnings=tuple(warnings), exit=exit_)

    async def _flatten(self, arguments: Arguments) -> VerbResult:
        """Give back what is held of a symbol, or everything, at the market; whoever asks sends the word along."""
        if arguments.get("confirm") != FLATTEN:
            raise Failure(Exit.UNCONFIRMED, "DECLINED", f"the word is {FLATTEN}; nothing was flattened")
        state, symbol = self._session.state, arguments.get("instrument")
        named = None if symbol is None else instrument_named(state, str(symbol))
        done = await flatten_in_rounds(self._session, self._settling, ACTOR, named, self._cancel_secs)
        if done.refused and not done.sent and not done.canceled:
            raise Failure(Exit.WRONG_STATE, "REFUSED", done.refused)
        data = await self._reader.read(lambda: flatten_result(state, done, named))
        warnings = tuple(filter(None, [done.refused, *unflattened(data), GOES_ON if done.goes_on else ""]))
        return VerbResult(data, warnings=warnings, exit=Exit.PARTIAL if warnings else Exit.OK)

    async def _resume(self, _arguments: Arguments) -> VerbResult:
        """Open the gate again after a halt or a reduction; strategies stay paused."""
        session = self._session
        try:
            _require_done(await session.switch.resume(ACTOR))
        except StopStands as standing:
            raise Failure(Exit.WRONG_STATE, "STOP_STANDS", str(standing)) from standing
        paused = [name for name in session.state.roster.by_id if not session.state.roster.is_enabled(name)]
        return VerbResult({"state": session.state.trading.state.value, "paused": paused})

    async def _cancel(self, arguments: Arguments) -> VerbResult:
        """Ask for what is left of one order of ours back, and return where it stands once its venue has answered."""
        orders = self._session.state.blotter.orders
        order_id = find_order(self._session.state, str(arguments.get("id", ""))).client_order_id
        await self._ask(do.CancelOrder(actor=ACTOR, client_order_id=order_id, reason="by hand"))
        is_answered = await self._settling.closed([order_id], self._cancel_secs)
        data = await self._reader.read(lambda: stopped_order(orders[order_id]))
        if is_answered and data["status"] != OrderStatus.CANCELED:
            message = f"{order_id} is {data['status']}: its venue had it before it could be canceled"
            raise Failure(Exit.WRONG_STATE, "NOT_CANCELED", message, details=data)
        if is_answered:
            return VerbResult(data, stale=bool(self._held_over), warnings=self._held_over)
        warnings = (*self._held_over, f"{data['instrument']}: the venue has not confirmed the cancel yet")
        return VerbResult(data, stale=bool(self._held_over), warnings=warnings, exit=Exit.PARTIAL)

    async def _enable(self, arguments: Arguments) -> VerbResult:
        """Let the signals of a strategy through, or of all that are paused."""
        records = await self._ask(do.EnableStrategy(actor=ACTOR, strategy_id=self._named(arguments)))
        enabled = [record.event.strategy_id for record in records if isinstance(record.event, sev.StrategyEnabled)]
        return VerbResult({"enabled": enabled})

    async def _pause(self, arguments: Arguments) -> VerbResult:
        """Keep a strategy fed, or all of them, and discard its signals."""
        records = await self._ask(do.PauseStrategy(actor=ACTOR, strategy_id=self._named(arguments)))
        paused = [record.event.strategy_id for record in records if isinstance(record.event, sev.StrategyPaused)]
        return VerbResult({"paused": paused})

    async def _stop_strategy(self, arguments: Arguments) -> VerbResult:
        """Hear a strategy no more, and cancel its orders but those that protect."""
        name = self._named(arguments)
        if name is None:
            raise Failure(Exit.USAGE, "NO_NAME", "which strategy? a stop names one")
        records = await self._ask(do.StopStrategy(actor=ACTOR, strategy_id=name))
        stopped = [record.event.strategy_id for record in records if isinstance(record.event, sev.StrategyStopped)]
        return VerbResult({"stopped": stopped})

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


def _require_done(records: Sequence[ev.Record]) -> Sequence[ev.Record]:
    """Return the records of a command that was not refused. Raises Failure when it was."""
    for record in records:
        if isinstance(record.event, ev.CommandRefused):
            raise Failure(Exit.WRONG_STATE, "REFUSED", record.event.text)
    return records
