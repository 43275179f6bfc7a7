"""A program to be killed: `python -m tests.oms.journal.kill_writer JOURNAL`.

It opens the journal, appends batches of ever-changing size as fast as it can, and writes the number of the last
record of a batch to standard output after `append` returned. What stands there was acknowledged.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from oms.journal.sqlite import SqliteJournal
from tests.oms.journal.examples import records

SIZES = (1, 1, 3, 64, 1, 65, 2, 200, 1, 17)


async def write(path: Path) -> None:
    """Append until killed."""
    journal = await SqliteJournal.open(path)
    os.write(1, f"{journal.seq}\n".encode())  # found there, so durable
    for size in itertools.cycle(SIZES):
        await journal.append(records(size, after=journal.seq))
        os.write(1, f"{journal.seq}\n".encode())


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1])))
