"""The words of config.toml: one struct for each table, with what it is when nothing is said, and the bounds of sense.

How a file becomes them, and what lies over what, is `cockpit.config`.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import Literal

from msgspec import Struct, field

from brokers.sim.settings import SimSettings
from cockpit.glyphs import Choice
from cockpit.modes import TradingMode
from cockpit.origin import Origin, Table
from cockpit.speed import Speed
from oms.domain.fees import Commission, PercentFee
from oms.domain.options import shown

MOST_CASH = 10**12  # sums stay far inside 28 digits

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
        """Refuse what is no file's name, no date or no speed."""
        if not self.path.isprintable():
            msg = f"path must be the name of the tape or a file, got {shown(self.path)}"
            raise ValueError(msg)
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
    """`[ui]`: how the screen looks, and how long a question that was just painted hears no key."""

    theme: Literal["matrix", "high-contrast", "blue-orange"] = "matrix"
    fps: int = 2
    glyphs: Choice = "auto"
    guard_ms: int = 400

    def __post_init__(self) -> None:
        """Refuse a rate that is no picture or too many, and a guard too short to read anything in."""
        if not 1 <= self.fps <= 10:  # noqa: PLR2004 - the bounds are the message
            msg = f"fps must lie between 1 and 10, got {self.fps}"
            raise ValueError(msg)
        if not 250 <= self.guard_ms <= 5_000:  # noqa: PLR2004 - the bounds are the message
            msg = f"guard_ms must lie between 250 and 5000, got {self.guard_ms}"
            raise ValueError(msg)


class EstopSettings(Struct, frozen=True, kw_only=True):
    """`[estop]`: the file whose being there means stop, relative to the state folder (empty: none), and whether SIGUSR1
    means it too."""

    file: str = "ESTOP"
    signal: bool = True

    def __post_init__(self) -> None:
        """Refuse a file outside of the state folder."""
        parts = PurePath(self.file)
        if parts.is_absolute() or ".." in parts.parts or not self.file.isprintable() or (self.file and not parts.parts):
            msg = f"file must be a name in the state folder, such as ESTOP, got {shown(self.file)}"
            raise ValueError(msg)


class LogSettings(Struct, frozen=True, kw_only=True):
    """`[log]`: the least level that is written."""

    level: Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"


class JournalSettings(Struct, frozen=True, kw_only=True):
    """`[journal]`: the folder under which accounts keep their journals; empty is the state folder."""

    path: str = ""

    def __post_init__(self) -> None:
        """Refuse what no folder can be called."""
        if not self.path.isprintable():
            msg = f"path must be a folder, got {shown(self.path)}"
            raise ValueError(msg)


class Settings(Struct, frozen=True, kw_only=True):
    """All of it. `commission` is by brokers. `strategies`, `sizing` and `risk` are checked by their catalogs when the
    session is built, and `keys` by the screen; `origin` says which file it came from, and `variables` which values the
    environment put over that."""

    session: SessionSettings
    feed: FeedSettings
    sim: SimSettings
    commission: dict[str, Commission]
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

    @property
    def fees(self) -> Commission:
        """What the session's broker charges: nothing where no table of its own says so."""
        return self.commission.get(self.session.broker, PercentFee())

    def refused(self, text: str) -> ConfigError:
        """Return the error for a text that begins with `[table]`; it names the file, or the variable that said it."""
        return ConfigError(Origin(self.origin, self.variables).named(text))
