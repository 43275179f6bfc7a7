import sqlite3
import stat
from pathlib import Path

import pytest

from oms.journal.errors import JournalBroken, JournalError, JournalNewer
from oms.journal.schema import Migrations
from oms.journal.verify import verify
from tests.oms.journal.examples import records
from tests.oms.journal.opened import opened, reopen

NOTES: Migrations = (
    ("CREATE TABLE notes(seq INTEGER, text TEXT)", "CREATE INDEX notes_by_seq ON notes(seq)"),
    ("ALTER TABLE records ADD COLUMN shard INTEGER",),
)


@pytest.fixture
async def old(path: Path) -> Path:
    """A journal of version 1."""
    async with opened(path) as journal:
        await journal.append(records(20))
    return path


def content(path: Path) -> bytes:
    return path.read_bytes()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def definitions(path: Path) -> set[str]:
    with sqlite3.connect(path) as reader:
        found = {sql for (sql,) in reader.execute("SELECT sql FROM sqlite_master")}
    reader.close()
    return found


async def test_an_older_journal_is_brought_up_and_the_original_kept(old: Path) -> None:
    original = content(old)

    async with opened(old, NOTES) as journal:
        await journal.append(records(5, after=20))
        replayed = [each async for each in journal.replay()]

    kept = old.with_name("journal.sqlite.v1")
    assert replayed == records(25)
    assert verify(old, newest_version=3).seq == 25
    assert content(kept) == original
    assert [(each.name, mode(each)) for each in sorted(old.parent.iterdir())] == [
        ("head", 0o600),
        ("journal.sqlite", 0o600),
        ("journal.sqlite.v1", 0o600),
        ("lock", 0o600),
    ]


async def test_a_new_journal_and_a_migrated_one_have_the_same_shape(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new" / "journal.sqlite"
    for place in (old, new):
        await reopen(place, NOTES)

    assert definitions(new) == definitions(old)


async def test_the_older_program_refuses_what_was_brought_up(old: Path) -> None:
    await reopen(old, NOTES)

    with pytest.raises(JournalNewer):
        await reopen(old)


@pytest.mark.parametrize(
    "wrong", [("CREATE TABLE notes(", "no such syntax"), ("UPDATE records SET wall = 0",), ("DROP TABLE records",)]
)
async def test_a_migration_that_fails_leaves_the_original_in_place(old: Path, wrong: tuple[str, ...]) -> None:
    original = content(old)

    with pytest.raises(JournalError):
        await reopen(old, (wrong,))

    assert content(old) == original
    await reopen(old)


async def test_a_migration_that_rewrites_records_is_not_believed(old: Path) -> None:
    with pytest.raises(JournalBroken, match="record 1: its hash"):
        await reopen(old, (("DROP TRIGGER records_refuse_update", "UPDATE records SET wall = 0"),))

    assert verify(old).seq == 20


async def test_a_migration_broken_off_is_done_again(old: Path) -> None:
    """Killed between keeping the original and putting the copy in its place."""
    old.with_name("journal.sqlite.v1").hardlink_to(old)
    old.with_name("journal.sqlite.new").write_bytes(b"half a copy")

    await reopen(old, NOTES)

    assert verify(old, newest_version=3).seq == 20


async def test_another_file_of_that_name_is_not_overwritten(old: Path) -> None:
    kept = old.with_name("journal.sqlite.v1")
    kept.write_bytes(b"somebody's only copy")

    with pytest.raises(JournalError, match="was not migrated from version 1"):
        await reopen(old, NOTES)

    assert content(kept) == b"somebody's only copy"


async def test_a_damaged_journal_is_not_migrated(old: Path) -> None:
    with sqlite3.connect(old) as by_hand:
        by_hand.execute("DROP TRIGGER records_refuse_update")
        by_hand.execute("UPDATE records SET wall = 0 WHERE seq = 7")
    by_hand.close()

    with pytest.raises(JournalBroken, match="record 7"):
        await reopen(old, NOTES)


async def test_a_journal_that_somebody_reads_is_not_migrated(old: Path) -> None:
    reader = sqlite3.connect(old, isolation_level=None)
    reader.execute("SELECT count(*) FROM records").fetchall()
    try:
        with pytest.raises(JournalError, match="another program has it open"):
            await reopen(old, NOTES)
    finally:
        reader.close()
    assert verify(old).seq == 20
