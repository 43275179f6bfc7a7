"""What people did to an account while no engine ran, kept until the next start journals it.

Only an engine writes records, but a stop or a resume that was given without one must not go unrecorded. So it is
written down here first, one line each, durable before whoever gave it is told that it is done. The next start journals
the lines and only then forgets them. Each has an id, so that a start which is cut short in between repeats nothing;
and a line that a crash tore is journaled as one that cannot be read, for somebody did something.

A resume of a halt that is in the journal is such a line too: the start that journals it asks for the resume then. It
names the halts it undoes by their number, so it undoes them once and none that came later.

Whoever reads or writes holds the file's lock, so nobody reads half a line that is still being written. Forgetting puts
a new file in the old one's place: at no instant is there none that holds what came later. Who waited for the lock of
the old file therefore looks whether it is still the one that is there.
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
READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
ADD: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
ANEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
UNREADABLE: Final = "what was done cannot be read any more"

_decoder: Final = msgspec.json.Decoder(NoteOperator)


class Noted(NamedTuple):
    """What the file held when it was read: the notes, oldest first, and how many bytes they are."""

    notes: Sequence[NoteOperator] = ()
    size: int = 0

    def resume_of(self, halts: int) -> NoteOperator | None:
        """Return the resume that was given for a journal with so many halts, None without one."""
        return next((note for note in self.notes if note.resumes == halts), None)


class Notes:
    """The file of one account; without a path (a run in memory) there is nothing to find."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def add(self, actor: str, text: str, wall: Nanos, *, resumes: int | None = None) -> None:
        """Write down who did what and when, and which halts it `resumes`; it is durable on return.

        Raises:
            JournalError: it cannot be written.
        """
        note_id = secrets.token_hex(8)
        self.add_all([NoteOperator(note_id=note_id, ts_noted=wall, actor=actor, text=text, resumes=resumes)])

    def add_all(self, notes: Sequence[NoteOperator]) -> None:
        """Write down notes as they are. Raises JournalError."""
        if self._path is None or not notes:
            return
        lines = b"".join(msgspec.json.encode(note) + b"\n" for note in notes)
        try:
            with _held(self._path, ADD) as descriptor:
                size = os.fstat(descriptor).st_size
                if size and os.pread(descriptor, 1, size - 1) != b"\n":
                    lines = b"\n" + lines  # a torn line must not take this one with it
                _write(descriptor, lines)
            sync_folder(self._path.parent)
        except OSError as error:
            msg = f"{self._path} cannot be written: {error.strerror}"
            raise JournalError(msg) from error

    def found(self) -> Noted:
        """Return what no start has journaled and forgotten yet.

        Raises:
            JournalError: it cannot be read.
        """
        if self._path is None:
            return Noted()
        try:
            with _held(self._path, READ) as descriptor:
                content = _rest(descriptor)
        except FileNotFoundError:
            return Noted()
        except OSError as error:
            msg = f"{self._path} cannot be read: {error.strerror}"
            raise JournalError(msg) from error
        return Noted([_note(line) for line in content.splitlines() if line], len(content))

    def forget(self, noted: Noted) -> None:
        """Take away what was found, now that it is journaled; what was added meanwhile stays. Raises JournalError."""
        if self._path is None or not noted.size:
            return
        try:
            with _held(self._path, READ) as descriptor:
                fresh = self._path.with_name(f"{self._path.name}.new")
                _make(fresh, _rest(descriptor, noted.size))
                fresh.replace(self._path)
                sync_folder(self._path.parent)
        except OSError as error:
            msg = f"{self._path} cannot be written: {error.strerror}"
            raise JournalError(msg) from error


@contextmanager
def _held(path: Path, flags: int) -> Iterator[int]:
    """Open the file, for one at a time; to add it is made, and private, when it is missing. Raises OSError."""
    while True:
        descriptor = os.open(path, flags, FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(descriptor), os.lstat(path)):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _rest(descriptor: int, start: int = 0) -> bytes:
    """Return what a file holds from a byte on. Raises OSError."""
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(start)
        return file.read()


def _make(path: Path, content: bytes) -> None:
    """Make a private file, in the place of one that a crash left, durable with its content. Raises OSError."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, ANEW, FILE_MODE)
    try:
        _write(descriptor, content)
    finally:
        os.close(descriptor)


def _write(descriptor: int, content: bytes) -> None:
    """Write all of it, however little the disk takes at a time, and make it durable. Raises OSError."""
    while content:
        content = content[os.write(descriptor, content) :]
    os.fsync(descriptor)


def _note(line: bytes) -> NoteOperator:
    try:
        return _decoder.decode(line)
    except msgspec.MsgspecError:
        note_id = hashlib.sha256(line).hexdigest()[:16]
        return NoteOperator(note_id=note_id, ts_noted=0, actor="unknown", text=UNREADABLE)
