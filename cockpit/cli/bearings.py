"""Which account a stop means, whatever else is wrong with the settings.

An engine runs on the settings of its start. What has become of them since, a rule that was misspelt while it was being
changed, must not keep anybody from stopping it. So a stop reads them as everything else does and, where that is
refused, only what says where the account lies: mode, broker, account and the folder of the journals. Where not even
these can be read, the account is meant whose engine is the only one under the state folder; a stop that guessed
between two would say of one that it is stopped and leave the other trading. Whatever could not be read is said with
the answer, and if nothing was done, that too, with the ways that need no settings at all.
"""

import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from msgspec.structs import replace

from cockpit.cli.workplace import Workplace, find_workplace
from cockpit.config import find, load, named, read_file, settled
from cockpit.environment import lenient_environment
from cockpit.exits import Exit, Failure
from cockpit.folders import demand_folder
from cockpit.format import plural
from cockpit.modes import TradingMode
from cockpit.origin import Table
from cockpit.paths import Paths, paths_for, user_config_folder
from cockpit.server.address import socket_path, stop_socket_path
from cockpit.settings import ConfigError, EstopSettings, Settings
from cockpit.variables import PREFIX
from oms.journal.lock import holder_of
from oms.journal.sqlite import LOCK

WHERE: Final = {"session": ("mode", "broker", "account"), "journal": ("path",)}
STOP_FILE: Final = {"estop": ("file",)}
REACH_SECS: Final = 1.0


class _Running(NamedTuple):
    """An engine that listens: its account, and its process if that is known."""

    paths: Paths
    pid: int | None

    @property
    def text(self) -> str:
        """`paper/sim/SIM-000001 (process 4711)`."""
        name = "/".join(self.paths.account.parts[-3:])
        return name if self.pid is None else f"{name} (process {self.pid})"


def find_bearings(config: Path | None, state: Path | None, done: str) -> Workplace:
    """Return the workplace that is meant, with what was wrong in its `doubts`. `done` is what becomes of it: stopped.

    Raises:
        Failure: CONFIG, it cannot be told which account is meant.
    """
    try:
        return find_workplace(config, state)
    except (ConfigError, OSError) as error:
        wrong = error
    environ = lenient_environment(os.environ, Path())
    try:
        settings = _part(find(config, environ, user_config_folder()), environ)
        paths = paths_for(settings, state, environ)
        demand_folder(paths.account)
    except (ConfigError, OSError) as error:
        return _only_one(state, environ, error, done)
    return Workplace(settings, paths, (f"settings that this does without are wrong: {wrong}",))


def _part(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Return the settings that say where an account lies, all others as they are built in; the stop file's name too
    where that is one. Raises ConfigError."""
    tree = {} if path is None else read_file(path)
    try:
        return _settled(tree, {**WHERE, **STOP_FILE}, path, environ)
    except ConfigError:
        return _settled(tree, WHERE, path, environ)


def _settled(
    tree: Table, wanted: Mapping[str, Sequence[str]], path: Path | None, environ: Mapping[str, str]
) -> Settings:
    ours: Table = {}
    for table, options in wanted.items():
        said = tree.get(table, {})
        ours[table] = {name: said[name] for name in options if name in said} if isinstance(said, dict) else said
    names = {f"{PREFIX}{table}__{option}".upper() for table, options in wanted.items() for option in options}
    return settled(ours, named(path), {name: value for name, value in environ.items() if name.upper() in names})


def _only_one(state: Path | None, environ: Mapping[str, str], wrong: Exception, done: str) -> Workplace:
    """Return the workplace of the only engine under the state folder. Raises Failure where there is none, or more."""
    settings = load(None, {})
    root = paths_for(settings, state, environ).state
    accounts = [Paths(root, lock.parent) for mode in TradingMode for lock in sorted(root.glob(f"{mode}/*/*/{LOCK}"))]
    running = [_Running(paths, holder_of(paths.account / LOCK)) for paths in accounts if _is_heard(paths)]
    if len(running) != 1:
        listed = f": {', '.join(one.text for one in running)}" if running else ""
        found = f"{plural(len(running), 'engine')} under {root}{listed}" if running else f"no engine runs under {root}"
        ways = f"touch '{root / EstopSettings().file}' stops what runs on that folder, kill -USR1 PID one engine"
        raise Failure(Exit.CONFIG, "CONFIG", f"nothing was {done}: {wrong}; {found}", hint=ways) from wrong
    (one,) = running
    mode, broker, account = one.paths.account.parts[-3:]
    session = replace(settings.session, mode=TradingMode(mode), broker=broker, account=account)
    doubt = f"the settings cannot be read ({wrong}): {one.text} is the only engine under {root}"
    return Workplace(replace(settings, session=session), one.paths, (doubt,))


def _is_heard(paths: Paths) -> bool:
    """Tell whether an engine listens for this account."""
    for path in (stop_socket_path(paths), socket_path(paths)):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(REACH_SECS)
            try:
                link.connect(str(path))
            except TimeoutError:
                return True
            except OSError:
                continue
            return True
    return False
