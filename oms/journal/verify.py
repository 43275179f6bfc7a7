"""Reads a journal from its first byte to its last and says whether it is what was written.

Four things together prove it. The chain: each record's hash is computed anew from what is stored, so an edited,
inserted, missing or swapped record is found at its number. The head: the chain must reach the record it names, so a
cut tail is found, and a chain computed anew from some record on as well. The approvals: each stands after the ticket
it is for and carries the hash of exactly that ticket, as it stands there, which no chain computed anew can repair. The
file: the database engine's own check, the table, and the two triggers that refuse changes. It only reads, and may run
beside the writer.

Every payload is decoded on the way, and whoever needs the records takes them from the same pass: a start that read
the journal twice would take twice as long and could fold another journal than it had checked.
"""

import sqlite3
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Raw, Struct, json

from oms.domain.events import Event, Record
from oms.domain.ids import ClientOrderId
from oms.domain.order_events import OrderDenied, OrderInitialized, OrderReleased, OrderSubmitted
from oms.journal.chain import Chain, hash_of
from oms.journal.codec import Columns, decode_event
from oms.journal.errors import JournalBroken, JournalError, JournalNewer
from oms.journal.head import demanded, reached
from oms.journal.schema import MIGRATIONS, SELECT_ALL, TRIGGERS, newest, version_of


class Verified(NamedTuple):
    """The end of a journal that is what was written.

    Without a head `anchored` is False: records may have been cut from its end.
    """

    seq: int
    hash: str
    anchored: bool


def verify(
    path: Path, newest_version: int = newest(MIGRATIONS), each: Callable[[Record], None] | None = None
) -> Verified:
    """Check a whole journal and return its end.

    `each` is given every record, in order, once the record itself is checked. That the journal is whole is known only
    at the end, so what `each` made of the records counts when this returns and not before.

    Raises:
        JournalBroken: it is not what was written; names the first record that shows it.
        JournalNewer: it has a schema version above `newest_version`.
        JournalError: it does not exist or cannot be opened.
    """
    head = demanded(path)
    if not path.exists():
        msg = f"there is no journal {path}"
        raise JournalError(msg)
    connection = open_to_read(path)
    try:
        check_version(connection, path, newest_version)
        end, hash_at_head = _walk(connection, head, each)
        _check_file(connection, path)
        if head is not None:
            reached(head, end, hash_at_head)
    except JournalBroken as error:
        if error.seq is None:
            raise
        raise JournalBroken(error.seq, error.what, path) from error
    finally:
        connection.close()
    return Verified(end.seq, end.hash, head is not None)


def open_to_read(path: Path) -> sqlite3.Connection:
    """Return a connection that changes nothing. Raises JournalError.

    A journal at rest has no -wal, and reading it as a live one would leave an empty -wal and -shm behind.
    """
    if path.is_dir():
        msg = f"{path} is a folder and no journal: move it away, or name another state folder"
        raise JournalError(msg)
    rest = "" if path.with_name(path.name + "-wal").exists() else "&immutable=1"
    try:
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{rest}", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        msg = f"cannot open {path}: {error}"
        raise JournalError(msg) from error


def check_version(connection: sqlite3.Connection, path: Path, newest_version: int) -> None:
    """Demand a journal that this program can read. Raises JournalBroken, JournalNewer, JournalError."""
    try:
        version = version_of(connection)
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    except sqlite3.OperationalError as error:
        msg = f"cannot open {path}: {error}"
        raise JournalError(msg) from error
    except sqlite3.DatabaseError as error:
        raise JournalBroken(None, f"{path} is not a journal: {error}") from error
    if version > newest_version:
        raise JournalNewer(path, version, newest_version)
    if "records" not in tables:
        raise JournalBroken(None, f"{path} is not a journal: it has no table 'records'")
    if version < 1:
        raise JournalBroken(None, f"{path} is not a journal: it has schema version {version}")


