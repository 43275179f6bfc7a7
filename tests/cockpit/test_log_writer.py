"""The thread that writes the log: lines stand in their order, and nobody waits for the disk."""

import logging
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from cockpit.log import writer
from cockpit.log.writer import LogWriter

PATIENCE = 30.0  # seconds, and then the test fails by what did not happen


class Disk:
    """A disk that hangs until it is let go, and what it was given to write."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = threading.Event()
        self.goes_on = threading.Event()
        self.written: list[str] = []
        monkeypatch.setattr(RotatingFileHandler, "handle", self._handle)

    def _handle(self, record: logging.LogRecord) -> None:
        self.asked.set()
        self.goes_on.wait(PATIENCE)
        self.written.append(record.getMessage())


def test_lines_stand_in_the_order_in_which_they_were_put(tmp_path: Path) -> None:
    log = LogWriter(tmp_path / "log")
    said = [f"line {number}" for number in range(5_000)]
    for line in said:
        log.put(line)
    log.close()

    assert (tmp_path / "log").read_text("utf-8").splitlines() == said


def test_who_puts_a_line_does_not_wait_and_what_has_piled_up_is_written_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    log = LogWriter(tmp_path / "log")
    log.put("first")
    disk.asked.wait(PATIENCE)
    log.put("second")
    log.put("third")
    disk.goes_on.set()
    log.close()

    assert disk.written == ["first", "second\nthird"]


def test_a_disk_that_hangs_holds_up_neither_the_end_nor_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PATIENCE_SECS", 0.01)
    monkeypatch.setattr(writer, "MOST_WAITING", 2)
    disk = Disk(monkeypatch)
    log = LogWriter(tmp_path / "log")
    (thread,) = (one for one in threading.enumerate() if one.name == "log")
    log.put("first")
    disk.asked.wait(PATIENCE)
    for line in ("second", "third", "one too many"):
        log.put(line)
    log.close()

    assert disk.written == []
    disk.goes_on.set()
    thread.join(PATIENCE)
    assert disk.written == ["first", "second\nthird"]


def test_what_has_piled_up_is_written_in_pieces_so_that_the_file_is_turned_over_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "AT_ONCE", 4)
    disk = Disk(monkeypatch)
    log = LogWriter(tmp_path / "log")
    log.put("first")
    disk.asked.wait(PATIENCE)
    for _ in range(10):
        log.put("line")
    disk.goes_on.set()
    log.close()

    assert [text.count("\n") + 1 for text in disk.written] == [1, 4, 4, 2]


def test_what_is_put_after_the_close_is_dropped_and_a_second_close_does_nothing(tmp_path: Path) -> None:
    log = LogWriter(tmp_path / "log")
    log.put("first")
    log.close()
    log.put("too late")
    log.close()

    assert (tmp_path / "log").read_text("utf-8") == "first\n"
