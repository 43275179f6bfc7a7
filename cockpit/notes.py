"""What people did to an account while no engine ran, kept until the next start journals it.

Only an engine writes records, but a stop or a resume that was given without one must not go unrecorded. So it is
written down here first, one line each, durable before whoever gave it is told that it is done. The next start journals
the lines and only then forgets them. Each has an id, so that a start which is cut short in between repeats nothing;
and a line that a crash tore is journaled as one that cannot be read, for somebody did something.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from oms.domain.commands import NoteOperator
from oms.domain.units import Nanos
from oms.journal.errors import JournalError
from oms.journal.private import sync_folder

NAME: Final = "NOTED"
FILE_MODE: Final = 0o600
FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
UNREADABLE: Final = "what was done cannot be read any more"

_decoder: Final = msgspec.json.Decoder(NoteOperator)


class Noted(NamedTuple):
    """What the file held when it was read: the notes, oldest first, and how many bytes they are."""

    notes: Sequence[NoteOperator] = ()
    size: int = 0


class Notes:
    """The file of one account; without a path (a run in memory) there is nothing to find."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def add(self, actor: str, text: str, wall: Nanos) -> None:
        """Write down who did what and when; it is durable on return.

        Raises:
            JournalError: it cannot be written.
        """
        self.add_all([NoteOperator(note_id=secrets.token_hex(8), ts_noted=wall, actor=actor, text=text)])

    def add_all(self, notes: Sequence[NoteOperator]) -> None:
        """Write down notes as they are. Raises JournalError."""
        if self._path is None or not notes:
            return
        lines = b"".join(msgspec.json.encode(note) + b"\n" for note in notes)
        try:
            with _opened(self._path) as descriptor:
                size = os.fstat(descriptor).st_size
                if size and os.pread(descriptor, 1, size - 1) != b"\n":
                    lines = b"\n" + lines  # a torn line must not take this one with it
                os.write(descriptor, lines)
                os.fsync(descriptor)
            sync_folder(self._path.parent)
        except OSError as error:
            msg = f"{self._path} cannot be written: {error.strerror}"
            raise JournalError(msg) from error

    def found(self) -> Noted:
        """Return what no start has journaled and forgotten yet.

        Raises:
            JournalError: it cannot be read.
        """
        if self._path is None or not os.path.lexists(self._path):
            return Noted()
        try:
            content = self._path.read_bytes()
        except OSError as error:
            msg = f"{self._path} cannot be read: {error.strerror}"
            raise JournalError(msg) from error
        return Noted([_note(line) for line in content.splitlines() if line], len(content))

    def forget(self, noted: Noted) -> None:
        """Take away what was found, now that it is journaled; what was added meanwhile stays. Raises JournalError."""
        if self._path is None or not noted.size:
            return
        try:
            with _opened(self._path) as descriptor:
                later = os.pread(descriptor, os.fstat(descriptor).st_size, noted.size)
                os.ftruncate(descriptor, 0)
                os.write(descriptor, later)
                os.fsync(descriptor)
        except OSError as error:
            msg = f"{self._path} cannot be written: {error.strerror}"
            raise JournalError(msg) from error


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open the file, made private when it is missing, for one writer at a time. Raises OSError."""
    descriptor = os.open(path, FLAGS, FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _note(line: bytes) -> NoteOperator:
    try:
        return _decoder.decode(line)
    except msgspec.MsgspecError:
        note_id = hashlib.sha256(line).hexdigest()[:16]
        return NoteOperator(note_id=note_id, ts_noted=0, actor="unknown", text=UNREADABLE)
