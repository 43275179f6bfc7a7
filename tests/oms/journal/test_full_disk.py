"""A disk that is full: nothing is half written, and the error says what is free."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from oms.journal.errors import JournalError
from oms.journal.verify import verify
from tests.oms.journal.examples import records
from tests.oms.journal.opened import opened


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes: a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [40, 2_000])
async def test_a_full_disk_is_an_error_and_nothing_is_half_written(path: Path, size: int) -> None:
    """J-12."""
    async with opened(path) as journal:
        await journal.append(records(10))
        before = (journal.seq, journal.hash)
        wal = path.with_name("journal.sqlite-wal").stat().st_size

        refused = pytest.raises(JournalError, match=rf"records 11 to {10 + size} were not written to .*: ")
        with no_room_beyond(wal + 6_000), refused:
            await journal.append(records(size, after=10))

        assert (journal.seq, journal.hash) == before
        with pytest.raises(JournalError, match="takes no more records"):
            await journal.append(records(1, after=10))
    async with opened(path) as again:
        assert (again.seq, again.hash) == before
        await again.append(records(size, after=10))
    assert verify(path).seq == 10 + size


async def test_a_full_disk_is_said_with_what_is_free_on_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """J-12: the file may have no more pages, which SQLite tells in the words that it has for a full disk."""
    connect = sqlite3.connect

    def of_few_pages(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.execute("PRAGMA max_page_count = 1")  # that is, as many as there are
        return connection

    async with opened(path) as journal:
        await journal.append(records(10))
    monkeypatch.setattr(sqlite3, "connect", of_few_pages)
    monkeypatch.setattr("oms.journal.sqlite.disk_usage", lambda _folder: SimpleNamespace(free=1_234_567))
    async with opened(path) as journal:
        with pytest.raises(JournalError, match=r"full, 1\.2 MB free there$"):
            await journal.append(records(2_000, after=10))
