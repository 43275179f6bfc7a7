import os
import random
from pathlib import Path

import pytest

from bench import kill_journal
from bench.kill_journal import Lost, kill_once
from oms.journal.verify import verify

ROUNDS = int(os.environ.get("KILL_ROUNDS", "6"))


def test_a_killed_writer_loses_nothing_it_acknowledged(path: Path) -> None:
    """J-01: the writer alone."""
    chance = random.Random(7)  # noqa: S311  a kill needs no secret
    deaths = [kill_once(path, chance) for _ in range(ROUNDS)]

    assert all(death.acknowledged <= death.written for death in deaths)
    assert verify(path).seq == deaths[-1].written > 0


LIAR = """
import asyncio, os, sys
from pathlib import Path
from oms.journal.sqlite import SqliteJournal
async def lie():
    await SqliteJournal.open(Path(sys.argv[1]))
    os.write(1, b"0\\n9\\n")
    await asyncio.Event().wait()
asyncio.run(lie())
"""


def test_a_writer_that_acknowledges_too_early_would_be_found(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kill_journal, "WRITER", [kill_journal.WRITER[0], "-c", LIAR])
    alive = random.Random(7)  # noqa: S311  its first draw lets the writer say something first

    with pytest.raises(Lost, match="record 9 was acknowledged, the journal ends at 0"):
        kill_once(path, alive)
