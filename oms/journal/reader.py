"""Reads the records of a journal that somebody else may be writing: nothing is locked, changed or left behind.

Each row is read as it is stored; the chain is not recomputed, see `verify`. A page is read whole before the first of
its rows is yielded, so that a slow reader holds no read transaction open beside the writer.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from oms.journal.codec import Row
from oms.journal.errors import JournalBroken
from oms.journal.schema import MIGRATIONS, SELECT_AFTER, SELECT_KIND, newest
from oms.journal.verify import check_version, open_to_read

PAGE_ROWS: Final = 2_048


def read_rows(path: Path, after: int = 0) -> Iterator[Row]:
    """Yield the stored rows after a sequence number, in order.

    Raises:
        JournalBroken: a record is missing or cannot be read.
        JournalNewer: a newer version wrote the file.
        JournalError: it does not exist or cannot be opened.
    """
    connection = open_to_read(path)
    try:
        check_version(connection, path, newest(MIGRATIONS))
        while page := _page(connection, path, SELECT_AFTER, after, PAGE_ROWS):
            for row in page:
                after += 1
                if row.seq != after:
                    raise JournalBroken(after, f"missing: record {row.seq} follows", path)
                yield row
    finally:
        connection.close()


def read_kind(path: Path, kind: str) -> Iterator[Row]:
    """Yield the stored rows of one kind, in order; that one is missing is not noticed. Raises as `read_rows` does."""
    connection = open_to_read(path)
    try:
        check_version(connection, path, newest(MIGRATIONS))
        after = 0
        while page := _page(connection, path, SELECT_KIND, after, kind, PAGE_ROWS):
            yield from page
            after = page[-1].seq
    finally:
        connection.close()


def _page(connection: sqlite3.Connection, path: Path, select: str, after: int, *parameters: str | int) -> list[Row]:
    try:
        return [Row._make(values) for values in connection.execute(select, (after, *parameters)).fetchall()]
    except sqlite3.Error as error:
        raise JournalBroken(after + 1, f"it cannot be read: {error}", path) from error
