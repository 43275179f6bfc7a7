"""Tears writes of the journal's writer at exact bytes: `python bench/torn_journal.py [--cuts N] [--seed S]`.

A writer appends until one of its files would grow beyond a size; the kernel writes up to that byte and kills it there.
So every kind of write is met in its middle and at its edges: those that make the file, the frames of the log, the
index beside it. Each cut is a life of a journal of its own. After each death every record that was acknowledged is
there, no other is half there, and the journal goes on.

The first sizes lie where the file is made and at the edges of frames, the others are drawn from the seed.
"""

import argparse
import asyncio
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from oms.journal.migrate import is_unmade
from oms.journal.sqlite import SqliteJournal
from oms.journal.verify import verify

ROOT = Path(__file__).parent.parent
INDEX, HEADER, FRAME = 32_768, 32, 4_120  # bytes: of the index beside the log, of the log's header, of one frame in it
LARGEST = 40 * FRAME
EACH = 100  # lives of one writing process
KILLED = 25  # SIGXFSZ


def sizes(cuts: int, seed: int) -> list[int]:
    """Return the sizes at which to tear: at the beginning and at the edges of the first frames, then anywhere."""
    edges = [HEADER + number * FRAME + off for off in (0, 1, 23, 24, 25, -1) for number in (8, 9, 11, 14)]
    chance = random.Random(seed)  # noqa: S311 - a cut needs no secret
    drawn = (chance.randrange(INDEX if number % 5 else 1, LARGEST) for number in range(cuts))
    return list(dict.fromkeys([1, 100, 4_096, 20_000, INDEX, *edges[::2], *drawn, *edges]))[:cuts]


def tear(folder: Path, sizes: Sequence[int]) -> Iterator[str]:
    """Live and die once for each size; yield what is wrong with what is left, in words."""
    command = [sys.executable, "-m", "tests.oms.journal.torn_writer", str(folder), *map(str, sizes)]
    lives = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    for life in lives.stdout.splitlines():
        size, acknowledged, ended_by = map(int, life.split())
        path = folder / str(size) / "journal.sqlite"
        if ended_by != KILLED:
            yield f"{size}: the writer was ended by signal {ended_by}, expected {KILLED}"
        written = 0 if not path.exists() or is_unmade(path) else verify(path).seq
        if written < acknowledged:
            yield f"{size}: record {acknowledged} was acknowledged, the journal ends at {written}"
        again = asyncio.run(_opened(path))
        if again != written:
            yield f"{size}: {written} records before it is opened again, {again} after"
        shutil.rmtree(path.parent)


async def _opened(path: Path) -> int:
    journal = await SqliteJournal.open(path)
    await journal.close()
    return journal.seq


def main() -> int:
    """Tear and tell; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun, wanted = time.monotonic(), sizes(asked.cuts, asked.seed)
    with tempfile.TemporaryDirectory() as name:
        groups = [wanted[first : first + EACH] for first in range(0, len(wanted), EACH)]
        faults = [fault for group in groups for fault in tear(Path(name), group)]
    sys.stdout.write(f"{len(wanted)} torn writes, {len(faults)} faults, {time.monotonic() - begun:.0f} s\n")
    for fault in faults[:20]:
        sys.stdout.write(f"  {fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
