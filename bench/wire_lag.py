"""How late a loop wakes, and what a commit takes by itself: the two measures that a run and its bound share.

A loop that is held cannot count how often: a task that sleeps from wake to wake would miss nine moments of ten in the
worst holds and show a good p99. So the moments are set beforehand, and one hold is late for each that fell into it.
"""

import asyncio
import sqlite3
import threading
import time
from pathlib import Path
from typing import Final

from bench.wire_told import Wake

STEP_SECS: Final = 0.005


async def watch(wakes: list[Wake]) -> None:
    """Add to `wakes` until canceled, one for every STEP_SECS that pass."""
    due = time.monotonic() + STEP_SECS
    while True:
        await asyncio.sleep(due - time.monotonic())
        now = time.monotonic()
        while due <= now:
            wakes.append(Wake(due, now - due))
            due += STEP_SECS


class BareCommits:
    """FULL commits of one small row, a few in a second, to a file of its own on the same disk: the least that a durable
    order costs. A thread makes them between `begin` and `end`."""

    def __init__(self, folder: Path, every_secs: float = 0.2) -> None:
        self.secs: list[float] = []
        self._file = folder / "bound.sqlite"
        self._every_secs = every_secs
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._commit)

    def begin(self) -> None:
        """Commit now and then, from now on."""
        self._thread.start()

    def end(self) -> None:
        """Finish the commit in hand."""
        self._over.set()
        self._thread.join()

    def _commit(self) -> None:
        connection = sqlite3.connect(self._file, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE rows(text TEXT)")
        while not self._over.wait(self._every_secs):
            began = time.monotonic()
            connection.execute("INSERT INTO rows VALUES('x')")
            self.secs.append(time.monotonic() - began)
        connection.close()
