"""What was done while no engine ran is read whole, kept until it is journaled, and never lost on the way."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cockpit.notes import UNREADABLE, Noted, Notes
from oms.journal.errors import JournalError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "NOTED"


def texts(noted: Noted) -> list[str]:
    return [note.text for note in noted.notes]


@contextmanager
def a_writer(path: Path) -> Iterator[int]:
    """Hold the file as another process does that writes to it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def test_notes_are_found_in_their_order_and_forgotten_once(path: Path) -> None:
    notes = Notes(path)
    notes.add("ann", "stopped", 1)
    notes.add("bob", "resumed", 2)
    noted = notes.found()
    notes.forget(noted)

    assert [(note.actor, note.text, note.ts_noted) for note in noted.notes] == [
        ("ann", "stopped", 1),
        ("bob", "resumed", 2),
    ]
    assert texts(notes.found()) == []


def test_what_was_added_after_the_reading_is_not_forgotten(path: Path) -> None:
    notes = Notes(path)
    notes.add("ann", "stopped", 1)
    noted = notes.found()
    notes.add("bob", "resumed", 2)
    notes.forget(noted)

    assert texts(notes.found()) == ["resumed"]


def test_a_line_that_is_being_written_is_waited_for_and_read_whole(path: Path) -> None:
    notes = Notes(path)
    notes.add("ann", "stopped", 1)
    line = path.read_bytes().replace(b"stopped", b"resumed")
    found: list[Noted] = []
    reading = threading.Thread(target=lambda: found.append(notes.found()), daemon=True)
    with a_writer(path) as descriptor:
        os.write(descriptor, line[:20])
        reading.start()
        reading.join(0.1)
        os.write(descriptor, line[20:])
    reading.join(5)

    assert texts(found[0]) == ["stopped", "resumed"]


def test_a_note_that_the_disk_takes_in_pieces_is_written_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:7]))
    Notes(path).add("ann", "stopped", 1)

    assert texts(Notes(path).found()) == ["stopped"]


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_crash_while_forgetting_loses_nothing_that_came_later(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """What was found may then be journaled twice, which its id prevents."""
    notes = Notes(path)
    notes.add("ann", "stopped", 1)
    noted = notes.found()
    notes.add("bob", "resumed", 2)

    with monkeypatch.context() as dying:
        dying.setattr(os, call, _die)
        with pytest.raises(KeyboardInterrupt):
            notes.forget(noted)

    assert texts(notes.found())[-1] == "resumed"


def test_a_note_that_waited_while_others_were_forgotten_is_not_lost_with_the_old_file(path: Path) -> None:
    """It opened the file that another one then took the place of."""
    notes = Notes(path)
    notes.add("ann", "stopped", 1)
    noted = notes.found()
    adding = threading.Thread(target=lambda: notes.add("bob", "resumed", 2), daemon=True)
    with a_writer(path):
        adding.start()
        adding.join(0.1)
        content = path.read_bytes()
        path.with_name("other").write_bytes(content[noted.size :])
        path.with_name("other").replace(path)
    adding.join(5)

    assert texts(notes.found()) == ["resumed"]


def test_a_file_that_points_elsewhere_is_not_read(path: Path, tmp_path: Path) -> None:
    Notes(tmp_path / "other").add("ann", "stopped", 1)
    path.symlink_to(tmp_path / "other")

    with pytest.raises(JournalError, match="cannot be read"):
        Notes(path).found()


def test_a_torn_line_says_that_somebody_did_something(path: Path) -> None:
    notes = Notes(path)
    notes.add("ann", "stopped", 1)
    with path.open("ab") as file:
        file.write(b'{"note_id": "1')
    notes.add("bob", "resumed", 2)

    assert texts(notes.found()) == ["stopped", UNREADABLE, "resumed"]


def _die(*_: object) -> None:
    raise KeyboardInterrupt
