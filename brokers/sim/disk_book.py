"""A book that outlives the process: the rows of a SQLite file, folded again when it is opened.

What a call changed is committed with FULL durability before the call's reports may leave. A venue that told first and
wrote later could, after a crash, deny a fill that we have journaled; this one can only know more than we do, which is
what asking it again is for. When a commit fails the file is let go of and the book answers nothing until it is opened
anew: what is in memory then is not what is on the disk, and must not be told.
"""

import os
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from msgspec import DecodeError, json

from brokers.sim.book import Book, PlacedOrder
from oms.domain.ids import AccountId, ClientOrderId, ExecId
from oms.domain.order import OrderTicket
from oms.domain.report import ExecutionReport
from oms.domain.units import ZERO, Money

VERSION = 1
BUSY_SECS = 0.5  # how long a commit waits for another process that holds the file

SCHEMA = """
CREATE TABLE account(account TEXT NOT NULL, currency TEXT NOT NULL, cash TEXT NOT NULL) STRICT;
CREATE TABLE orders(place INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL UNIQUE, ticket TEXT NOT NULL) STRICT;
CREATE TABLE reports(place INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL, report TEXT NOT NULL,
    cash TEXT NOT NULL) STRICT;
"""


class BookError(ConnectionError):
    """The book cannot be read or written. Nothing that it could not keep was reported."""


class Known(NamedTuple):
    """The orders that a book was given, oldest first, and the executions it made."""

    orders: tuple[ClientOrderId, ...] = ()
    executions: frozenset[ExecId] = frozenset()


def known_to(path: Path) -> Known:
    """Return what the book in a file knows, changing nothing; without a file, or in one that was never opened, nothing.

    Raises:
        BookError: it cannot be read, or is of another version.
    """
    if not path.exists():
        return Known()
    rest = "" if path.with_name(path.name + "-wal").exists() else "&immutable=1"  # at rest: leave no companions behind
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{rest}", uri=True)) as file:
            if not _version(file):
                return Known()
            orders = file.execute("SELECT client_order_id FROM orders ORDER BY place").fetchall()
            executions = file.execute("SELECT json_extract(report, '$.exec_id') FROM reports").fetchall()
    except (OSError, sqlite3.Error) as error:
        msg = f"venue book {path}: {error}"
        raise BookError(msg) from error
    return Known(
        tuple(ClientOrderId(order_id) for (order_id,) in orders),
        frozenset(ExecId(exec_id) for (exec_id,) in executions if exec_id is not None),
    )


class DiskBook(Book):
    """The book of one account in a file of its own.

    The cash it was first opened with stands in the file, and holds against what a later opening says.
    """

    def __init__(self, path: Path, account: AccountId, opening: Money) -> None:
        super().__init__(opening)
        self._path = path
        self._account = account
        self._file: sqlite3.Connection | None = None
        self._new_orders: list[tuple[str, str]] = []
        self._new_reports: list[tuple[str, str, str]] = []

    def open(self) -> None:
        """Open the file, made with mode 0600 where there is none, and fold it.

        Raises:
            BookError: it cannot be read, others can read it, it tells of orders that it does not have, or it is another
                account's or another version's.
        """
        self.close()
        try:
            _create_privately(self._path)
            self._file = sqlite3.connect(self._path, timeout=BUSY_SECS, isolation_level=None)
            self._fold(self._file)
        except (OSError, sqlite3.Error, DecodeError, ArithmeticError) as error:
            self.close()
            msg = f"venue book {self._path}: {error}"
            raise BookError(msg) from error

    def close(self) -> None:
        """Let go of the file; what was not committed is gone."""
        self._new_orders.clear()
        self._new_reports.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def enter(self, order_id: ClientOrderId, ticket: OrderTicket) -> PlacedOrder:
        """Take an order in, to be written by the next commit."""
        self._new_orders.append((order_id, json.encode(ticket).decode()))
        return super().enter(order_id, ticket)

    def record(self, placed: PlacedOrder, report: ExecutionReport, cash: Decimal = ZERO) -> None:
        """Book a report, to be written by the next commit."""
        self._new_reports.append((placed.client_order_id, json.encode(report).decode(), str(cash)))
        super().record(placed, report, cash)

    def commit(self) -> None:
        """Write what is new in one transaction.

        Raises:
            BookError: it could not be written, or the book is not open; it must be opened before it is used again.
        """
        if self._file is None:
            msg = f"venue book {self._path} is not open"
            raise BookError(msg)
        if not self._new_reports:
            return
        try:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("INSERT INTO orders(client_order_id, ticket) VALUES (?, ?)", self._new_orders)
            self._file.executemany(
                "INSERT INTO reports(client_order_id, report, cash) VALUES (?, ?, ?)", self._new_reports
            )
            self._file.execute("COMMIT")
        except sqlite3.Error as error:
            self.close()
            msg = f"venue book {self._path}: {error}"
            raise BookError(msg) from error
        self._new_orders.clear()
        self._new_reports.clear()

    def _fold(self, file: sqlite3.Connection) -> None:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        self._begin(self._opened(file))
        for order_id, ticket in file.execute("SELECT client_order_id, ticket FROM orders ORDER BY place"):
            super().enter(order_id, json.decode(ticket, type=OrderTicket))
        decoder = json.Decoder(ExecutionReport)
        rows = file.execute("SELECT client_order_id, report, cash FROM reports ORDER BY place")
        for order_id, report, cash in rows:
            placed = self.orders.get(order_id)
            if placed is None:
                msg = f"a report of {order_id}, which it does not have"
                raise OSError(msg)
            super().record(placed, decoder.decode(report), Decimal(cash))

    def _opened(self, file: sqlite3.Connection) -> Money:
        """Return the cash the account was opened with, opening it in a new file."""
        if not _version(file):
            file.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        row = file.execute("SELECT account, currency, cash FROM account").fetchone()
        if row is None:
            opening = self._opening
            values = (self._account, opening.currency, str(opening.amount))
            file.execute("INSERT INTO account(account, currency, cash) VALUES (?, ?, ?)", values)
            return opening
        account, currency, cash = row
        if account != self._account:
            msg = f"belongs to account {account}, not to {self._account}"
            raise OSError(msg)
        return Money(Decimal(cash), currency)


def _version(file: sqlite3.Connection) -> int:
    """Return the version of a file, 0 for a new one. Raises OSError for any but ours, sqlite3.Error."""
    (version,) = file.execute("PRAGMA user_version").fetchone()
    if version not in (0, VERSION):
        msg = f"version {version}, and this program reads version {VERSION}"
        raise OSError(msg)
    return int(version)


def _create_privately(path: Path) -> None:
    """Make the file for its owner only before SQLite opens it; its companions inherit the mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)  # no link is followed
    try:
        mode = os.fstat(descriptor).st_mode & 0o777
    finally:
        os.close(descriptor)
    if mode & 0o077:
        msg = f"others can open it (mode {mode:03o}): chmod 600"
        raise OSError(msg)
