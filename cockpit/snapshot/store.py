"""Where exported screens go: private files that are there whole or not at all."""

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from oms.journal.private import make_missing, open_file


class Written(NamedTuple):
    """A file and the SHA-256 of its bytes, in lower-case hex."""

    path: Path
    sha256: str


def file_name(mode: str, now: datetime, seq: int, suffix: str) -> str:
    """Return `cockpit-paper-20261120T140325Z-18204.svg`; `now` is UTC, `seq` the last durable record."""
    return f"cockpit-{mode}-{now:%Y%m%dT%H%M%SZ}-{seq}.{suffix}"


def write(folder: Path, name: str, text: str) -> Written:
    """Write a file that only its owner can read, under a temporary name first.

    Raises:
        OSError: it cannot be written; nothing is left behind under its name.
    """
    make_missing(folder)
    content = text.encode()
    path, partial = folder / name, folder / f".{name}.partial"
    try:
        with os.fdopen(open_file(partial), "wb") as file:
            file.truncate(file.write(content))  # of a longer one that a crash left behind nothing stays
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    return Written(path, sha256(content).hexdigest())
