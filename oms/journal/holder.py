"""Which other process has a SQLite file locked for writing, where the system tells.

Asking the lock itself (`F_GETLK`) would need the file opened and closed once more, and closing any descriptor of a file
drops every POSIX lock that this process has on it, SQLite's own among them. Linux lists all locks in /proc/locks, by
device and inode; other systems have no such list, and there nobody is named.
"""

import os
from pathlib import Path
from typing import Final

LOCKS: Final = Path("/proc/locks")  # see proc_locks(5)
SHARED_MEMORY: Final = "-shm"  # beside the database; in WAL mode the locks lie on it
WRITER: Final = 120  # its byte that is locked to write, see sqlite.org/walformat.html#locks


def writer_of(path: Path, locks: Path = LOCKS) -> int | None:
    """Return the pid of the other process that holds the write lock of a database in WAL mode, None if none is seen."""
    try:
        found = Path(f"{path}{SHARED_MEMORY}").stat()
        lines = locks.read_text("ascii", errors="replace").splitlines()
    except OSError:
        return None
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    for line in lines:
        fields = line.split()
        if len(fields) < 8 or fields[1] != "POSIX" or fields[3] != "WRITE" or fields[5] != place:  # noqa: PLR2004
            continue
        pid, first = int(fields[4]), int(fields[6])
        last = max(first, WRITER) if fields[7] == "EOF" else int(fields[7])
        if first <= WRITER <= last and pid not in {0, os.getpid()}:
            return pid
    return None
