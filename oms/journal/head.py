"""The anchor of a journal's end.

A chain proves that nothing inside it was changed, but a chain cut short is still a chain. So the number and hash of
the last committed record stand once more in a file beside the journal, written after each commit and without an
fsync: it may lag behind the journal, it never leads it. Were it written before the commit, an honest crash would look
like a theft.

The file is one line of fixed width, overwritten in place by one write: a rename would cost as much as the commit. A
reader that meets the write half-way sees two different numbers at its two ends and reads again.
"""

import os
import re
from pathlib import Path

from oms.journal.chain import GENESIS, Chain
from oms.journal.errors import JournalBroken
from oms.journal.private import open_file, sync_folder

NAME = "head"
_LINE = re.compile(rb"(\d{20}) ([0-9a-f]{64}) (\d{20})\n")
_READS = 100  # far more than a write of one line can overlap


def read_head(folder: Path) -> Chain | None:
    """Return the anchored end, or None when the folder has no head. Raises JournalBroken when it cannot be read."""
    for _ in range(_READS):
        try:
            content = (folder / NAME).read_bytes()
        except FileNotFoundError:
            return None
        line = _LINE.fullmatch(content)
        if line is not None and line[1] == line[3]:
            return Chain(int(line[1]), line[2].decode())
    raise JournalBroken(None, f"{folder / NAME} does not hold a record's number and hash")


def demanded(path: Path) -> Chain | None:
    """Return what the head beside a journal demands of it, or None without a head.

    Raises:
        JournalBroken: the head cannot be read, or names a record and the journal is gone.
    """
    head = read_head(path.parent)
    if head is not None and head.seq and not path.exists():
        raise JournalBroken(1, f"missing: there is no {path}, its head names record {head.seq}")
    return head


def reached(head: Chain, end: Chain, hash_at_head: str | None) -> None:
    """Demand that a journal that ends at `end` and whose record number `head.seq` has this hash reaches the head.

    Raises:
        JournalBroken: records are missing at the end, or are not those that were committed.
    """
    if head.seq > end.seq:
        raise JournalBroken(end.seq + 1, f"missing: the journal ends before it, its head names record {head.seq}")
    if head.hash != (hash_at_head if head.seq else GENESIS):
        raise JournalBroken(head.seq, "its hash is not the one in the head: the records up to it were rewritten")


class Head:
    """The head of an open journal."""

    def __init__(self, folder: Path, end: Chain) -> None:
        """Open the file, making it when it is missing, and write `end` durably. Raises OSError."""
        self._descriptor = open_file(folder / NAME)
        self.write(end)
        os.fsync(self._descriptor)
        sync_folder(folder)

    def write(self, end: Chain) -> None:
        """Name a committed record as the last. Raises OSError."""
        os.pwrite(self._descriptor, f"{end.seq:020d} {end.hash} {end.seq:020d}\n".encode(), 0)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)
