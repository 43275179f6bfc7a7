"""What durability costs: `python -m bench.journal`. Records a second in batches of 1, 64 and 256, and the time of one.

The bound is the same table filled by bare sqlite3, one committed row at a time, in the same run and the same folder:
absolute numbers belong to the disk, the ratio belongs to us. Both sides commit with synchronous = FULL.
"""

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

from oms.domain.events import Record
from oms.journal.chain import Chain
from oms.journal.memory import MemoryJournal
from oms.journal.schema import INSERT, MIGRATIONS, PLACES, bring_up
from oms.journal.sqlite import SqliteJournal
from oms.journal.verify import verify
from tests.oms.journal.examples import records

SINGLES = 2_000
BATCHED = 64 * 400


class Spread:
    """Times in seconds, shown as microseconds."""

    def __init__(self, times: Sequence[float]) -> None:
        self._times = sorted(times)

    @property
    def rate(self) -> float:
        """How many a second."""
        return len(self._times) / sum(self._times)

    def at(self, part: float) -> float:
        """Return the time in microseconds that this part of all stayed below."""
        return self._times[int(part * (len(self._times) - 1))] * 1e6

    def __str__(self) -> str:
        return f"p50 {self.at(0.5):6.0f} µs   p99 {self.at(0.99):6.0f} µs"


def bare(path: Path) -> Spread:
    """Return the times of sqlite3 alone: rows that are ready, each its own commit."""
    rows, _ = Chain().follow(records(SINGLES))
    times = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        bring_up(connection, MIGRATIONS)
        for row in rows:
            begun = perf_counter()
            connection.execute(INSERT + PLACES[1], row)
            times.append(perf_counter() - begun)
    return Spread(times)


async def appended(journal: SqliteJournal, written: Sequence[Record], size: int) -> Spread:
    """Return the times of appends of so many records each."""
    times = []
    for start in range(0, len(written), size):
        batch = written[start : start + size]
        begun = perf_counter()
        await journal.append(batch)
        times.append(perf_counter() - begun)
    return Spread(times)


def each(count: int, work: Callable[[], object]) -> float:
    """Return the microseconds that `work` takes for each of the `count` it works on."""
    begun = perf_counter()
    work()
    return (perf_counter() - begun) / count * 1e6


async def main() -> None:
    """Print the bound, our times and their ratio."""
    with tempfile.TemporaryDirectory(prefix="bench-journal-") as folder:
        bound = bare(Path(folder, "bare.sqlite"))
        sys.stdout.write(f"bare sqlite3, 1 row a commit   {bound.rate:9,.0f}/s          {bound}\n")
        path = Path(folder, "state", "journal.sqlite")
        journal = await SqliteJournal.open(path)
        try:
            for size, count in ((1, SINGLES), (64, BATCHED), (256, BATCHED)):
                times = await appended(journal, records(count, after=journal.seq), size)
                ratio = times.rate * size / bound.rate
                sys.stdout.write(
                    f"append, batches of {size:3}         {times.rate * size:9,.0f}/s  ×{ratio:5.2f}  {times}\n"
                )
        finally:
            await journal.close()
        memory = MemoryJournal()
        memory.keep(records(journal.seq))
        encoding = each(memory.seq, lambda: memory.hash)
        verifying = each(memory.seq, lambda: verify(path))
        sys.stdout.write(f"encode and hash {encoding:.1f} µs a record, verify {verifying:.1f} µs a record\n")


if __name__ == "__main__":
    asyncio.run(main())
