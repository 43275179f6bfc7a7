"""An account at rest: what its journal says when no engine runs to be asked.

Reading takes no lock and changes nothing, so it may be wrong about the present when an engine runs after all and does
not answer; `stale` says so: the newest run has not ended in order.
"""

import time
from pathlib import Path
from typing import Final, NamedTuple

from cockpit.exits import Exit, Failure
from cockpit.latch import Latch
from cockpit.paths import Paths
from cockpit.queries.orders import stopped_order
from cockpit.queries.plain import Json, instant
from oms.chains import Chains
from oms.domain.events import Record
from oms.domain.risk import TradingState
from oms.domain.units import SECOND
from oms.journal.errors import JournalError, JournalLocked
from oms.journal.head import demanded
from oms.journal.lock import Lock
from oms.journal.private import make_folder
from oms.journal.sqlite import LOCK
from oms.journal.verify import verify
from oms.state import State

ACTOR: Final = "command line"


class Rest(NamedTuple):
    """A folded journal: the state, why its orders came about, the hash of its last record, and whether there is a
    journal at all."""

    state: State
    chains: Chains
    hash: str
    exists: bool

    @property
    def stale(self) -> bool:
        """Whether the newest run has not ended in order."""
        return self.state.runs.started is not None and self.state.runs.ended_by is None


def fold_file(journal: Path) -> Rest:
    """Fold a journal into a state, checking it on the way; one that never was is an empty one.

    Raises:
        JournalBroken: what is stored is not what was written, or it is gone and its head is there; nothing is shown.
        JournalError: it cannot be read.
    """
    state, chains = State(), Chains()

    def fold(record: Record) -> None:
        state.apply(record)
        chains.restore(record)

    demanded(journal)
    if not journal.exists():
        return Rest(state, chains, "", exists=False)
    end = verify(journal, each=fold)
    return Rest(state, chains, end.hash, exists=True)


class Latched(NamedTuple):
    """What a stop without an engine came to, see `latch_for_next_start`."""

    unnoted: str | None
    orders: list[Json] | None
    kept: list[Json] | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left of what a stop does, so that an engine would have done no more."""
        return self.unnoted is None and self.orders == []


def latch_for_next_start(paths: Paths, reason: str) -> Latched:
    """Stop an account that no engine runs: close its latch, so that the next start is HALTED and journals who did it.

    Returns the orders that still work at the venue and are canceled by nobody until an engine runs, and those that a
    stop keeps: what protects a position, and what is held here. Null where the journal cannot be read. `unnoted` says
    why the stop could not be written down to be journaled; it stands all the same.

    Raises:
        Failure: TIMEOUT, an engine holds the journal after all: the latch is closed and what it does is not known.
    """
    lock = None
    make_folder(paths.account)
    try:
        lock = Lock.take(paths.account / LOCK)
    except JournalLocked as held:
        _close(paths, reason)
        _note(paths, reason)
        message = f"{held}, and does not answer; the latch is closed, so its next start is HALTED"
        hint = f"to end it now: kill {held.pid}" if held.pid is not None else "end that process"
        raise Failure(Exit.TIMEOUT, "NO_ANSWER", message, hint=hint, details={"pid": held.pid}) from held
    try:
        _close(paths, reason)
        return Latched(_note(paths, reason), *_working(paths))
    finally:
        lock.release()


def _working(paths: Paths) -> tuple[list[Json], list[Json]] | tuple[None, None]:
    """Return the orders that a stop would cancel and those that it keeps, None where a broken journal cannot say: the
    stop stands all the same."""
    try:
        working = fold_file(paths.journal).state.blotter.open.values()
    except JournalError:
        return None, None
    stays = {order.client_order_id: order.ticket.protects or order.is_local for order in working}
    return (
        [stopped_order(order) for order in working if not stays[order.client_order_id]],
        [stopped_order(order) for order in working if stays[order.client_order_id]],
    )


def open_latch(paths: Paths) -> Json:
    """Let orders through again while no engine runs: the latch goes, and a halt that the journal knows is undone by
    the next start, because only an engine writes records.

    It is written down first, for that start to journal, so that no open latch is unexplained. The lock is held
    meanwhile, so that no engine can start on the latch while it goes.

    Raises:
        Failure: WRONG_STATE, nothing is halted.
        JournalLocked: an engine runs.
        JournalError: the journal cannot be read, or the latch not be taken away: the next start is still HALTED.
    """
    latch = Latch(paths.halted)
    if latch.found() is None and not fold_file(paths.journal).exists:
        raise Failure(Exit.WRONG_STATE, "NOT_HALTED", "trading is not halted: nothing has run yet")
    lock = Lock.take(paths.account / LOCK)
    try:
        state = fold_file(paths.journal).state
        halted = None if is_resumed(paths, state) else _halted_by(state)
        latched = latch.found()
        if latched is None and halted is None:
            raise Failure(Exit.WRONG_STATE, "NOT_HALTED", "trading is not halted")
        text = f"resumed trading, which was stopped by {latched or halted}"
        resumes = state.trading.halts if halted is not None else None
        latch.notes.add(ACTOR, text, time.time_ns(), resumes=resumes)
        latch.open(latch.closings)
        if latch.file_error is not None:
            raise JournalError(latch.file_error)
    finally:
        lock.release()
    paused = [name for name in state.roster.by_id if not state.roster.is_enabled(name)]
    return {"state": TradingState.ACTIVE.value, "paused": paused}


def is_resumed(paths: Paths, state: State) -> bool:
    """Whether the next start undoes the halt that this folded state ends in, as somebody asked for meanwhile.

    Raises:
        JournalError: what was done meanwhile cannot be read.
    """
    noted = Latch(paths.halted).notes.found()
    return state.trading.state is not TradingState.ACTIVE and noted.resume_of(state.trading.halts) is not None


def _halted_by(state: State) -> str | None:
    """Return who closed the gate and why, as the journal ends; None where it is open."""
    trading = state.trading
    return f"{trading.closed_by}: {trading.text}" if trading.state is not TradingState.ACTIVE else None


def _close(paths: Paths, reason: str) -> None:
    latch = Latch(paths.halted)
    latch.close(f"{ACTOR}, {instant(time.time_ns() // SECOND * SECOND)}: {reason}")
    if latch.file_error is not None:
        msg = f"{paths.halted}: {latch.file_error}"
        raise JournalError(msg)


def _note(paths: Paths, reason: str) -> str | None:
    """Write the stop down for the next start to journal; return why that cannot be: the latch holds all the same."""
    try:
        Latch(paths.halted).notes.add(ACTOR, f"stopped trading: {reason}", time.time_ns())
    except JournalError as error:
        return str(error)
    return None
