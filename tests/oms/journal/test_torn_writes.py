"""Killed in the middle of a write, the writer leaves every record that it acknowledged and no half of another."""

from pathlib import Path

import pytest

from bench import torn_journal
from bench.torn_journal import FRAME, HEADER, INDEX, sizes, tear
from oms.journal.chain import GENESIS
from oms.journal.verify import Verified


def test_a_write_torn_at_any_byte_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """J-02, J-03: the campaign of thousands is `python bench/torn_journal.py --cuts 2000`."""
    assert list(tear(tmp_path, sizes(20, seed=1))) == []


def test_the_cuts_lie_at_the_edges_of_frames_and_inside_of_them() -> None:
    within = {(size - HEADER) % FRAME for size in sizes(60, seed=1) if size > INDEX}

    assert within >= {0, 1, 23, 24, 25, FRAME - 1}
    assert len(within) > 20


def test_a_writer_that_lost_something_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torn_journal, "verify", lambda _path: Verified(0, GENESIS, anchored=True))

    faults = list(tear(tmp_path, [2 * INDEX]))

    assert "was acknowledged, the journal ends at 0" in faults[0]