def _walk(
    connection: sqlite3.Connection, head: Chain | None, each: Callable[[Record], None] | None
) -> tuple[Chain, str | None]:
    """Recompute the chain; return its end and the hash of the record that the head names."""
    seq, end = Chain()
    anchor = 0 if head is None else head.seq
    hash_at_head = None
    tickets: dict[ClientOrderId, str] = {}
    for seq, row in enumerate(_rows(connection), 1):
        number, ts, wall, kind, correlation_id, causation_id, payload, digest = row
        if number != seq:
            raise _misplaced(number, seq)
        # What somebody has put there that is of another type reads otherwise, and so it hashes otherwise.
        if digest != hash_of(end, seq, ts, wall, kind, correlation_id, causation_id, payload):
            raise JournalBroken(seq, "its hash is not that of its content after the record before it")
        if correlation_id == "":  # null and nothing are hashed alike, and only null is ever written
            raise JournalBroken(seq, "its correlation id is empty instead of null")
        event = decode_event(seq, kind, payload)
        if kind in _JUDGED:
            _check_approval(seq, event, payload, tickets)
        end = digest
        if seq == anchor:
            hash_at_head = end
        if each is not None:
            each(
                Record(
                    seq=seq,
                    ts=ts,
                    wall=wall,
                    event=event,
                    correlation_id=correlation_id,
                    causation_id=causation_id,
                )
            )
    return Chain(seq, end), hash_at_head


def _rows(connection: sqlite3.Connection) -> Iterator[Columns]:
    """Yield the stored rows; a file that breaks off is named by the first record that cannot be read."""
    seq = 0
    try:
        for columns in connection.execute(SELECT_ALL):
            yield columns
            seq += 1
    except sqlite3.Error as error:
        raise JournalBroken(seq + 1, f"it cannot be read: {error}") from error


def _misplaced(number: int, seq: int) -> JournalBroken:
    if number > seq:
        return JournalBroken(seq, f"missing: record {number} follows")
    return JournalBroken(number, f"it stands where record {seq} should")


class _Taken(Struct):
    """What of a payload an approval is compared with: the ticket's own text. Written again it could read otherwise."""

    ticket: Raw


_TAKEN: Final = json.Decoder(_Taken)

# The kinds that _check_approval looks at.
_JUDGED: Final = frozenset(kind.__name__ for kind in (OrderInitialized, OrderReleased, OrderSubmitted, OrderDenied))


def _check_approval(seq: int, event: Event, payload: str, tickets: dict[ClientOrderId, str]) -> None:
    """Check that an approval is of the ticket taken on under its id; `tickets` has the hash of each that awaits one.

    Raises:
        JournalBroken: there is no such ticket, it was approved or denied before, or it is not the one approved.
    """
    if isinstance(event, (OrderInitialized, OrderReleased)):
        tickets[event.client_order_id] = sha256(_TAKEN.decode(payload).ticket).hexdigest()
    elif isinstance(event, OrderSubmitted):
        approved = tickets.pop(event.client_order_id, None)
        if approved is None:
            text = f"it approves {event.client_order_id}, of which no ticket awaits approval"
            raise JournalBroken(seq, text)
        if event.ticket_hash != approved:
            text = f"its ticket hash is not that of the ticket of {event.client_order_id}"
            raise JournalBroken(seq, text)
    elif isinstance(event, OrderDenied):
        tickets.pop(event.client_order_id, None)


def _check_file(connection: sqlite3.Connection, path: Path) -> None:
    """Check what no record shows: the tree the records hang in, and the triggers. Raises JournalBroken."""
    try:
        found = [text for (text,) in connection.execute("PRAGMA quick_check(1)")]
        triggers = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    except sqlite3.Error as error:
        raise JournalBroken(None, f"{path} is damaged: {error}") from error
    if found != ["ok"]:
        raise JournalBroken(None, f"{path} is damaged: {found[0]}")
    for name, statement in TRIGGERS.items():
        if triggers.get(name) != statement:
            raise JournalBroken(None, f"{path} can be changed: its trigger {name} is missing or altered")
