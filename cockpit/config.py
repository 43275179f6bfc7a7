"""Settings: config.toml into frozen structs, strictly.

A key that means nothing is refused with the nearest name that would, because a limit that was misspelt is a limit
that is not there. The tables of strategies, rules and sizers are checked against the structs of their catalogs, so
the file reads like the folder tree. One value can be overridden from the environment: `COCKPIT__TABLE__KEY=value`.

The first file found wins: `--config`, `COCKPIT_CONFIG`, `./config.toml`, the user's config folder, the embedded
default.
"""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct, field

from brokers.sim.settings import SimSettings
from cockpit.modes import TradingMode
from oms.domain.fees import PercentFee, PerShareFee

Table: TypeAlias = dict[str, Any]  # a parsed TOML table, before it is checked

MOST_CASH = 10**12  # sums stay far inside 28 digits
ENV_PREFIX = "COCKPIT__"
DEFAULT_RESOURCE = "config_default.toml"

_ACCOUNT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")  # what can be a folder's name, and no hidden one


class ConfigError(Exception):
    """A setting is missing, misspelt or out of range; the message is one line: where, what, what was expected."""


class SessionSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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
            msg = f"account must be letters, digits, '-', '_' or '.', got {self.account!r}"
            raise ValueError(msg)


class TapeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[feed.tape]`: which recording, from which session, how its bars are told (empty: as the mode does), how fast."""

    path: str = "us_daily_2000_2013"
    start: str = field(name="from", default="2010-02-26")
    bars: Literal["", "path", "bar"] = ""
    speed: str = "0.5"


class SyntheticSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class FeedSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[feed]`: one table per feed; `[session] feed` chooses."""

    tape: TapeSettings = TapeSettings()
    synthetic: SyntheticSettings = SyntheticSettings()


class UiSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[ui]`: how the screen looks."""

    theme: Literal["matrix", "high-contrast", "blue-orange"] = "matrix"
    fps: int = 2

    def __post_init__(self) -> None:
        """Refuse a rate that is no picture or too many."""
        if not 1 <= self.fps <= 10:  # noqa: PLR2004 - the bounds are the message
            msg = f"fps must lie between 1 and 10, got {self.fps}"
            raise ValueError(msg)


class LogSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[log]`: the least level that is written."""

    level: Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"


class Settings(Struct, frozen=True, kw_only=True):
    """All of it. `strategies`, `sizing` and `risk` are checked by their catalogs when the session is built, and
    `origin` says which file it came from."""

    session: SessionSettings
    feed: FeedSettings
    sim: SimSettings
    commission: PercentFee | PerShareFee
    strategies: dict[str, Table]
    sizing: dict[str, Table]
    risk: dict[str, Table]
    ui: UiSettings
    log: LogSettings
    origin: str
    text_hash: str


_TABLES = ("session", "feed", "sim", "ui", "log")
_NAMED_TABLES = ("strategies", "sizing", "risk")  # one sub-table per name of a catalog
_COMMISSIONS: dict[str, type[PercentFee | PerShareFee]] = {"percent": PercentFee, "per_share": PerShareFee}


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
    origin = str(path) if path is not None else "the embedded default"
    try:
        text = path.read_text("utf-8-sig") if path is not None else _embedded()
        tree: Table = tomllib.loads(text, parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"{origin}: {error}"
        raise ConfigError(msg) from error
    except RecursionError as error:
        msg = f"{origin}: nested too deeply"
        raise ConfigError(msg) from error
    if path is not None:  # a table that a file does not mention is that of the default, as a whole
        tree = tomllib.loads(_embedded(), parse_float=Decimal) | tree
    return check(_overridden(tree, environ), origin)


def check(tree: Table, origin: str) -> Settings:
    """Turn a parsed tree into settings.

    Raises:
        ConfigError: a key is unknown or a value is not what it should be.
    """
    _known(tree, [*_TABLES, *_NAMED_TABLES], origin, "")
    text_hash = sha256(msgspec.json.encode(tree, order="sorted")).hexdigest()
    sim = dict(_table(tree.get("sim", {}), origin, "sim"))
    commission = _commission(dict(_table(sim.pop("commission", {}), origin, "sim.commission")), origin)
    return Settings(
        session=to_struct(tree.get("session", {}), SessionSettings, origin, "session"),
        feed=_feed(tree.get("feed", {}), origin),
        sim=to_struct(sim, SimSettings, origin, "sim"),
        commission=commission,
        ui=to_struct(tree.get("ui", {}), UiSettings, origin, "ui"),
        log=to_struct(tree.get("log", {}), LogSettings, origin, "log"),
        origin=origin,
        text_hash=text_hash,
        **{name: _named(tree.get(name, {}), origin, name) for name in _NAMED_TABLES},
    )


def with_theme(settings: Settings, theme: str | None) -> Settings:
    """Return the settings with another theme; None leaves them as they are.

    Raises:
        ConfigError: there is no such theme.
    """
    if theme is None:
        return settings
    ui = to_struct({"theme": theme, "fps": settings.ui.fps}, UiSettings, "--theme", "ui")
    return msgspec.structs.replace(settings, ui=ui)


def nearest(name: str, known: "list[str] | tuple[str, ...]") -> str:
    """Return the words that name the nearest valid name, or all of them when none is near."""
    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"valid: {', '.join(known)}"


def to_struct(table: object, shape: type[Any], origin: str, where: str) -> Any:  # noqa: ANN401 - the shape decides
    """Return a table as a struct of the given shape.

    Raises:
        ConfigError: an unknown key (with the nearest valid one) or a value that the struct refuses.
    """
    checked = _table(table, origin, where)
    _known(checked, [f.encode_name for f in msgspec.structs.fields(shape)], origin, where)
    try:
        return msgspec.convert(checked, shape)
    except (msgspec.ValidationError, ValueError) as error:
        what = str(error).replace(" - at `$.", ", at `").replace(" - at `$", ", at `")
        msg = f"{origin}: [{where}] {what}"
        raise ConfigError(msg) from error


def _embedded() -> str:
    return files("cockpit").joinpath(DEFAULT_RESOURCE).read_text("utf-8")


def _feed(table: object, origin: str) -> FeedSettings:
    checked = _table(table, origin, "feed")
    _known(checked, ["tape", "synthetic"], origin, "feed")
    return FeedSettings(
        tape=to_struct(checked.get("tape", {}), TapeSettings, origin, "feed.tape"),
        synthetic=to_struct(checked.get("synthetic", {}), SyntheticSettings, origin, "feed.synthetic"),
    )


def _commission(table: Table, origin: str) -> PercentFee | PerShareFee:
    kind = table.pop("type", "percent")
    if kind not in _COMMISSIONS:
        msg = f"{origin}: [sim.commission] type = {kind!r}: {nearest(str(kind), [*_COMMISSIONS])}"
        raise ConfigError(msg)
    fee: PercentFee | PerShareFee = to_struct(table, _COMMISSIONS[kind], origin, "sim.commission")
    return fee


def _named(table: object, origin: str, where: str) -> dict[str, Table]:
    return {name: _table(sub, origin, f"{where}.{name}") for name, sub in _table(table, origin, where).items()}


def _table(value: object, origin: str, where: str) -> Table:
    if not isinstance(value, dict):
        msg = f"{origin}: {where} must be a table, got {value!r}"
        raise ConfigError(msg)
    return value


def _known(table: Table, known: list[str], origin: str, where: str) -> None:
    for key in table:
        if key not in known:
            place = f"[{where}] " if where else ""
            msg = f"{origin}: {place}unknown key {key!r}; {nearest(key, known)}"
            raise ConfigError(msg)


def _overridden(tree: Table, environ: Mapping[str, str]) -> Table:
    """Return the tree with every `COCKPIT__A__B=value` put at a.b; the value is TOML, or else text."""
    for name, raw in sorted(environ.items()):
        if not name.startswith(ENV_PREFIX):
            continue
        *tables, key = name.removeprefix(ENV_PREFIX).lower().split("__")
        place = tree
        for table in tables:
            place = _table(place.setdefault(table, {}), name, table)
        place[key] = _value(raw)
    return tree


def _value(raw: str) -> object:
    try:
        return tomllib.loads(f"value = {raw}", parse_float=Decimal)["value"]
    except tomllib.TOMLDecodeError:
        return raw
