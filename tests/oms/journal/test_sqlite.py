import asyncio
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from oms.domain.events import Record
from oms.journal.chain import GENESIS, Chain
from oms.journal.errors import JournalBroken, JournalError, JournalLocked, JournalNewer
from oms.journal.head import Head, read_head
from oms.journal.sqlite import SqliteJournal
from oms.journal.verify import verify
from oms.ports import Journal
from tests.doubles.locked import locked
from tests.oms.journal.examples import record, records
from tests.oms.journal.opened import opened, reopen


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def put(path: Path, content: bytes) -> None:
    """Put a private file into a private folder."""
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    path.parent.chmod(0o700)
    path.write_bytes(content)
    path.chmod(0o600)


def read(path: Path) -> bytes:
    return path.read_bytes()


def delete(path: Path) -> None:
    path.unlink()


def names_beside(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def loosen(path: Path, to: int) -> None:
    path.touch()
    path.chmod(to)


async def replayed(journal: Journal, after: int = 0) -> list[Record]:
    return [each async for each in journal.replay(after)]


async def test_what_was_appended_is_there_after_a_restart(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(3))
        digest = journal.hash

    async with opened(path) as journal:
        assert (journal.seq, journal.hash) == (3, digest)
        await journal.append(records(2, after=3))

        assert await replayed(journal) == records(5)
        assert await replayed(journal, after=4) == records(1, after=4)
        assert await replayed(journal, after=5) == []


async def test_a_new_journal_is_empty_and_anchored(path: Path) -> None:
    async with opened(path) as journal:
        assert (journal.seq, journal.hash) == (0, GENESIS)
        assert verify(path) == (0, GENESIS, True)


@pytest.mark.parametrize("size", [1, 2, 63, 64, 65, 128, 300, 5_000])
async def test_batches_of_every_size_hold_together(path: Path, size: int) -> None:
    async with opened(path) as journal:
        await journal.append(records(1))
        await journal.append(records(size, after=1))
        await journal.append([])

        assert await replayed(journal) == records(size + 1)
        assert verify(path) == (size + 1, journal.hash, True)


async def test_every_commit_is_synchronous(path: Path) -> None:
    async with opened(path) as journal:
        [(level,)] = await journal._connection.execute_fetchall("PRAGMA synchronous")  # noqa: SLF001  nobody else may ask

        assert level == 2, "FULL"


async def test_the_head_follows_each_commit(path: Path) -> None:
    async with opened(path) as journal:
        for count in (1, 2, 70):
            await journal.append(records(count, after=journal.seq))

            assert read_head(path.parent) == (journal.seq, journal.hash)


async def test_a_head_that_lags_is_brought_up_at_the_next_start(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(2))
        lagging = (path.parent / "head").read_bytes()
        await journal.append(records(2, after=2))
    (path.parent / "head").write_bytes(lagging)

    assert verify(path).seq == 4
    async with opened(path) as journal:
        assert read_head(path.parent) == (4, journal.hash)


async def test_a_copy_without_a_head_is_anchored_by_opening_it(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(2))
    (path.parent / "head").unlink()

    assert not verify(path).anchored
    async with opened(path):
        assert verify(path).anchored


@pytest.mark.parametrize("left", [0, 3])
async def test_a_journal_that_does_not_reach_its_head_is_not_opened(path: Path, left: int) -> None:
    async with opened(path) as journal:
        await journal.append(records(5))
    with sqlite3.connect(path) as cut:
        cut.execute("DROP TRIGGER records_refuse_delete")
        cut.execute("DELETE FROM records WHERE seq > ?", (left,))
    cut.close()

    with pytest.raises(JournalBroken, match=f"record {left + 1}: missing"):
        await reopen(path)


async def test_a_journal_that_was_deleted_is_not_begun_anew(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(5))
    delete(path)

    with pytest.raises(JournalBroken, match="record 1: missing"):
        await reopen(path)


@pytest.mark.parametrize("statement", ["UPDATE records SET ts = 1 WHERE seq = 2", "DELETE FROM records WHERE seq = 2"])
async def test_the_file_itself_refuses_changes(path: Path, statement: str) -> None:
    async with opened(path) as journal:
        await journal.append(records(3))
    by_hand = sqlite3.connect(path)

    with pytest.raises(sqlite3.IntegrityError, match="a journal is only added to"):
        by_hand.execute(statement)

    by_hand.close()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
async def test_files_are_private_whatever_the_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        async with opened(path) as journal:
            await journal.append(records(3))
            files = {each.name: mode(each) for each in path.parent.iterdir()}
    finally:
        os.umask(before)

    assert files == dict.fromkeys(("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm", "head", "lock"), 0o600)
    assert [mode(folder) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]


@pytest.mark.parametrize(
    ("name", "granted", "expected"),
    [
        (".", 0o750, "700"),
        (".", 0o701, "700"),
        ("journal.sqlite", 0o640, "600"),
        ("journal.sqlite", 0o602, "600"),
        ("journal.sqlite-wal", 0o644, "600"),
        ("journal.sqlite-shm", 0o644, "600"),
        ("head", 0o644, "600"),
        ("lock", 0o604, "600"),
    ],
)
async def test_a_place_that_is_open_to_others_is_refused(path: Path, name: str, granted: int, expected: str) -> None:
    async with opened(path):
        pass
    place = path.parent / name
    loosen(place, granted)

    with pytest.raises(JournalError, match=f"has mode 0{granted:o}, expected 0{expected}: chmod {expected} '{place}'"):
        await reopen(path)


async def test_a_second_writer_is_refused_and_told_who_the_first_is(path: Path) -> None:
    async with opened(path):
        with pytest.raises(JournalLocked, match=f"process {os.getpid()} on") as caught:
            await reopen(path)

    assert caught.value.pid == os.getpid()
    async with opened(path) as journal:
        assert journal.seq == 0


async def test_a_journal_of_a_newer_version_is_refused(path: Path) -> None:
    async with opened(path):
        pass
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 2")
    newer.close()

    with pytest.raises(JournalNewer, match="has schema version 2, this program knows up to 1"):
        await reopen(path)
    with pytest.raises(JournalNewer):
        verify(path)


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to look like one" * 40, b"SQLite format 3\0" * 99]
)
async def test_a_file_that_is_no_journal_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    put(path, content)

    with pytest.raises(JournalBroken, match="is not a journal"):
        await reopen(path)

    assert read(path) == content


