"""Settings: config.toml into frozen structs, strictly.

A key that means nothing is refused with the nearest name that would, because a limit that was misspelt is a limit
that is not there. The tables of strategies, rules and sizers are checked against the structs of their catalogs, so
the file reads like the folder tree. What lies over what, and who is named when a value is refused, is `cockpit.origin`.

The first file found wins: `--config`, `COCKPIT_CONFIG`, `./config.toml`, the user's config folder, the embedded
default.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct, field

from brokers.catalog import ALIASES, BROKERS
from brokers.sim.settings import SimSettings
from cockpit.glyphs import Choice
from cockpit.modes import TradingMode
from cockpit.origin import Origin, Table, merged, overridden
from cockpit.speed import Speed
from oms.domain.fees import Commission, FixedFee, PercentFee, PerShareFee, TieredFee
from oms.domain.options import OptionError, nearest, read_table, require_choice, require_name, require_table, shown

MOST_CASH = 10**12  # sums stay far inside 28 digits
DEFAULT_RESOURCE = "config_default.toml"

_ACCOUNT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")  # what can be a folder's name, and no hidden one


class ConfigError(Exception):
    """A setting is missing, misspelt or out of range; the message is one line: where, what, what was expected."""


class SessionSettings(Struct, frozen=True, kw_only=True):
    """`[session]`: what runs."""

    mode: TradingMode = TradingMode.PAPER
    broker: str = "sim"
    feed: Literal["tape", "synthetic"] = "tape"
    account: str = "SIM-000001"
    cash: Decimal = Decimal(100_000)
    currency: str = "USD"
    seed: int = 7

    def __post_init__(self) -> None:
        """Refuse an account that cannot trade or cannot be a folder's name."""
        if not (self.cash.is_finite() and 0 < self.cash <= MOST_CASH):
            msg = f"cash must be a positive amount up to {MOST_CASH}, got {self.cash}"
            raise ValueError(msg)
        if not _ACCOUNT.fullmatch(self.account):
            msg = f"account must be letters, digits, '-', '_' or '.', got {shown(self.account)}"
            raise ValueError(msg)


class TapeSettings(Struct, frozen=True, kw_only=True):
    """`[feed.tape]`: which recording, from which session, how its bars are told (empty: as the mode does), how fast."""

    path: str = "us_daily_2000_2013"
    start: str = field(name="from", default="2010-02-26")
    bars: Literal["", "path", "bar"] = ""
    speed: str = "0.5"

    def __post_init__(self) -> None:
        """Refuse what is no date or no speed."""
        if self.start:
            try:
                date.fromisoformat(self.start)
            except ValueError:
                msg = f"from must be a date such as 2010-02-26, got {shown(self.start)}"
                raise ValueError(msg) from None
        Speed.parse(self.speed)


class SyntheticSettings(Struct, frozen=True, kw_only=True):
    """`[feed.synthetic]`: a made-up market."""

    instruments: int = 4
    quotes_per_sec: int = 1_000
    speed: str = "max"

    def __post_init__(self) -> None:
        """Refuse a market that is none, or that no machine could hold."""
        for name, value, most in (
            ("instruments", self.instruments, 1_000),
            ("quotes_per_sec", self.quotes_per_sec, 10**6),
        ):
            if not 1 <= value <= most:
                msg = f"{name} must lie between 1 and {most}, got {value}"
                raise ValueError(msg)
        Speed.parse(self.speed)


class FeedSettings(Struct, frozen=True, kw_only=True):
    """`[feed]`: one table per feed; `[session] feed` chooses."""

    tape: TapeSettings = TapeSettings()
    synthetic: SyntheticSettings = SyntheticSettings()


class UiSettings(Struct, frozen=True, kw_only=True):
    """`[ui]`: how the screen looks."""

    theme: Literal["matrix", "high-contrast", "blue-orange"] = "matrix"
    fps: int = 2
    glyphs: Choice = "auto"

    def __post_init__(self) -> None:
        """Refuse a rate that is no picture or too many."""
        if not 1 <= self.fps <= 10:  # noqa: PLR2004 - the bounds are the message
            msg = f"fps must lie between 1 and 10, got {self.fps}"
            raise ValueError(msg)


class EstopSettings(Struct, frozen=True, kw_only=True):
    """`[estop]`: the file whose being there means stop, relative to the state folder (empty: none), and whether SIGUSR1
    means it too."""

    file: str = "ESTOP"
    signal: bool = True


class LogSettings(Struct, frozen=True, kw_only=True):
    """`[log]`: the least level that is written."""

    level: Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"


class JournalSettings(Struct, frozen=True, kw_only=True):
    """`[journal]`: the folder under which accounts keep their journals; empty is the state folder."""

    path: str = ""


class Settings(Struct, frozen=True, kw_only=True):
    """All of it. `strategies`, `sizing` and `risk` are checked by their catalogs when the session is built, and `keys`
    by the screen; `origin` says which file it came from, and `variables` which values the environment put over that."""

    session: SessionSettings
    feed: FeedSettings
    sim: SimSettings
    commission: Commission
    strategies: dict[str, Table]
    sizing: dict[str, Table]
    risk: dict[str, Table]
    ui: UiSettings
    keys: dict[str, tuple[str, ...]]
    estop: EstopSettings
    log: LogSettings
    journal: JournalSettings
    origin: str
    variables: dict[str, str]
    text_hash: str

    def refused(self, text: str) -> ConfigError:
        """Return the error for a text that begins with `[table]`; it names the file, or the variable that said it."""
        return ConfigError(Origin(self.origin, self.variables).named(text))


_TABLES: Final = ("session", "feed", "sim", "strategies", "sizing", "risk", "estop", "journal", "log", "ui", "keys")
_COMMISSIONS: Final[dict[str, type[Commission]]] = {
    "percent": PercentFee,
    "per_share": PerShareFee,
    "fixed": FixedFee,
    "tiered": TieredFee,
}


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
    if path is None:
        return _settled({}, "the embedded default", environ)
    try:
        tree: Table = tomllib.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
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
    return _settled(tree, str(path), environ)


def from_tables(tables: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Return the settings that tables say, as a file would; a float means the decimal that it is written as.

    Raises:
        ConfigError: they say something that means nothing.
    """
    return _settled({name: _plain(table) for name, table in tables.items()}, "the tables given", environ)


def _settled(ours: Table, file: str, environ: Mapping[str, str]) -> Settings:
    """Lay the layers over each other and check what comes of it. Raises ConfigError."""
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
    text_hash = sha256(msgspec.json.encode(tree, order="sorted")).hexdigest()
    sim = dict(require_table(tree.get("sim", {}), "sim"))
    session = read_table(tree.get("session", {}), SessionSettings, "session")
    broker = require_choice(session.broker, [*BROKERS, *ALIASES], "session", "broker")
    return Settings(
        commission=_commission(dict(require_table(sim.pop("commission", {}), "sim.commission"))),
        sim=read_table(sim, SimSettings, "sim"),
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


def _commission(table: Table) -> Commission:
    kind = require_choice(table.pop("type", "percent"), _COMMISSIONS, "sim.commission", "type")
    return read_table(table, _COMMISSIONS[kind], "sim.commission")


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
