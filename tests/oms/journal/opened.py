"""Journals that are closed again also when a test fails: an open one keeps the process alive for ever."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from oms.journal.schema import MIGRATIONS, Migrations
from oms.journal.sqlite import SqliteJournal


@asynccontextmanager
async def opened(path: Path, migrations: Migrations = MIGRATIONS) -> AsyncIterator[SqliteJournal]:
    """Hold a journal open."""
    journal = await SqliteJournal.open(path, migrations)
    try:
        yield journal
    finally:
        await journal.close()


async def reopen(path: Path, migrations: Migrations = MIGRATIONS) -> None:
    """Open a journal and close it again."""
    async with opened(path, migrations):
        pass
