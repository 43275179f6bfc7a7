"""Cuts the power while the journal's writer commits: `python bench/power_journal.py [--images N] [--seed S]`.

What a disk holds after a power failure is what it was told to keep, and of what was written since then any sectors in
any order. So a run is recorded: after each acknowledged commit, which was synchronous, a copy of the files is what the
disk has promised to hold. An image is such a copy with some of the sectors that the next commit wrote, the others as
they were or, beyond the old end, nothing; and with the head as it stood then or any time before, for nobody waits for
it. From each image the journal is verified, opened, and goes on: every record that was acknowledged is there, and of
the commit that was cut, all or nothing. A run is too short for the log to be moved into the file.

That a commit waits for the disk at all is a setting of SQLite, and tested as that; that a disk keeps what it promised
cannot be shown by a program.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from oms.journal.errors import JournalError
from oms.journal.sqlite import SqliteJournal
from oms.journal.verify import verify
from tests.oms.journal.examples import records

SECTOR: Final = 512
FILES: Final = ("journal.sqlite", "journal.sqlite-wal")
LARGEST: Final = 40  # records in one commit; some fill several pages


class Promised(NamedTuple):
    """What the disk holds for certain after a commit: how many records, the files, and the head beside them."""

    seq: int
    files: tuple[bytes, ...]
    head: bytes


async def recorded(folder: Path, commits: int, chance: random.Random) -> list[Promised]:
    """Return what was promised after each of so many commits, the first of which made the file."""
    journal = await SqliteJournal.open(folder / FILES[0])
    try:
        promises = [_copy(folder, 0)]
        for _ in range(commits):
            await journal.append(records(chance.randint(1, LARGEST), after=journal.seq))
            promises.append(_copy(folder, journal.seq))
    finally:
        await journal.close()
    return promises


def images(promises: Sequence[Promised], count: int, chance: random.Random) -> Iterator[tuple[int, Promised]]:
    """Yield so many images, each with the number of the record that had been acknowledged when the power went."""
    for _ in range(count):
        place = chance.randrange(len(promises) - 1)
        before, after = promises[place : place + 2]
        files = tuple(_cut(old, new, chance) for old, new in zip(before.files, after.files, strict=True))
        yield before.seq, Promised(after.seq, files, promises[chance.randint(0, place)].head)


def _cut(old: bytes, new: bytes, chance: random.Random) -> bytes:
    """Return a file of which some sectors were written and others were not."""
    size = chance.choice((len(old), len(new), chance.randint(min(len(old), len(new)), max(len(old), len(new)))))
    kept, share = bytearray(old.ljust(size, b"\0")[:size]), chance.random()
    for start in range(0, size, SECTOR):
        if chance.random() < share:
            kept[start : start + SECTOR] = new[start : min(start + SECTOR, size)]
    return bytes(kept)


def faults(folder: Path, acknowledged: int, image: Promised) -> Iterator[str]:
    """Put an image on the disk and start from it; yield what is wrong, in words."""
    folder.mkdir(mode=0o700)
    path = folder / FILES[0]
    for name, content in zip((*FILES, "head"), (*image.files, image.head), strict=True):
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    try:
        found = verify(path).seq
        went_on = asyncio.run(_append(path))
    except JournalError as error:
        yield f"after record {acknowledged}: {error}"
        return
    if found not in {acknowledged, image.seq}:
        yield f"record {acknowledged} was acknowledged and a commit up to {image.seq} cut, the journal ends at {found}"
    if went_on != found + 1:
        yield f"{found} records were there, and the next one is {went_on}"


async def _append(path: Path) -> int:
    journal = await SqliteJournal.open(path)
    try:
        await journal.append(records(1, after=journal.seq))
    finally:
        await journal.close()
    return journal.seq


def _copy(folder: Path, seq: int) -> Promised:
    return Promised(seq, tuple((folder / name).read_bytes() for name in FILES), (folder / "head").read_bytes())


def cut_power(folder: Path, commits: int, count: int, seed: int) -> list[str]:
    """Record a run, cut its power so many times, and return what was wrong."""
    chance = random.Random(seed)  # noqa: S311 - a failure needs no secret
    (folder / "run").mkdir(mode=0o700)
    promises = asyncio.run(recorded(folder / "run", commits, chance))
    found: list[str] = []
    for number, (acknowledged, image) in enumerate(images(promises, count, chance)):
        found += faults(folder / str(number), acknowledged, image)
    return found


def main() -> int:
    """Cut and tell; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        found = cut_power(Path(name), 60, asked.images, asked.seed)
    sys.stdout.write(f"{asked.images} power failures, {len(found)} faults, {time.monotonic() - begun:.0f} s\n")
    for fault in found[:20]:
        sys.stdout.write(f"  {fault}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
