"""Reading a journal that somebody else may be writing."""

from pathlib import Path

import pytest

from oms.journal.codec import Row
from oms.journal.errors import JournalBroken, JournalError
from oms.journal.reader import PAGE_ROWS, read_kind, read_rows
from tests.oms.journal.examples import records
from tests.oms.journal.opened import opened


def halve(path: Path) -> None:
    """Lose the second half of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


async def test_rows_are_read_beside_the_writer_as_it_wrote_them(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(5))

        expected: list[Row] = [row async for row in journal.rows()]
        assert list(read_rows(path)) == expected
        assert list(read_rows(path, 3)) == expected[3:]
        assert list(read_rows(path, 5)) == []


async def test_every_page_is_read(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(PAGE_ROWS + 1))

    assert [row.seq for row in read_rows(path)] == list(range(1, PAGE_ROWS + 2))


async def test_a_journal_at_rest_is_read_without_leaving_a_file_behind(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(2))
    before = {file: file.read_bytes() for file in path.parent.iterdir()}

    assert len(list(read_rows(path))) == 2
    assert {file: file.read_bytes() for file in path.parent.iterdir()} == before


async def test_a_file_that_breaks_off_is_named_by_the_first_record_that_cannot_be_read(path: Path) -> None:
    async with opened(path) as journal:
        await journal.append(records(400))
    halve(path)

    with pytest.raises(JournalBroken):
        list(read_rows(path))


def test_a_journal_that_does_not_exist_is_not_made(path: Path) -> None:
    with pytest.raises(JournalError):
        list(read_rows(path))

    assert not path.exists()


async def test_the_rows_of_one_kind_are_read_over_every_page(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oms.journal.reader.PAGE_ROWS", 3)
    async with opened(path) as journal:
        await journal.append(records(40))

    rows = list(read_rows(path))
    for kind in {row.kind for row in rows}:
        assert list(read_kind(path, kind)) == [row for row in rows if row.kind == kind]
    assert list(read_kind(path, "Nothing")) == []
