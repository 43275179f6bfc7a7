"""Files that only their owner can read, whatever the umask says.

A journal shows what somebody owns and how they trade. What we make is made 0600 inside a 0700 folder; what we find
more open was opened by somebody else and may have been read or changed, so it is refused rather than repaired.

A name is not yet a file: whoever could write to a folder may have put a link there, and what is written then lands in
the file it points to. So no link is followed, and what was opened is looked at before a byte of it is changed.
"""

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from oms.journal.errors import JournalError

FOLDER_MODE = 0o700
FILE_MODE = 0o600
OTHERS = 0o077  # what nobody else may have on a file of ours


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents with mode 0700, or check the one that is there.

    Raises:
        JournalError: it cannot be made, or others may enter it.
    """
    try:
        make_missing(folder)
    except OSError as error:
        msg = f"cannot make the folder {folder}: {error.strerror}"
        raise JournalError(msg) from error
    check([folder], FOLDER_MODE)


def make_missing(folder: Path) -> None:
    """Make a folder and its missing parents with mode 0700; what is there stays as it is. Raises OSError."""
    for missing in [place for place in (folder, *folder.parents) if not place.exists()][::-1]:
        missing.mkdir(mode=FOLDER_MODE, exist_ok=True)
        missing.chmod(FOLDER_MODE)


def make_file(path: Path) -> None:
    """Make an empty file with mode 0600, or check the one that is there.

    Raises:
        JournalError: it cannot be made, or others may open it.
    """
    try:
        os.close(open_file(path))
        sync_folder(path.parent)
    except OSError as error:
        msg = f"cannot make {path}: {error.strerror}"
        raise JournalError(msg) from error
    check([path], FILE_MODE)


def open_file(path: Path, more: int = 0, *, closed: int = OTHERS) -> int:
    """Return a descriptor to read and write a file, which is made with mode 0600 when it is missing; `more` are flags
    to open it with besides. One that is there has to be a file of ours, with nothing of the mode `closed`; nothing of
    it is changed.

    Raises:
        OSError: it cannot be opened, is a link or no file, belongs to another user, or is open to others.
    """
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | more
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, FILE_MODE)
    except FileExistsError:
        return _open_ours(path, flags, closed)
    os.fchmod(descriptor, FILE_MODE)
    return descriptor


def _open_ours(path: Path, flags: int, closed: int) -> int:
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a link, and no link is followed", str(path)) from error
        raise
    found = os.fstat(descriptor)
    mode = stat.S_IMODE(found.st_mode)
    flaw = ""
    if not stat.S_ISREG(found.st_mode):
        flaw = "it is no file"
    elif found.st_uid != os.geteuid():
        flaw = f"it belongs to user {found.st_uid}"
    elif mode & closed:
        flaw = f"it has mode {mode:04o}, expected {mode & ~closed:04o}: chmod {mode & ~closed:o} '{path}'"
    if flaw:
        os.close(descriptor)
        raise OSError(errno.EPERM, flaw, str(path))
    return descriptor


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check(paths: Iterable[Path], expected: int) -> None:
    """Compare modes; a path that does not exist passes.

    Raises:
        JournalError: one of them grants more than `expected`.
    """
    for path in paths:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:
            continue
        if mode & ~expected & 0o777:
            msg = f"{path} has mode {mode:04o}, expected {expected:04o}: chmod {expected:o} '{path}'"
            raise JournalError(msg)
