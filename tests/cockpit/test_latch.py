"""The latch: it closes at once, survives the process, and opens only for whoever means its last closing."""

import os
from pathlib import Path

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


def test_a_latch_is_not_written_through_a_link_and_the_flag_holds_all_the_same(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "HALTED", tmp_path / "elsewhere"
    path.symlink_to(elsewhere)
    latch, heard = Latch(path), list[str]()
    latch.complain = heard.append
    latch.close("stop")

    assert latch.flag.is_set()
    assert latch.file_error is not None
    assert heard == [latch.file_error]
    assert not os.path.lexists(elsewhere)


def test_a_latch_in_memory_has_no_file() -> None:
    latch = Latch(None)
    latch.close("stop")
    latch.open(latch.closings)

    assert (latch.found(), latch.flag.is_set()) == (None, False)
