"""Settings: config.toml into frozen structs, strictly.

A key that means nothing is refused with the nearest name that would, because a limit that was misspelt is a limit
that is not there. The tables of strategies, rules and sizers are checked against the structs of their catalogs, so
the file reads like the folder tree. What lies over what, and who is named when a value is refused, is `cockpit.origin`.

The first file found wins: `--config`, `COCKPIT_CONFIG`, `./config.toml`, the user's config folder, the embedded
default.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec

from brokers.catalog import ALIASES, BROKERS
from brokers.sim.settings import SimSettings
from cockpit.commission import read_commissions
from cockpit.origin import Origin, Table, merged
from cockpit.settings import (
    ConfigError,
    EstopSettings,
    FeedSettings,
    JournalSettings,
    LogSettings,
    SessionSettings,
    Settings,
    SyntheticSettings,
    TapeSettings,
    UiSettings,
)
from cockpit.variables import overridden
from oms.domain.options import OptionError, nearest, read_table, require_choice, require_name, require_table, shown

DEFAULT_RESOURCE = "config_default.toml"

_TABLES: Final = (
    *("session", "feed", "sim", "commission", "strategies", "sizing", "risk"),
    *("estop", "journal", "log", "ui", "keys"),
)


def find(explicit: Path | None, environ: Mapping[str, str], user_folder: Path) -> Path | None:
    """Return the file to read, or None for the embedded default.

    Raises:
        ConfigError: a file was named and is not there.
    """
    named = explicit or (Path(environ["COCKPIT_CONFIG"]) if environ.get("COCKPIT_CONFIG") else None)
    if named is not None:
        if not named.is_file():
            msg = f"{named}: {'no such file' if not named.exists() else 'is not a file'}"
            raise ConfigError(msg)
        return named
    for path in (Path("config.toml"), user_folder / "config.toml"):
        if path.is_file():
            return path
    return None


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read a file (None: the embedded default), put the environment's values over it, and check all of it.

    Raises:
        ConfigError: it cannot be read or says something that means nothing.
    """
    return settled({} if path is None else read_file(path), named(path), environ)


def named(path: Path | None) -> str:
    """Return what a file of settings is called; None is the embedded default."""
    return "the embedded default" if path is None else str(path)


def read_file(path: Path) -> Table:
    """Return what a file says, whatever that means.

    Raises:
        ConfigError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        msg = f"{path}: {error.strerror}"
        raise ConfigError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: is no text in UTF-8"
        raise ConfigError(msg) from error
    except tomllib.TOMLDecodeError as error:
        msg = f"{path}: is no TOML: {error}"
        raise ConfigError(msg) from error
    except RecursionError as error:
        msg = f"{path}: nested too deeply"
        raise ConfigError(msg) from error


def from_tables(tables: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Return the settings that tables say, as a file would; a float means the decimal that it is written as.

    Raises:
        ConfigError: they say something that means nothing.
    """
    return settled({str(name): _plain(table) for name, table in tables.items()}, "the tables given", environ)


def settled(ours: Table, file: str, environ: Mapping[str, str]) -> Settings:
    """Lay what `file` says over the built-in settings and the environment's values over both, and check all of it.

    Raises:
        ConfigError: something in it means nothing.
    """
    origin = Origin(file)
    try:
        tree = merged(ours, _built_in())
        variables = overridden(tree, environ)
        origin = Origin(file, variables)
        settings = _checked(tree, origin)
    except OptionError as error:
        raise ConfigError(origin.named(str(error))) from error
    played = settings.session.feed, settings.feed.tape.path
    if "strategies" in ours or played == (SessionSettings().feed, TapeSettings().path):
        return settings
    return msgspec.structs.replace(settings, strategies=_anywhere(settings.strategies))


def _anywhere(strategies: dict[str, Table]) -> dict[str, Table]:
    """Return the built-in strategies for another feed than the built-in one: what that lists, they trade."""
    built_in = _built_in()["strategies"]
    return {
        name: {option: value for option, value in table.items() if value != built_in.get(name, {}).get(option)}
        for name, table in strategies.items()
    }


