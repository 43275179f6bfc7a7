"""The one place where an exception becomes an exit code and a line that a person can act on."""

import os
import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cockpit.config import ConfigError
from cockpit.exits import Exit, Failure
from oms.journal.errors import JournalBroken, JournalError, JournalLocked, JournalNewer

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700


def failure_of(error: Exception, log: Path | None) -> Failure:
    """Return what went wrong as a failure; what nobody foresaw is written to a file in the folder `log` and named."""
    if isinstance(error, Failure):
        return error
    known = next((kind for kind in _KNOWN if isinstance(error, kind)), None)
    if known is None:
        return _unexpected(error, log)
    exit_, code, hint = _KNOWN[known]
    details = {name: getattr(error, name) for name in _DETAILS if hasattr(error, name)}
    return Failure(exit_, code, str(error), hint=hint, details=details)


# The first kind that fits holds: a special one stands before what it is a kind of.
_KNOWN: Final[dict[type[Exception], tuple[Exit, str, str]]] = {
    ConfigError: (Exit.CONFIG, "CONFIG", "see cockpit config check"),
    JournalLocked: (Exit.WRONG_STATE, "LOCKED", "one engine runs an account; that one answers cockpit risk status"),
    JournalBroken: (Exit.INTEGRITY, "JOURNAL_BROKEN", "nothing was changed; cockpit headless --fresh begins a new one"),
    JournalNewer: (Exit.INTEGRITY, "JOURNAL_NEWER", "nothing was changed; run the version that wrote it"),
    JournalError: (Exit.INTEGRITY, "JOURNAL", ""),
    ConnectionError: (Exit.UNREACHABLE, "UNREACHABLE", ""),
}
_DETAILS: Final = ("pid", "host", "seq", "version", "newest")


def _unexpected(error: Exception, log: Path | None) -> Failure:
    name = secrets.token_hex(4)
    text = "".join(traceback.format_exception(error))
    kept = _keep(text, name, log) if log is not None else None
    if kept is None:
        sys.stderr.write(text)
    message = f"unexpected {type(error).__name__}, {name}: {error}"
    hint = f"what happened is written down in {kept}" if kept is not None else ""
    return Failure(Exit.UNEXPECTED, "UNEXPECTED", message, hint=hint, details={"id": name})


def _keep(text: str, name: str, log: Path) -> Path | None:
    """Write a traceback to a private file and return it; None when the disk refuses."""
    path = log / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{name}.txt"
    try:
        log.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return None
    return path
