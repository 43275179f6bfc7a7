"""A book that outlives the process: the rows of a SQLite file, folded again when it is opened.

What happened is committed with FULL durability before any of it may be reported, all of a batch at once. A venue that
told first and wrote later could, after a crash, deny a fill that we have journaled; this one can only know more than we
do, which is what asking it again is for. When a commit fails the file is let go of and the book takes nothing until it
is opened anew: what is in memory then is not what is on the disk, and must not be told.
"""

import sqlite3
from collections.abc import Awaitable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from msgspec import DecodeError, json

from brokers.sim.book import Book
from brokers.sim.book_file import SCHEMA, VERSION, book_version, create_privately
from brokers.sim.book_writer import BookWriter, NewOrder, NewReport
from brokers.sim.placed import PlacedOrder
from oms.domain.ids import AccountId, ClientOrderId, ExecId
from oms.domain.order import OrderTicket
from oms.domain.report import ExecutionReport, Terms
from oms.domain.units import ZERO, Money, Quantity

BUSY_SECS = 0.5  # how long a commit waits for another process that holds the file


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
            if not book_version(file):
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
        self._writer: BookWriter | None = None
        self._new_orders: list[NewOrder] = []
        self._new_reports: list[NewReport] = []

    def open(self) -> None:
        """Open the file, made with mode 0600 where there is none, and fold it.

        Raises:
            BookError: it cannot be read, others can read it, it tells of orders that it does not have, or it is another
                account's or another version's.
        """
        self.close()
        try:
            create_privately(self._path)
            file = sqlite3.connect(self._path, timeout=BUSY_SECS, isolation_level=None, check_same_thread=False)
            self._writer = BookWriter(file)
            self._fold(file)
        except (OSError, sqlite3.Error, DecodeError, ArithmeticError) as error:
            self.close()
            msg = f"venue book {self._path}: {error}"
            raise BookError(msg) from error

    def close(self) -> None:
        """Let go of the file; what was not committed is gone."""
        self._new_orders.clear()
        self._new_reports.clear()
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def enter(self, order_id: ClientOrderId, ticket: OrderTicket) -> PlacedOrder:
        """Take an order in, to be written by the next commit."""
        self._new_orders.append((order_id, json.encode(ticket).decode()))
        return super().enter(order_id, ticket)

    def tell(self, placed: PlacedOrder, report: ExecutionReport) -> None:
        """Book a status, to be written by the next commit."""
        self._note(report)
        super().tell(placed, report)

    def trade(self, placed: PlacedOrder, report: ExecutionReport, quantity: Quantity, moved: Money) -> None:
        """Book an execution, to be written by the next commit."""
        self._note(report, moved.amount)
        super().trade(placed, report, quantity, moved)

    def change(self, placed: PlacedOrder, report: ExecutionReport, terms: Terms) -> None:
        """Book a change, to be written by the next commit."""
        self._note(report)
        super().change(placed, report, terms)

    def demand_open(self) -> None:
        """Go on only where what happens can be written.

        Raises:
            BookError: the book is not open.
        """
        if self._writer is None:
            msg = f"venue book {self._path} is not open"
            raise BookError(msg)

    def begin_commit(self) -> Awaitable[object] | None:
        """Begin to write what is new in one transaction, on a thread; return what is done when that is over, None where
        nothing is being written. It raises nothing: what came of it is told by `commit`, whatever was begun before.
        """
        if self._writer is None:
            return None
        self._write(self._writer)
        return self._writer.over()

    def commit(self) -> None:
        """Wait until all that happened is written.

        Raises:
            BookError: it could not be written, or something happened while the book was not open; it must be opened
                before it is used again.
        """
        writer = self._writer
        if writer is None:
            if self._new_reports:
                self.close()
                self.demand_open()
            return
        self._write(writer)
        try:
            writer.finish()
        except sqlite3.Error as error:
            self.close()
            msg = f"venue book {self._path}: {error}"
            raise BookError(msg) from error

    def _write(self, writer: BookWriter) -> None:
        """Begin to write what is new, if anything is."""
        if self._new_reports:
            orders, self._new_orders = self._new_orders, []
            reports, self._new_reports = self._new_reports, []
            writer.begin(orders, reports)

    def _note(self, report: ExecutionReport, cash: Decimal = ZERO) -> None:
        self._new_reports.append((report.client_order_id, json.encode(report).decode(), str(cash)))

    def _fold(self, file: sqlite3.Connection) -> None:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        self._begin(self._opened(file))
        for order_id, ticket in file.execute("SELECT client_order_id, ticket FROM orders ORDER BY place"):
            super().enter(order_id, json.decode(ticket, type=OrderTicket))
        decoder = json.Decoder(ExecutionReport)
        rows = file.execute("SELECT client_order_id, report, cash FROM reports ORDER BY place")
        for order_id, text, cash in rows:
            placed = self.orders.get(order_id)
            if placed is None:
                msg = f"a report of {order_id}, which it does not have"
                raise OSError(msg)
            report = decoder.decode(text)
            if report.last_qty is not None and report.fee is not None:
                super().trade(placed, report, report.last_qty, Money(Decimal(cash), report.fee.currency))
            elif report.terms is not None:
                super().change(placed, report, report.terms)
            else:
                super().tell(placed, report)

    def _opened(self, file: sqlite3.Connection) -> Money:
        """Return the cash the account was opened with, opening it in a new file."""
        if not book_version(file):
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
