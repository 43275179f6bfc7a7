"""The journal on disk. One writer, one commit per batch, acknowledged when it is durable.

Records are encoded and hashed in the loop and cross to the database's thread once per batch: up to 64 rows as one
statement that commits by itself, more as one transaction that begins and ends inside one call. After the commit the
head beside the file is rewritten.

The writer is one because a chain has one end: the next hash needs the last one, so a second write may not even be
encoded before the first is known to have succeeded. And it is never canceled: a call that was handed to the
database's thread runs whether somebody still waits for it or not, and were the writer to forget it, the chain in
memory and the chain in the file would part. So a caller that is canceled leaves a write that goes on, as a whole; and
since no transaction ever spans two calls, there is no open one into which its rows could slip.

After any error the journal takes nothing more: whether an fsync that failed wrote, nobody knows, and asking the same
descriptor again gets a false yes. Opening it anew reads what is really there.
"""

import asyncio
import contextlib
import itertools
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from shutil import disk_usage
from typing import Any, Final

import aiosqlite

from oms.domain.events import Record
from oms.journal.chain import Chain, Trace
from oms.journal.codec import Columns, Row, decode
from oms.journal.errors import JournalBroken, JournalError
from oms.journal.head import NAME as HEAD
from oms.journal.head import Head, demanded, reached, read_head
from oms.journal.holder import writer_of
from oms.journal.lock import Lock
from oms.journal.migrate import prepare
from oms.journal.private import FILE_MODE, check, make_folder
from oms.journal.schema import (
    INSERT,
    MIGRATIONS,
    PLACES,
    SELECT_AFTER,
    SELECT_END,
    SELECT_HASH,
    STATEMENT_ROWS,
    Migrations,
)

LOCK: Final = "lock"  # its name beside the journal
BUSY_S: Final = 2.0  # how long a commit waits for another program's lock on the file
PAGE_ROWS: Final = 2_048  # rows read in one hop; a page is read whole, so that no reader holds back a checkpoint


