"""The one table, and how a file of an older version becomes one of this.

A schema is its first version and the migrations after it. A new file is made in the same steps as an old one is
brought up, so the two cannot differ. No migration may touch what the chain covers: what was written is never
rewritten, and a file that was is found by `verify`.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final, TypeAlias

# The n-th migration (from 1) takes a file from version n to n + 1.
Migrations: TypeAlias = Sequence[Sequence[str]]
MIGRATIONS: Final[Migrations] = ()

_TABLE: Final = """CREATE TABLE records(
    seq INTEGER PRIMARY KEY,
    ts INTEGER,
    wall INTEGER,
    kind TEXT,
    correlation_id TEXT,
    causation_id INTEGER,
    payload TEXT,
    hash TEXT
)"""

TRIGGERS: Final = {
    f"records_refuse_{verb}": f"CREATE TRIGGER records_refuse_{verb} BEFORE {verb} ON records "
    f"BEGIN SELECT RAISE(ABORT, 'a journal is only added to'); END"
    for verb in ("update", "delete")
}

_SELECT: Final = "SELECT seq, ts, wall, kind, correlation_id, causation_id, payload, hash FROM records"
SELECT_END: Final = "SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1"
SELECT_HASH: Final = "SELECT hash FROM records WHERE seq = ?"
SELECT_AFTER: Final = _SELECT + " WHERE seq > ? ORDER BY seq LIMIT ?"
SELECT_KIND: Final = _SELECT + " WHERE seq > ? AND kind = ? ORDER BY seq LIMIT ?"
SELECT_ALL: Final = _SELECT + " ORDER BY seq"

STATEMENT_ROWS: Final = 64  # rows in one INSERT; more gain nothing
INSERT: Final = "INSERT INTO records (seq, ts, wall, kind, correlation_id, causation_id, payload, hash) VALUES "
# What follows INSERT, by number of rows.
PLACES: Final = tuple(", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * rows) for rows in range(STATEMENT_ROWS + 1))


def newest(migrations: Migrations) -> int:
    """Return the version that these migrations lead to."""
    return len(migrations) + 1


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version of a file; 0 when it has none. Raises sqlite3.Error."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def has_tables(connection: sqlite3.Connection) -> bool:
    """Tell whether anything at all is defined in the file. Raises sqlite3.Error."""
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def bring_up(connection: sqlite3.Connection, migrations: Migrations) -> None:
    """Take a file from whatever version it has, or from nothing, to the newest, in one transaction.

    Raises:
        sqlite3.Error: the file is unchanged.
    """
    version = version_of(connection)
    steps: list[Sequence[str]] = [(_TABLE, *TRIGGERS.values()), *migrations]
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in (statement for step in steps[version:] for statement in step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {newest(migrations)}")
        connection.execute("COMMIT")
    except BaseException:  # an open transaction would be published by the next commit
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
