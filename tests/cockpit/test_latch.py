"""The latch: it closes at once, survives the process, and opens only for whoever means its last closing."""

import errno
import os
from pathlib import Path

import pytest

from cockpit.latch import Latch


def test_a_closed_latch_is_found_by_the_next_process_and_private(tmp_path: Path) -> None:
    path = tmp_path / "HALTED"
    Latch(path).close("ann: enough")

    assert Latch(path).found() == "ann: enough"
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_opening_that_means_an_earlier_closing_opens_nothing(tmp_path: Path) -> None:
    latch = Latch(tmp_path / "HALTED")
    latch.close("first")
    meant = latch.closings
    latch.close("second")
    latch.open(meant)

    assert latch.flag.is_set()
    assert latch.found() == "second"
    latch.open(latch.closings)
    assert not latch.flag.is_set()
    assert latch.found() is None


def test_a_latch_that_cannot_be_read_is_a_latch(tmp_path: Path) -> None:
    path = tmp_path / "HALTED"
    path.mkdir()

    assert "cannot be read" in (Latch(path).found() or "")
    path.rmdir()
    path.symlink_to(tmp_path / "nowhere")
    assert "cannot be read" in (Latch(path).found() or "")


def test_a_latch_takes_the_place_of_a_link_and_is_not_written_through_it(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "HALTED", tmp_path / "elsewhere"
    path.symlink_to(elsewhere)
    Latch(path).close("stop")

    assert (path.is_symlink(), Latch(path).found()) == (False, "stop")
    assert not os.path.lexists(elsewhere)


def test_a_latch_that_cannot_be_written_complains_and_the_flag_holds_all_the_same(tmp_path: Path) -> None:
    latch, heard = Latch(tmp_path / "gone" / "HALTED"), list[str]()
    latch.complain = heard.append
    latch.close("stop")

    assert latch.flag.is_set()
    assert latch.file_error is not None
    assert heard == [latch.file_error]
    assert latch.file_error.endswith("a restart may not know of the stop")


def test_a_full_disk_keeps_the_latch_that_is_there_or_takes_one_without_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    Latch(first / "HALTED").close("whole")
    monkeypatch.setattr(os, "fsync", _full)
    for folder in (first, second):
        latch = Latch(folder / "HALTED")
        latch.close("stop")
        assert "No space left" in str(latch.file_error)

    assert Latch(first / "HALTED").found() == "whole"
    assert Latch(second / "HALTED").found() == "stopped, and the disk took no reason"
    assert [*first.iterdir(), *second.iterdir()] == [first / "HALTED", second / "HALTED"]


def test_a_latch_that_was_half_written_by_a_killed_process_is_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "HALTED.new").write_text("ha")
    Latch(tmp_path / "HALTED").close("stop")

    assert Latch(tmp_path / "HALTED").found() == "stop"


def _full(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_latch_in_memory_has_no_file() -> None:
    latch = Latch(None)
    latch.close("stop")
    latch.open(latch.closings)

    assert (latch.found(), latch.flag.is_set()) == (None, False)