class _OneCall(sqlite3.Connection):
    """A connection whose `executemany` is one transaction, from BEGIN to COMMIT.

    It is the way to have several statements and their commit in a single call of the database's thread.
    """

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Insert all rows or none; `sql` is an INSERT up to its values. Raises sqlite3.Error."""
        rows = list(parameters)
        self.execute("BEGIN IMMEDIATE")
        try:
            for start in range(0, len(rows), STATEMENT_ROWS):
                part = rows[start : start + STATEMENT_ROWS]
                self.execute(sql + PLACES[len(part)], _flat(part))
            return self.execute("COMMIT")
        except BaseException:  # an open transaction would be published by the next commit
            if self.in_transaction:  # some errors have rolled back already
                self.execute("ROLLBACK")
            raise


class SqliteJournal:
    """A `Journal` in a file, with its `head` and `lock` beside it. Made by `open`."""

    def __init__(self, path: Path, connection: aiosqlite.Connection, end: Chain, head: Head, lock: Lock) -> None:
        self.path = path
        self._connection = connection
        self._end = end
        self._head = head
        self._lock = lock
        self._turn = asyncio.Lock()
        self._closed_by: str | None = None

    @classmethod
    async def open(cls, path: Path, migrations: Migrations = MIGRATIONS) -> "SqliteJournal":
        """Open a journal for writing: make it when it is missing, take its lock, bring an older one up.

        That it reaches its head is checked; that it is whole is not, see `verify`.

        Raises:
            JournalLocked: another process writes it.
            JournalBroken: it is no journal, or does not reach its head.
            JournalNewer: a newer version wrote it.
            JournalError: its folder or files are open to others, or cannot be used.
        """
        make_folder(path.parent)
        demanded(path)  # before an empty file stands where the journal was
        lock = Lock.take(path.parent / LOCK)
        try:
            check([path.parent / LOCK, path.parent / HEAD], FILE_MODE)
            prepare(path, migrations)
            connection = await _connect(path)
            try:
                end = await _check_end(connection, path)
                return cls(path, connection, end, Head(path.parent, end), lock)
            except BaseException:  # its thread would keep the process alive
                await connection.close()
                raise
        except BaseException as error:  # also a cancellation lets go of the lock
            lock.release()
            if isinstance(error, (sqlite3.Error, OSError)):
                msg = f"cannot open {path}: {error}"
                raise JournalError(msg) from error
            raise

    @property
    def seq(self) -> int:
        """The last durable record's number; 0 while empty."""
        return self._end.seq

    @property
    def hash(self) -> str:
        """The hash of the last durable record."""
        return self._end.hash

    async def append(self, records: Sequence[Record]) -> None:
        """Make the records durable in one commit; without records, nothing happens.

        Canceling the call does not stop the write.

        Raises:
            JournalError: nothing may be sent. After an error of the disk or the database every further call raises.
        """
        if records:
            await asyncio.shield(self._write(records))

    async def replay(self, after: int = 0) -> AsyncIterator[Record]:
        """Yield the records after a sequence number, in order; hashes are not checked.

        Raises:
            JournalBroken: a record is missing or cannot be decoded.
            JournalError: the file cannot be read.
        """
        async for row in self.rows(after):
            yield decode(row)

    async def rows(self, after: int = 0) -> AsyncIterator[Row]:
        """Yield the stored rows after a sequence number, in order. Raises as `replay` does."""
        while page := await self._page(after):
            for values in page:
                after += 1
                if values[0] != after:
                    raise JournalBroken(after, f"missing: record {values[0]} follows")
                yield Row._make(values)

    async def trace(self) -> str:
        """Return the digest that equal runs share, over the whole journal. Raises as `replay` does."""
        trace = Trace()
        async for row in self.rows():
            trace.add(row)
        return trace.hash

    async def reopen(self) -> None:
        """After an error: let go of the file, keep the lock, and read anew where the journal ends.

        The new handle is there before the old one goes: the last to leave takes the shared files with it, and on a full
        disk they could not be made again.

        Raises:
            JournalBroken: it does not reach its head.
            JournalError: it cannot be opened; it still takes no more records.
        """
        async with self._turn:
            before = self._connection
            try:
                self._connection = await _connect(self.path)
                self._end = await _check_end(self._connection, self.path)
            except (sqlite3.Error, OSError) as error:
                msg = f"cannot reopen {self.path}: {error}"
                raise JournalError(msg) from error
            finally:
                if self._connection is not before:
                    with contextlib.suppress(sqlite3.Error, ValueError):  # what failed may fail to close as well
                        await before.close()
            self._closed_by = None

    async def close(self) -> None:
        """Finish the write in hand and let go of the file and the lock; a second call does nothing.

        Until this has returned, the database's thread keeps the process alive.

        Raises:
            JournalError: the database could not be closed in order; the lock is free all the same.
        """
        async with self._turn:
            if self._lock.held:
                self._closed_by = self._closed_by or "it was closed"
                try:
                    await self._connection.close()
                except sqlite3.Error as error:
                    msg = f"cannot close {self.path}: {error}"
                    raise JournalError(msg) from error
                finally:
                    self._head.close()
                    self._lock.release()

    async def _write(self, records: Sequence[Record]) -> None:
        async with self._turn:
            if self._closed_by is not None:
                msg = f"{self.path} takes no more records: {self._closed_by}"
                raise JournalError(msg)
            rows, end = self._end.follow(records)
            try:
                await self._commit(rows)
                self._head.write(end)
            except BaseException as error:  # after a write that may be half done nothing may follow
                self._closed_by = _cause_of(error, self.path)
                if isinstance(error, (sqlite3.Error, OSError, OverflowError)):
                    msg = f"records {records[0].seq} to {end.seq} were not written to {self.path}: {self._closed_by}"
                    raise JournalError(msg) from error
                raise
            self._end = end

    async def _commit(self, rows: list[Columns]) -> None:
        """One hop, one commit. Raises sqlite3.Error, OverflowError."""
        if len(rows) <= STATEMENT_ROWS:
            await self._connection.execute_fetchall(INSERT + PLACES[len(rows)], _flat(rows))
        else:
            await self._connection.executemany(INSERT, rows)

    async def _page(self, after: int) -> Iterable[Any]:
        try:
            return await self._connection.execute_fetchall(SELECT_AFTER, (after, PAGE_ROWS))
        except (sqlite3.Error, ValueError) as error:  # ValueError: the connection is closed
            msg = f"cannot read {self.path} after record {after}: {error}"
            raise JournalError(msg) from error


async def _connect(path: Path) -> aiosqlite.Connection:
    """Return a connection that commits each statement by itself, durably. Raises sqlite3.Error."""
    connection = await aiosqlite.connect(path, isolation_level=None, timeout=BUSY_S, factory=_OneCall)
    try:
        await connection.execute_fetchall("PRAGMA synchronous = FULL")
    except BaseException:  # its thread would keep the process alive
        await connection.close()
        raise
    return connection


async def _check_end(connection: aiosqlite.Connection, path: Path) -> Chain:
    """Return the end of the journal, which must reach its head. Raises JournalBroken, JournalError, sqlite3.Error."""
    [(mode,)] = await connection.execute_fetchall("PRAGMA journal_mode")
    if mode != "wal":
        msg = f"{path} has journal mode {mode}, expected wal"
        raise JournalError(msg)
    end = Chain()
    for seq, digest in await connection.execute_fetchall(SELECT_END):
        end = Chain(seq, digest)
    head = read_head(path.parent)
    if head is not None:
        hashes = [digest for (digest,) in await connection.execute_fetchall(SELECT_HASH, (head.seq,))]
        reached(head, end, hashes[0] if hashes else None)
    return end


def _cause_of(error: BaseException, path: Path) -> str:
    """Return why a write failed, with the process that holds the file, or with what is free on its disk, where that is
    why and can be known."""
    text = str(error) or type(error).__name__
    if isinstance(error, sqlite3.OperationalError) and "locked" in text:
        pid = writer_of(path)
        return f"{text} by process {pid}" if pid is not None else text
    if isinstance(error, sqlite3.OperationalError) and "full" in text:
        with contextlib.suppress(OSError):
            return f"{text}, {disk_usage(path.parent).free / 1e6:,.1f} MB free there"
    return text


def _flat(rows: Sequence[Columns]) -> list[Any]:
    """Return the values of all rows behind each other."""
    return list(itertools.chain.from_iterable(rows))
