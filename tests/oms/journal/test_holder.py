"""Who holds a journal's write lock: another process by its pid, and never this one."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from oms.journal.errors import JournalError
from oms.journal.holder import LOCKS, writer_of
from oms.journal.sqlite import SqliteJournal
from tests.oms.journal.examples import records

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def holding(path: Path) -> Iterator[int]:
    """Hold the write lock of a database from another process, whose pid it is."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield other.pid
        other.communicate()


needs_list = pytest.mark.skipif(not LOCKS.exists(), reason="this system does not list its locks")


@needs_list
async def test_a_commit_that_meets_another_writer_names_its_pid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oms.journal.sqlite.BUSY_S", 0.01)
    path = tmp_path / "account" / "journal.sqlite"
    journal = await SqliteJournal.open(path)
    with holding(path) as pid:
        with pytest.raises(JournalError, match=rf"database is locked by process {pid}$"):
            await journal.append(records(1))
        assert writer_of(path) == pid
    assert writer_of(path) is None
    await journal.close()


@needs_list
def test_our_own_lock_is_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("CREATE TABLE t (x)")
        connection.execute("BEGIN IMMEDIATE")

        assert writer_of(path) is None
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("listed", ["", "nonsense\n", "1: FLOCK ADVISORY WRITE 7 00:00:1 0 EOF\n"])
def test_where_the_system_tells_nothing_nobody_is_named(tmp_path: Path, listed: str) -> None:
    path, locks = tmp_path / "journal.sqlite", tmp_path / "locks"
    Path(f"{path}-shm").touch()
    locks.write_text(listed)

    assert writer_of(path, locks) is None
    assert writer_of(path, tmp_path / "none") is None


def test_a_lock_to_the_end_of_the_file_is_understood(tmp_path: Path) -> None:
    path, locks = tmp_path / "journal.sqlite", tmp_path / "locks"
    Path(f"{path}-shm").touch()
    found = Path(f"{path}-shm").stat()
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    locks.write_text(f"1: -> POSIX ADVISORY WRITE 8 {place} 120 120\n2: POSIX ADVISORY WRITE 9 {place} 120 EOF\n")

    assert writer_of(path, locks) == 9
