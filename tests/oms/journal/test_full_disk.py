"""A disk that takes not one byte more: nothing is written any more, and everything that was can still be read."""

import subprocess
import sys
from pathlib import Path

FULL = """
import asyncio, resource, sys
from pathlib import Path
from oms.journal.errors import JournalError
from oms.journal.sqlite import SqliteJournal
from tests.oms.journal.examples import records

async def fill() -> None:
    journal = await SqliteJournal.open(Path(sys.argv[1]))
    await journal.append(records(3))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        await journal.append(records(1, after=3))
    except JournalError:
        print("refused")
    await journal.reopen()
    print(journal.seq, len([record async for record in journal.replay()]))
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    await journal.reopen()
    await journal.append(records(1, after=3))
    print(journal.seq)
    await journal.close()

asyncio.run(fill())
"""


def test_a_journal_on_a_full_disk_can_be_read_and_goes_on_when_there_is_room(path: Path) -> None:
    """The files that its handles share could not be made again there, so they must not go."""
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False, cwd=root, timeout=30
    )

    assert (done.returncode, done.stdout.split("\n")) == (0, ["refused", "3 3", "4", ""]), done.stderr
