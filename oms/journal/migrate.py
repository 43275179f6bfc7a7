"""Makes the file that a journal opens: a new one, one that is up to date, or an older one brought up.

An older file is never changed. Its copy is brought up, verified to hold the same records, and put in its place; the
original stays beside it as `journal.sqlite.v1` (its version). Whoever puts it back after new records were written is
told by the head that they are missing. Every step can be broken off and begun again.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from oms.journal.errors import JournalBroken, JournalError, JournalNewer
from oms.journal.private import FILE_MODE, check, make_file, sync_folder
from oms.journal.schema import Migrations, bring_up, has_tables, newest, version_of
from oms.journal.verify import open_to_read, verify


def is_unmade(path: Path) -> bool:
    """Tell whether a file is all that was left by a process that died while it made the journal: nothing is defined in
    it, so nothing was ever written to it. What is no database at all is not. Raises JournalError."""
    with closing(open_to_read(path)) as connection:
        try:
            return not version_of(connection) and not has_tables(connection)
        except sqlite3.DatabaseError:
            return False


def prepare(path: Path, migrations: Migrations) -> None:
    """Leave at `path` a journal of the newest version, with mode 0600.

    Raises:
        JournalBroken: the file is no journal.
        JournalNewer: it was written by a newer version.
        JournalError: it is too open, or cannot be made, read or migrated.
    """
    make_file(path)
    check([path.with_name(path.name + suffix) for suffix in ("-wal", "-shm")], FILE_MODE)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            version = version_of(connection)
            if not version:
                _create(connection, path, migrations)
    except sqlite3.OperationalError as error:
        msg = f"cannot open {path}: {error}"
        raise JournalError(msg) from error
    except sqlite3.DatabaseError as error:
        raise JournalBroken(None, f"{path} is not a journal: {error}") from error
    if version > newest(migrations):
        raise JournalNewer(path, version, newest(migrations))
    if 0 < version < newest(migrations):
        _migrate(path, version, migrations)


def _create(connection: sqlite3.Connection, path: Path, migrations: Migrations) -> None:
    """Make the table in an empty file."""
    if has_tables(connection):
        raise JournalBroken(None, f"{path} is not a journal: it has no schema version")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    bring_up(connection, migrations)


def _migrate(path: Path, version: int, migrations: Migrations) -> None:
    """Bring a copy up, verify it, and put it in place of the original, which is kept."""
    before = verify(path, version)
    copy = path.with_name(path.name + ".new")
    kept = path.with_name(f"{path.name}.v{version}")
    try:
        copy.unlink(missing_ok=True)
        make_file(copy)
        with (
            closing(sqlite3.connect(path, isolation_level=None)) as old,
            closing(sqlite3.connect(copy, isolation_level=None)) as new,
        ):
            old.backup(new)
            bring_up(new, migrations)
        if verify(copy, newest(migrations)) != before:
            msg = f"{path} was not migrated: its copy of version {newest(migrations)} holds other records"
            raise JournalError(msg)
        if path.with_name(path.name + "-wal").exists():
            msg = f"{path} was not migrated: another program has it open"
            raise JournalError(msg)
        _keep(path, kept)
        copy.replace(path)
        sync_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        msg = f"{path} was not migrated from version {version}: {error}"
        raise JournalError(msg) from error


def _keep(path: Path, kept: Path) -> None:
    """Give the original a second name, by which it stays. Raises OSError, also when that names another file."""
    try:
        kept.hardlink_to(path)
    except FileExistsError:
        if not kept.samefile(path):
            raise
