"""One holder at a time, kept by the kernel.

The lock is `flock` on an open file, not the file's existence: however a process ends, the kernel lets go, and no pid
has to be judged alive or reused. The file also names its holder, for the message to whoever comes second. It is never
deleted: a third process could lock the deleted file while a fourth makes a new one, and both would hold "the" lock.
"""

import fcntl
import os
from pathlib import Path

from oms.journal.errors import JournalError, JournalLocked
from oms.journal.private import open_file


class Lock:
    """A held lock on a path; see `take`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path) -> "Lock":
        """Lock a path without waiting; its folder must exist, the file is made with mode 0600.

        A second `take` of one path fails also within one process.

        Raises:
            JournalLocked: somebody holds it.
            JournalError: the file cannot be opened.
        """
        try:
            descriptor = open_file(path)
        except OSError as error:
            msg = f"cannot open the lock {path}: {error.strerror}"
            raise JournalError(msg) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, host = _holder(os.pread(descriptor, 512, 0))
            os.close(descriptor)
            raise JournalLocked(path, pid, host) from None
        except OSError as error:
            os.close(descriptor)
            msg = f"{path} cannot be locked on this file system: {error.strerror}"
            raise JournalError(msg) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {os.uname().nodename}\n".encode(), 0)
        return cls(path, descriptor)

    @property
    def held(self) -> bool:
        """Whether it was not released yet."""
        return self._descriptor is not None

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def holder_of(path: Path) -> int | None:
    """Return the pid that a lock's file names: whoever holds it, or died with it. None where it names nobody."""
    try:
        return _holder(path.read_bytes())[0]
    except OSError:
        return None


def _holder(content: bytes) -> tuple[int | None, str]:
    """Return the pid and host that a lock file names."""
    pid, _, host = content.decode(errors="replace").strip().partition(" ")
    return (int(pid) if pid.isdecimal() else None), host
