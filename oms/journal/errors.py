"""What can go wrong with a journal.

    JournalError            it cannot be written or read; nothing may be sent on the strength of it
    ├── JournalBroken       what is stored is not what was written
    ├── JournalLocked       another process holds it
    └── JournalNewer        a newer version wrote it

Every text is one line that a person can act on.
"""

from pathlib import Path


class JournalError(Exception):
    """The journal cannot be written or read.

    After a failed write it takes no more until it is opened anew: whether the last batch reached the disk is known
    only to whoever reads the file again.
    """


class JournalBroken(JournalError):
    """Stored records are not what was written.

    `seq` is the first record that shows it, None where the damage is not in a record; then `what` names the file, and
    else `path` does, once somebody knows it.
    """

    def __init__(self, seq: int | None, what: str, path: Path | None = None) -> None:
        where = f"{path} is damaged or was changed: " if path is not None else ""
        super().__init__(what if seq is None else f"{where}record {seq}: {what}")
        self.seq = seq
        self.what = what


class JournalLocked(JournalError):
    """Another process holds the lock. `pid` is None in the instant before the holder has written it down."""

    def __init__(self, path: Path, pid: int | None, host: str) -> None:
        holder = "another process" if pid is None else f"process {pid} on {host}"
        super().__init__(f"{path} is held by {holder}")
        self.path = path
        self.pid = pid
        self.host = host


class JournalNewer(JournalError):
    """The file has a schema version that this program does not know; reading it would be guessing."""

    def __init__(self, path: Path, version: int, newest: int) -> None:
        super().__init__(f"{path} has schema version {version}, this program knows up to {newest}")
        self.path = path
        self.version = version
        self.newest = newest
