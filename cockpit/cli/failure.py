"""The one place where an exception becomes an exit code and a line that a person can act on."""

import os
import sys
import traceback
from pathlib import Path
from typing import Final

from brokers.sim.disk_book import BookError
from cockpit.exits import Exit, Failure
from cockpit.fault import fault_of
from cockpit.settings import ConfigError
from oms.journal.errors import JournalBroken, JournalError, JournalLocked, JournalNewer


def failure_of(error: Exception, log: Path | None, command: str = "") -> Failure:
    """Return what went wrong as a failure, whose hint names another verb than the one that failed.

    What nobody foresaw is written to a file in the folder `log` and named.
    """
    if isinstance(error, Failure):
        return error
    known = next((kind for kind in _KNOWN if isinstance(error, kind)), None)
    if known is None:
        if isinstance(error, OSError):  # a name too long, a disk that is full, a folder where a file should be
            where = f"{error.filename}: " if error.filename else ""
            return Failure(Exit.INTEGRITY, "FILES", f"{where}{error.strerror or error}")
        fault = fault_of(error, log)
        if not fault.hint:  # a fault that cannot be kept anywhere must at least be seen
            sys.stderr.write("".join(traceback.format_exception(error)))
        return fault
    exit_, code, hint = _KNOWN[known]
    if command and hint.endswith(f"cockpit {command}"):
        hint = ""
    if isinstance(error, JournalLocked):
        hint += _ways(error, command)
    details = {name: getattr(error, name) for name in _DETAILS if hasattr(error, name)}
    return Failure(exit_, code, str(error), hint=hint, details=details)


def _ways(held: JournalLocked, command: str) -> str:
    """Return how the engine that is there is ended, which may be one whose terminal has gone: no screen can be given to
    it again."""
    elsewhere = f" on {held.host}" if held.host != os.uname().nodename else ""
    ends = f" kill {held.pid}{elsewhere} ends it" if held.pid is not None else " it ends with its process"
    return f"{ends}, and only the run after that has a screen" if command == "run" else ends


_AFRESH: Final = "nothing was changed; cockpit headless --fresh begins a new one and keeps the old"
_ASK: Final = "cockpit risk status, positions list and orders list show what it does, cockpit stop stops its trading,"

# The first kind that fits holds: a special one stands before what it is a kind of.
_KNOWN: Final[dict[type[Exception], tuple[Exit, str, str]]] = {
    ConfigError: (Exit.CONFIG, "CONFIG", "see cockpit config check"),
    JournalLocked: (Exit.WRONG_STATE, "LOCKED", _ASK),
    JournalBroken: (Exit.INTEGRITY, "JOURNAL_BROKEN", _AFRESH),
    JournalNewer: (Exit.INTEGRITY, "JOURNAL_NEWER", "nothing was changed; run the version that wrote it"),
    JournalError: (Exit.INTEGRITY, "JOURNAL", ""),
    BookError: (Exit.INTEGRITY, "VENUE_BOOK", _AFRESH),
    ConnectionError: (Exit.UNREACHABLE, "UNREACHABLE", ""),
}
_DETAILS: Final = ("pid", "host", "seq", "version", "newest")