def _checked(tree: Table, origin: Origin) -> Settings:
    """Turn a tree into settings. Raises OptionError."""
    for name in tree:
        if name not in _TABLES:
            msg = f"there is no table {name}; {nearest(name, _TABLES)}"
            raise OptionError(msg)
    text_hash = sha256(msgspec.json.encode(tree, order="sorted", enc_hook=repr)).hexdigest()
    session = read_table(tree.get("session", {}), SessionSettings, "session")
    broker = require_choice(session.broker, [*BROKERS, *ALIASES], "session", "broker")
    return Settings(
        commission=read_commissions(tree.get("commission", {})),
        sim=_sim(tree.get("sim", {})),
        session=msgspec.structs.replace(session, broker=ALIASES.get(broker, broker)),
        feed=_feed(tree.get("feed", {})),
        ui=read_table(tree.get("ui", {}), UiSettings, "ui"),
        keys=_keys(require_table(tree.get("keys", {}), "keys")),
        estop=read_table(tree.get("estop", {}), EstopSettings, "estop"),
        log=read_table(tree.get("log", {}), LogSettings, "log"),
        journal=read_table(tree.get("journal", {}), JournalSettings, "journal"),
        strategies=_named(tree.get("strategies", {}), "strategies"),
        sizing=_named(tree.get("sizing", {}), "sizing"),
        risk=_named(tree.get("risk", {}), "risk"),
        origin=origin.file,
        variables=origin.variables,
        text_hash=text_hash,
    )


def with_theme(settings: Settings, theme: str | None) -> Settings:
    """Return the settings with another theme; None leaves them as they are.

    Raises:
        ConfigError: there is no such theme.
    """
    if theme is None:
        return settings
    try:
        ui = read_table({**msgspec.structs.asdict(settings.ui), "theme": theme}, UiSettings, "ui")
    except OptionError as error:
        msg = f"--theme: {error}"
        raise ConfigError(msg) from error
    return msgspec.structs.replace(settings, ui=ui)


def _built_in() -> Table:
    return tomllib.loads(files("cockpit").joinpath(DEFAULT_RESOURCE).read_text("utf-8"), parse_float=Decimal)


def _plain(value: object) -> object:
    """Return a value as TOML would have read it."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _feed(table: object) -> FeedSettings:
    feeds = require_table(table, "feed")
    for name in feeds:
        require_name(name, ["tape", "synthetic"], "feed", "feed")
    return FeedSettings(
        tape=read_table(feeds.get("tape", {}), TapeSettings, "feed.tape"),
        synthetic=read_table(feeds.get("synthetic", {}), SyntheticSettings, "feed.synthetic"),
    )


def _sim(table: object) -> SimSettings:
    if "commission" in require_table(table, "sim"):
        msg = "[sim] has no option commission: [commission.sim] says what it charges"
        raise OptionError(msg)
    return read_table(table, SimSettings, "sim")


def _keys(table: Mapping[str, object], within: str = "") -> dict[str, tuple[str, ...]]:
    """Return the keys of each action; its name may be in quotes or, as TOML reads it then, be a table of tables."""
    found: dict[str, tuple[str, ...]] = {}
    for part, value in table.items():
        action = f"{within}{part}"
        if isinstance(value, Mapping):
            found |= _keys(value, f"{action}.")
            continue
        listed: list[object] = value if isinstance(value, list) else [value]
        keys = [key for key in listed if isinstance(key, str)]
        if len(keys) < len(listed):
            msg = f"[keys] {action} must be a key in quotes or a list of them, got {shown(value)}"
            raise OptionError(msg)
        found[action] = tuple(keys)
    return found


def _named(table: object, where: str) -> dict[str, Table]:
    return {name: dict(require_table(sub, f"{where}.{name}")) for name, sub in require_table(table, where).items()}
