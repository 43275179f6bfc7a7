"""Where things lie: everything that a run writes is under one folder, except the socket.

    <state>/<mode>/<broker>/<account>/   journal.sqlite  venue.sqlite  head  lock  HALTED
    <state>/snapshots/  <state>/log/

`[journal] path` puts the accounts under another folder, each with everything that must stay together: the journal, its
head and lock, the venue's book and the latch.

A socket's path may hold 107 bytes only, so it lies in the runtime folder under a short hash of the account's folder.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import platformdirs

from cockpit.settings import Settings

APP = "trading-cockpit"


class Paths(NamedTuple):
    """The folders and files of one account."""

    state: Path
    account: Path

    @property
    def journal(self) -> Path:
        """The append-only record."""
        return self.account / "journal.sqlite"

    @property
    def venue(self) -> Path:
        """The simulated venue's own book."""
        return self.account / "venue.sqlite"

    @property
    def halted(self) -> Path:
        """The latch: while it exists, nothing trades."""
        return self.account / "HALTED"

    @property
    def snapshots(self) -> Path:
        """Exported screens."""
        return self.state / "snapshots"

    @property
    def log(self) -> Path:
        """Diagnostics of the program."""
        return self.state / "log"

    @property
    def socket(self) -> Path:
        """Where a running engine of this account answers."""
        name = sha256(str(self.account.resolve()).encode()).hexdigest()[:12]
        return Path(platformdirs.user_runtime_dir(APP)) / f"{name}.sock"


def user_config_folder() -> Path:
    """Return the folder of the user's own config.toml."""
    return Path(platformdirs.user_config_dir(APP))


def paths_for(settings: Settings, state: Path | None, environ: Mapping[str, str]) -> Paths:
    """Return the paths of the configured account under `--state`, `COCKPIT_STATE` or the user's state folder.

    `[journal] path` moves the account's folder, as a whole, unless a state folder was named for this once.
    """
    named, moved = environ.get("COCKPIT_STATE"), settings.journal.path
    root = state or (Path(named) if named else Path(platformdirs.user_state_dir(APP)))
    accounts = Path(moved).expanduser() if moved and state is None else root
    session = settings.session
    return Paths(root, accounts / session.mode.value / session.broker / session.account)
