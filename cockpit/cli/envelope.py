"""How a verb speaks: data to stdout, words to stderr, the outcome as the exit code.

With `--json` stdout holds exactly one object, also when the verb fails. Its fields are only ever added to within one
schema number. Without it, stdout holds lined-up text. A failure is one line on stderr either way.
"""

import errno
import json as plain
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn, TextIO

import typer

from cockpit.cli.failure import failure_of
from cockpit.cli.workplace import Workplace, find_workplace, unheeded
from cockpit.early import EARLY, STOP
from cockpit.exits import Exit, Failure
from cockpit.format import masked
from cockpit.latch import Latch
from cockpit.log.access import NAME, note
from cockpit.modes import TradingMode
from cockpit.queries.plain import Json
from cockpit.queries.result import VerbResult
from oms.domain.text import sanitize
from oms.journal.errors import JournalError, JournalLocked
from oms.journal.private import make_folder

SCHEMA: Final = "cockpit.cli/1"
LONGEST_LINE: Final = 2_000
STARTS: Final = ("headless", "run")
CHECK: Final = "config check"


def run(
    command: str,
    config: Path | None,
    state: Path | None,
    json: bool,
    do: Callable[[Workplace], VerbResult],
    show: Callable[[Json], str],
    *,
    mode: TradingMode | None = None,
    seed: int | None = None,
    find: Callable[[], Workplace] | None = None,
) -> NoReturn:
    """Find the workplace, do the verb, print what came of it and leave with its exit code."""
    workplace: Workplace | None = None
    try:
        workplace = find() if find is not None else find_workplace(config, state, mode=mode, seed=seed)
        answer = do(workplace)
        answer = answer._replace(warnings=(*workplace.doubts, *answer.warnings))
        if command in (*STARTS, CHECK):
            answer = answer._replace(warnings=(*unheeded(workplace, state), *answer.warnings))
        if command in STARTS:
            answer = answer._replace(warnings=(*answer.warnings, *_late_stop(workplace)))
    except KeyboardInterrupt:  # of a strategy: the signal itself does not come this way
        print_failure(command, Failure(Exit.INTERRUPTED, "INTERRUPTED", "interrupted"), json=json, workplace=workplace)
        raise typer.Exit(int(Exit.INTERRUPTED)) from None
    except Exception as error:  # noqa: BLE001 - the rim: whatever it was, it becomes a line and an exit code
        log = _log_folder(workplace, state)
        failure = failure_of(error, log, command)
        if workplace is not None and command in STARTS and not isinstance(error, JournalLocked):
            failure.message = "; ".join((failure.message, *_late_stop(workplace)))
        if log is not None and (command in STARTS or failure.exit is Exit.UNCONFIRMED):
            note(log / NAME, f"{command}: refused", time.time_ns(), code=failure.code, reason=failure.message)
        print_failure(command, failure, json=json, workplace=workplace)
        raise typer.Exit(int(failure.exit)) from None
    for warning in answer.warnings:
        _print(f"warning: {sanitize(warning, LONGEST_LINE)}", sys.stderr)
    if json:
        _print(_line(envelope(command, workplace, answer, None)), sys.stdout)
    else:
        _print(show(answer.data), sys.stdout)
    raise typer.Exit(int(answer.exit))


def _late_stop(workplace: Workplace) -> tuple[str, ...]:
    """Latch a stop that came by a signal while no run could hear it, and return that in words; nothing without one."""
    if not EARLY.take_stop() or not workplace.settings.estop.signal:
        return ()
    latch = Latch(workplace.paths.halted)
    try:
        make_folder(workplace.paths.account)
    except JournalError as error:
        return (f"SIGUSR1 came while no engine ran, and the next start cannot be halted: {error}",)
    latch.close(f"signal: {STOP.name}")
    return (latch.file_error or f"{STOP.name} came while no engine ran: the next start is HALTED",)


def print_failure(command: str, failure: Failure, *, json: bool, workplace: Workplace | None = None) -> None:
    """Say what went wrong: a line on stderr and, for a program, the object on stdout."""
    hint = f"; {failure.hint}" if failure.hint else ""
    _print(sanitize(f"{' '.join(('cockpit', *command.split()))}: {failure.message}{hint}", LONGEST_LINE), sys.stderr)
    if json:
        _print(_line(envelope(command, workplace, VerbResult(None), failure)), sys.stdout)


def envelope(command: str, workplace: Workplace | None, answer: VerbResult, failure: Failure | None) -> Json:
    """Return the object that `--json` prints."""
    session = workplace.settings.session if workplace is not None else None
    return {
        "schema": SCHEMA,
        "command": command,
        "ok": failure is None,
        "ts": f"{datetime.now(UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z",
        "mode": session.mode.value if session is not None else None,
        "account": masked(session.account) if session is not None else None,
        "seq": answer.seq,
        "stale": answer.stale,
        "data": answer.data,
        "warnings": [sanitize(warning, LONGEST_LINE) for warning in answer.warnings],
        "error": _error(failure) if failure is not None else None,
    }


def _error(failure: Failure) -> Json:
    return {
        "code": failure.code,
        "exit": int(failure.exit),
        "message": sanitize(failure.message, LONGEST_LINE),
        "hint": sanitize(failure.hint, LONGEST_LINE),
        "details": failure.details,
    }


def _line(whole: Json) -> str:
    return plain.dumps(whole, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _print(text: str, stream: TextIO | None) -> None:
    """Write a line; a terminal or a reader that is gone hears nothing, and that is no failure of what was done."""
    error = _write(text, stream)
    if error is not None and not is_heard(error, stream):
        raise typer.Exit(int(Exit.UNEXPECTED))


def _write(text: str, stream: TextIO | None) -> OSError | None:
    """Write a line and return what went wrong; None is a stream that was closed before we began."""
    EARLY.has_answered |= stream is sys.stdout
    if stream is None:
        return OSError(errno.EBADF, os.strerror(errno.EBADF))
    try:
        typer.echo(text, file=stream)
        stream.flush()
    except OSError as error:
        return error
    return None


def is_heard(error: OSError, stream: TextIO | None) -> bool:
    """Return whether a line that could not be written need not trouble anybody, because nobody was there to read it.
    An answer is always missed, unless its reader has left: then stderr is told."""
    if stream is None and sys.stdout is not None:
        return True  # words, and stderr was closed on purpose
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # what is still buffered must not fail once more
    if error.errno in {errno.EIO, errno.EPIPE}:
        return True
    if stream is sys.stdout and sys.stderr is not None:
        _print(f"cockpit: the answer could not be written: {error.strerror}", sys.stderr)
    return False


def _log_folder(workplace: Workplace | None, state: Path | None) -> Path | None:
    """Return where a traceback goes; before the configuration is read only the state folder's own names are known."""
    if workplace is not None:
        return workplace.paths.log
    root = state or (Path(os.environ["COCKPIT_STATE"]) if os.environ.get("COCKPIT_STATE") else None)
    return root / "log" if root is not None else None
