"""The journal of a backtest: the same records, the same bytes, no disk.

Encoding costs more than most decisions, and most backtests never look at the bytes. So records are only kept, and
encoded and hashed when somebody asks for a digest; asked again, only what came since is encoded.
"""

from collections.abc import AsyncIterator, Sequence

from oms.domain.events import Record
from oms.journal.chain import Chain, trace_of
from oms.journal.codec import Columns, Row
from oms.journal.errors import JournalError


class MemoryJournal:
    """A `Journal` that lasts as long as the object."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._rows: list[Columns] = []
        self._chain = Chain()

    @property
    def seq(self) -> int:
        """The last record's number; 0 while empty."""
        return len(self._records)

    @property
    def hash(self) -> str:
        """The end of the chain, equal to what a file would hold.

        Raises:
            JournalError: a record cannot be written.
        """
        self._encode()
        return self._chain.hash

    def trace(self) -> str:
        """Return the digest that equal runs share. Raises as `hash` does."""
        return trace_of(self.rows())

    def rows(self, after: int = 0) -> list[Row]:
        """Return the records after a sequence number as they would be stored. Raises as `hash` does."""
        self._encode()
        return [Row._make(columns) for columns in self._rows[after:]]

    def keep(self, records: Sequence[Record]) -> None:
        """Append without waiting: `append` for who has no loop.

        Raises:
            JournalError: the records do not follow the last one.
        """
        last = len(self._records)
        if records and (records[0].seq != last + 1 or records[-1].seq != last + len(records)):
            msg = f"records {records[0].seq} to {records[-1].seq} cannot follow record {last}"
            raise JournalError(msg)
        self._records.extend(records)

    async def append(self, records: Sequence[Record]) -> None:
        """Keep the records. Raises as `keep` does."""
        self.keep(records)

    async def replay(self, after: int = 0) -> AsyncIterator[Record]:
        """Yield the records after a sequence number, in order."""
        for record in self._records[after:]:
            yield record

    async def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def _encode(self) -> None:
        rows, self._chain = self._chain.follow(self._records[len(self._rows) :])
        self._rows.extend(rows)
