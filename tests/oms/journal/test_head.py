import os
from pathlib import Path

import pytest

from oms.journal.chain import GENESIS, Chain
from oms.journal.errors import JournalBroken
from oms.journal.head import Head, reached, read_head

DIGEST = "ab" * 32


def test_a_head_reads_as_it_was_last_written(tmp_path: Path) -> None:
    head = Head(tmp_path, Chain())
    assert read_head(tmp_path) == (0, GENESIS)
    head.write(Chain(12_345, DIGEST))
    head.close()

    assert read_head(tmp_path) == (12_345, DIGEST)


def test_a_folder_without_a_head_has_none(tmp_path: Path) -> None:
    assert read_head(tmp_path) is None


def test_a_head_met_in_the_middle_of_a_write_is_not_believed(tmp_path: Path) -> None:
    """Its front is new and its end is old."""
    Head(tmp_path, Chain(7, DIGEST)).close()
    with (tmp_path / "head").open("r+b") as half_way:
        os.pwrite(half_way.fileno(), f"{8:020d} cd".encode(), 0)

    with pytest.raises(JournalBroken, match="does not hold a record's number and hash"):
        read_head(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "7 abc\n", f"{7:020d} {DIGEST.upper()} {7:020d}\n", f"{7:020d} {DIGEST} {7:020d}"]
)
def test_a_damaged_head_is_no_head(tmp_path: Path, content: str) -> None:
    (tmp_path / "head").write_text(content)

    with pytest.raises(JournalBroken) as caught:
        read_head(tmp_path)
    assert caught.value.seq is None


def test_a_journal_may_go_on_after_its_head() -> None:
    reached(Chain(5, DIGEST), Chain(9, "cd" * 32), DIGEST)
    reached(Chain(), Chain(), None)


@pytest.mark.parametrize(
    ("head", "end", "hash_at_head", "seq"),
    [
        (Chain(5, DIGEST), Chain(3, DIGEST), None, 4),
        (Chain(5, DIGEST), Chain(), None, 1),
        (Chain(5, DIGEST), Chain(9, DIGEST), "cd" * 32, 5),
        (Chain(0, DIGEST), Chain(9, DIGEST), None, 0),
    ],
)
def test_a_journal_that_misses_its_head_is_broken(head: Chain, end: Chain, hash_at_head: str | None, seq: int) -> None:
    with pytest.raises(JournalBroken) as caught:
        reached(head, end, hash_at_head)
    assert caught.value.seq == seq