async def test_a_database_of_something_else_is_refused(path: Path) -> None:
    put(path, b"")
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE songs(title TEXT)")
    other.close()

    with pytest.raises(JournalBroken, match="is not a journal: it has no schema version"):
        await reopen(path)


async def test_a_journal_that_is_gone_is_not_begun_anew_beside_its_head(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(2))
    delete(path)

    with pytest.raises(JournalBroken, match="its head names record 2"):
        await reopen(path)

    assert names_beside(path) == ["head", "lock"]


async def test_a_record_out_of_sequence_changes_nothing(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(2))
        with pytest.raises(JournalError, match="record 4 cannot follow record 2"):
            await journal.append([record(4)])

        await journal.append([record(3)])
        assert verify(path).seq == 3


@pytest.mark.parametrize("yields", range(8))
@pytest.mark.parametrize("size", [1, 100])
async def test_a_canceled_caller_leaves_its_batch_whole_or_absent(path: Path, yields: int, size: int) -> None:
    """Nor does a row of it appear with somebody else's commit."""
    async with opened(path) as journal:
        for _ in range(15):
            before = journal.seq
            writing = asyncio.create_task(journal.append(records(size, after=before)))
            for _ in range(yields):
                await asyncio.sleep(0)
            writing.cancel()
            [outcome] = await asyncio.gather(writing, return_exceptions=True)
            await settled(journal)

            assert journal.seq in {before, before + size}
            assert isinstance(outcome, asyncio.CancelledError) or journal.seq == before + size
            assert verify(path) == (journal.seq, journal.hash, True)

        await journal.append(records(1, after=journal.seq))
        assert await replayed(journal) == records(journal.seq)


async def settled(journal: SqliteJournal) -> None:
    """Wait until the write in hand is over: an append that cannot follow takes its turn and changes nothing."""
    await asyncio.gather(journal.append([record(0)]), return_exceptions=True)


async def test_appends_at_the_same_time_keep_their_order(path: Path) -> None:
    async with opened(path) as journal:
        await asyncio.gather(*(journal.append(records(3, after=after)) for after in range(0, 60, 3)))

        assert await replayed(journal) == records(60)


async def test_a_lock_on_the_file_by_another_program_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oms.journal.sqlite.BUSY_S", 0.01)
    async with opened(path) as journal:
        with locked(path), pytest.raises(JournalError, match=r"record.* were not written to .*: database is locked"):
            await journal.append(records(1))
        with pytest.raises(JournalError, match="takes no more records: database is locked"):
            await journal.append(records(1))


async def test_a_number_that_the_file_cannot_hold_is_an_error(path: Path) -> None:
    async with opened(path) as journal:
        with pytest.raises(JournalError, match="records 1 to 1 were not written"):
            await journal.append([Record(seq=1, ts=2**63, wall=0, event=record(1).event)])

        assert journal.seq == 0


async def test_a_head_that_cannot_be_written_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_head: Head, _end: Chain) -> None:
        raise OSError(5, "Input/output error")

    async with opened(path) as journal:
        with monkeypatch.context() as disk:
            disk.setattr(Head, "write", fail)
            with pytest.raises(JournalError, match=r"records 1 to 1 were not written to .*Input/output error"):
                await journal.append(records(1))

        with pytest.raises(JournalError, match="takes no more records"):
            await journal.append(records(1))


async def test_a_closed_journal_takes_and_gives_nothing(path: Path) -> None:
    async with opened(path) as journal:
        await journal.close()

    with pytest.raises(JournalError, match="takes no more records: it was closed"):
        await journal.append(records(1))
    with pytest.raises(JournalError, match="cannot read"):
        await replayed(journal)


async def test_closing_waits_for_the_write_in_hand(path: Path) -> None:
    async with opened(path) as journal:
        writing = asyncio.create_task(journal.append(records(500)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await writing

    assert verify(path).seq == 500


async def test_a_journal_at_rest_is_a_file_with_its_head_and_lock(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(5))
    verify(path)

    assert {each.name for each in path.parent.iterdir()} == {"journal.sqlite", "head", "lock"}


async def test_a_gap_is_found_while_replaying(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(5))
        with sqlite3.connect(path) as by_hand:
            by_hand.execute("DROP TRIGGER records_refuse_delete")
            by_hand.execute("DELETE FROM records WHERE seq = 3")
        by_hand.close()

        with pytest.raises(JournalBroken, match="record 3: missing: record 4 follows"):
            await replayed(journal)
