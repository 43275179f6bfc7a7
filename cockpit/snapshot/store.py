"""Where exported screens go: private files that are there whole or not at all."""

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700


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
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    content = text.encode()
    path, partial = folder / name, folder / f".{name}.partial"
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    return Written(path, sha256(content).hexdigest())
