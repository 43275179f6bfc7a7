"""The file that a book is kept in: its tables, its version, and that nobody but its owner opens it."""

import os
import sqlite3
from pathlib import Path
from typing import Final

VERSION: Final = 1

SCHEMA: Final = """
CREATE TABLE account(account TEXT NOT NULL, currency TEXT NOT NULL, cash TEXT NOT NULL) STRICT;
CREATE TABLE orders(place INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL UNIQUE, ticket TEXT NOT NULL) STRICT;
CREATE TABLE reports(place INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL, report TEXT NOT NULL,
    cash TEXT NOT NULL) STRICT;
"""


def book_version(file: sqlite3.Connection) -> int:
    """Return the version of a file, 0 for a new one.

    Raises:
        OSError: it is another version's.
        sqlite3.Error: it cannot be read.
    """
    (version,) = file.execute("PRAGMA user_version").fetchone()
    if version not in (0, VERSION):
        msg = f"version {version}, and this program reads version {VERSION}"
        raise OSError(msg)
    return int(version)


def create_privately(path: Path) -> None:
    """Make the file for its owner only before SQLite opens it; its companions inherit the mode.

    Raises:
        OSError: it cannot be made, is a link, or others can open it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)  # no link is followed
    try:
        mode = os.fstat(descriptor).st_mode & 0o777
    finally:
        os.close(descriptor)
    if mode & 0o077:
        msg = f"others can open it (mode {mode:03o}): chmod 600"
        raise OSError(msg)
