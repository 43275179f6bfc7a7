"""What happens after the journal has failed and before a person has looked: cancels still go out.

A holdover stands between the engine and the journal on disk and normally adds nothing. Once a commit has failed, the
engine throws its state away, folds the journal anew and calls `hold`: from then on records are kept in memory, a
bounded number of them, so that the cancels of a stop can be decided and their answers counted. Nothing else is to be
decided meanwhile; the gate is closed and the feed stands still. `flush` opens the journal anew and appends what was
kept, before anything may trade again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from oms.domain.events import Record
from oms.journal.errors import JournalError
from oms.journal.sqlite import SqliteJournal

KEPT_AT_MOST: Final = 10_000  # records: a thousand cancels and their answers, several times


class Holdover:
    """A `Journal` over a `SqliteJournal`."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal
        self._kept: list[Record] | None = None
        self._turn = asyncio.Lock()

    @property
    def holding(self) -> bool:
        """Whether records are kept in memory, because the journal failed."""
        return self._kept is not None

    @property
    def seq(self) -> int:
        """The number of the last record taken: durable, or kept for when the journal can be written again."""
        return self._kept[-1].seq if self._kept else self._journal.seq

    @property
    def durable_seq(self) -> int:
        """The number of the last record that is on disk: what may be acknowledged."""
        return self._journal.seq

    @property
    def hash(self) -> str:
        """The hash of the last durable record."""
        return self._journal.hash

    async def append(self, records: Sequence[Record]) -> None:
        """Make the records durable, or keep them while holding.

        Raises:
            JournalError: the commit failed, or more would be kept than may be.
        """
        async with self._turn:
            await self._append(records)

    async def _append(self, records: Sequence[Record]) -> None:
        if self._kept is None:
            await self._journal.append(records)
            return
        if len(self._kept) + len(records) > KEPT_AT_MOST:
            msg = f"the journal has failed and {len(self._kept):,} records wait for it; no more are kept"
            raise JournalError(msg)
        self._kept.extend(records)

    async def hold(self) -> None:
        """Keep records in memory from now on; the journal is opened anew for reading.

        Raises:
            JournalError: it cannot be read either, so there is nothing to go on from.
        """
        async with self._turn:
            await self._journal.reopen()
            self._kept = []

    async def flush(self) -> None:
        """Append what was kept and write through again; without a failure nothing happens.

        Raises:
            JournalError: it still cannot be written; everything is kept.
        """
        async with self._turn:  # what is acknowledged meanwhile must not fall between the list and the file
            if self._kept is not None:
                await self._journal.reopen()
                await self._journal.append(self._kept)
                self._kept = None

    def replay(self, after: int = 0) -> AsyncIterator[Record]:
        """Yield the durable records after a sequence number, in order; what is kept is not among them."""
        return self._journal.replay(after)

    async def trace(self) -> str:
        """Return the digest that equal runs share. Raises JournalError."""
        return await self._journal.trace()

    async def close(self) -> None:
        """Append what was kept, if the journal can be written by now, and let go of it.

        Raises:
            JournalError: what was kept is lost; the text says how much. The venue still knows it.
        """
        lost = None
        try:
            await self.flush()
        except JournalError as error:
            lost = f"{len(self._kept or ())} records could not be written: {error}"
        await self._journal.close()
        if lost is not None:
            raise JournalError(lost)
