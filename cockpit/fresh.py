"""Begins a new journal and keeps the old one.

The account's whole folder steps aside under its date, because journal, head and venue book belong together. Two things
are carried over: a latch, and what was done while no engine ran and is journaled nowhere yet. A stop stays a stop
until somebody resumes, and a new journal must not be a way around it.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from cockpit.latch import Latch
from cockpit.paths import Paths
from oms.journal.errors import JournalError
from oms.journal.head import NAME as HEAD
from oms.journal.lock import Lock
from oms.journal.private import make_folder, sync_folder
from oms.journal.sqlite import LOCK


def begin_afresh(paths: Paths) -> Path | None:
    """Rename the account's folder to `<account>.<UTC>` and return that; None when nothing has run yet.

    What is left of an account is kept like the whole: a head or a venue book without its journal would otherwise meet
    a new journal that makes the same order ids once more.

    Raises:
        JournalLocked: an engine runs.
        JournalError: the folder cannot be renamed.
    """
    account = paths.account
    if not any(file.exists() for file in (paths.journal, account / HEAD, paths.venue)):
        return None
    lock = Lock.take(account / LOCK)
    try:
        latched, noted = Latch(paths.halted).found(), Latch(paths.halted).notes.found().notes
        kept = _free_name(account)
        account.rename(kept)
        make_folder(account)
        if latched is not None:
            Latch(paths.halted).close(latched)
        Latch(paths.halted).notes.add_all(noted)
        sync_folder(account.parent)
    except OSError as error:
        msg = f"cannot set {account} aside: {os.strerror(error.errno or 0)}"
        raise JournalError(msg) from error
    finally:
        lock.release()
    return kept


def _free_name(account: Path) -> Path:
    stamp = f"{account.name}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    names = (account.with_name(stamp if not again else f"{stamp}-{again}") for again in range(1_000))
    return next(name for name in names if not name.exists())
