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
    match error:
        case Failure():
            return error
        case ConfigError():
            return Failure(Exit.CONFIG, "CONFIG", str(error))
        case JournalLocked():
            hint = f"that engine answers cockpit risk status; end it with kill {error.pid}"
            return Failure(Exit.WRONG_STATE, "LOCKED", str(error), hint=hint, details={"pid": error.pid})
        case JournalBroken():
            hint = "nothing was changed; see cockpit journal verify, and cockpit headless --fresh to begin a new one"
            return Failure(Exit.INTEGRITY, "JOURNAL_BROKEN", str(error), hint=hint, details={"seq": error.seq})
        case JournalNewer():
            return Failure(Exit.INTEGRITY, "JOURNAL_NEWER", str(error), details={"version": error.version})
        case JournalError():
            return Failure(Exit.INTEGRITY, "JOURNAL", str(error))
        case ConnectionError():
            return Failure(Exit.UNREACHABLE, "UNREACHABLE", str(error))
        case _:
            return _unexpected(error, log)


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
