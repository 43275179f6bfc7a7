"""What nobody foresaw: a fault of the program, kept where somebody can read it afterwards.

Whoever meets one, a verb, the socket or the screen, must say that it happened and go on or end in order. The
traceback belongs to neither a terminal nor an answer, so it goes to a private file, and only its name is told.
"""

import os
import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path

from cockpit.exits import Exit, Failure
from oms.journal.private import make_missing, open_file


def fault_of(error: Exception, log: Path | None) -> Failure:
    """Return an unexpected error as a failure, its traceback written to a file in the folder `log`.

    The hint names the file; it is empty without a folder, and where the disk refuses.
    """
    name = secrets.token_hex(4)
    kept = _keep("".join(traceback.format_exception(error)), name, log) if log is not None else None
    message = f"unexpected {type(error).__name__}, {name}: {error}"
    hint = f"what happened is written down in {kept}" if kept is not None else ""
    return Failure(Exit.UNEXPECTED, "UNEXPECTED", message, hint=hint, details={"id": name})


def _keep(text: str, name: str, log: Path) -> Path | None:
    path = log / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{name}.txt"
    try:
        make_missing(log)
        with os.fdopen(open_file(path), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return None
    return path
