"""Writes what is new of a book, on a thread of its own: a commit waits for the disk, and the loop must not.

Whoever begins to write goes on with what else there is to do, and asks `finish` what came of it before anything is told
of what was to be written. One write is one transaction, and the next begins when it is over. After one that failed none
is made any more: what happened later builds on what the file does not have.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

NewOrder: TypeAlias = tuple[str, str]  # its id and its ticket as JSON
NewReport: TypeAlias = tuple[str, str, str]  # the order's id, the report as JSON, and the cash it moved


class BookWriter:
    """Over one open file, which is its own from now on."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._thread = ThreadPoolExecutor(1, "venue book")
        self._begun: Future[sqlite3.Error | None] | None = None  # the newest write; the others are over before it is
        self._failure: sqlite3.Error | None = None  # of the thread alone

    def begin(self, orders: Iterable[NewOrder], reports: Iterable[NewReport]) -> None:
        """Begin to write, after what was begun before. What came of all of it is told by `finish`."""
        self._begun = self._thread.submit(self._write, orders, reports)

    def over(self) -> Awaitable[object] | None:
        """Return what is done when all is written that was begun, if anything was. Who waits for it and is canceled
        waits no more, and it is written all the same."""
        if self._begun is None:
            return None
        over = asyncio.wrap_future(self._begun)
        return asyncio.shield(over)

    def finish(self) -> None:
        """Wait until all that was begun is durable, if anything was.

        Raises:
            sqlite3.Error: it could not be written; of more than one write the first that failed says why.
        """
        begun, self._begun = self._begun, None
        error = begun.result() if begun is not None else None
        if error is not None:
            raise error

    def close(self) -> None:
        """Let go of the file, after what was begun."""
        self._thread.shutdown()
        self._file.close()

    def _write(self, orders: Iterable[NewOrder], reports: Iterable[NewReport]) -> sqlite3.Error | None:
        if self._failure is not None:
            return self._failure
        try:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("INSERT INTO orders(client_order_id, ticket) VALUES (?, ?)", orders)
            self._file.executemany("INSERT INTO reports(client_order_id, report, cash) VALUES (?, ?, ?)", reports)
            self._file.execute("COMMIT")
        except sqlite3.Error as error:
            self._failure = error
        return self._failure
