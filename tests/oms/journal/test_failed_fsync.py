"""After an fsync that failed the journal is opened anew, and not asked again."""

import sqlite3
from pathlib import Path

import aiosqlite
import pytest

from oms.journal.errors import JournalError
from oms.journal.verify import verify
from tests.oms.journal.examples import record, records
from tests.oms.journal.opened import opened


async def test_an_fsync_that_failed_is_not_asked_for_again_on_that_handle(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """J-14: whether it wrote, nobody knows, and the same descriptor would say yes."""
    asked = 0

    async def fail(_connection: aiosqlite.Connection, _sql: str, _values: object = None) -> None:
        nonlocal asked
        asked += 1
        raise sqlite3.OperationalError("disk I/O error")

    async with opened(path) as journal:
        await journal.append(records(2))
        with monkeypatch.context() as disk:
            disk.setattr(aiosqlite.Connection, "execute_fetchall", fail)
            with pytest.raises(JournalError, match=r"records 3 to 3 were not written to .*: disk I/O error"):
                await journal.append([record(3)])
            with pytest.raises(JournalError, match="takes no more records: disk I/O error"):
                await journal.append([record(3)])
        with pytest.raises(JournalError, match="takes no more records"):
            await journal.append([record(3)])
        await journal.reopen()
        await journal.append([record(3)])

    assert asked == 1
    assert verify(path).seq == 3
