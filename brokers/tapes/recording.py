"""A recording: what a tape file holds, read whole and checked line by line.

A tape is gzip CSV in ASCII whose first field says what a row is. Prices are whole ticks, volumes whole lots, instants
UTC nanoseconds: nothing is rounded on the way in, and the trading hours come along, so that no calendar library
is needed to play it.

    tape,1,NAME,CALENDAR,SPEC,INTERVAL              first row: format version, the bars' name and length
    instrument,ID,CLASS,CURRENCY,TICK,LOT           all before the first session; ID is SYMBOL.LISTING
    session,DATE,OPEN,CLOSE                         in order; DATE is YYYY-MM-DD
    bar,ID,OPEN,HIGH,LOW,CLOSE,VOLUME               of the session above it, at most one per instrument

A recording is outside input: a row that is not sane is refused with its file, its line and what was expected, because
a high below its low or two sessions out of order would otherwise surface as an absurd fill days later.
"""

import gzip
import zlib
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from oms.domain.calendar import TradingHours
from oms.domain.ids import InstrumentId, symbol_of
from oms.domain.instrument import AssetClass, Instrument
from oms.domain.market import Bar, BarSpec
from oms.domain.units import Nanos

SHIPPED = Path(__file__).with_name("us_daily_2000_2013.csv.gz")


class TapeError(ValueError):
    """A tape that cannot be played; the message is one line that says which, where and what was expected."""


class RecordedSession(Struct, frozen=True, kw_only=True):
    """One session and its bars, in the order of the recording's instruments.

    A bar here carries its close as `ts`; the feed that plays it says when it is seen.
    """

    date: str
    ts_open: Nanos
    ts_close: Nanos
    bars: tuple[Bar, ...]


class Recording(Struct, frozen=True, kw_only=True):
    """A tape's content. `digest` is the SHA-256 of the unpacked text, so packing it anew does not change it."""

    name: str
    spec: BarSpec
    hours: TradingHours
    instruments: tuple[Instrument, ...]
    sessions: tuple[RecordedSession, ...]
    digest: str


def read(path: Path) -> Recording:
    """Return what a tape file holds.

    Raises:
        TapeError: the file cannot be opened or unpacked, or a row is not what the format asks for.
    """
    try:
        raw = gzip.decompress(path.read_bytes())
        lines = raw.decode("ascii").splitlines()
    except gzip.BadGzipFile as error:
        msg = f"{path}: is no gzip file"
        raise TapeError(msg) from error
    except OSError as error:
        msg = f"{path}: {error.strerror}"
        raise TapeError(msg) from error
    except (EOFError, zlib.error, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read as a gzip tape: {error}"
        raise TapeError(msg) from error
    number, line = 1, lines[0] if lines else "an empty file"
    try:
        reader = _Reader(line.split(","))
        for number, line in enumerate(lines[1:], start=2):  # noqa: B007 - the handler names the line
            reader.take(line.split(","))
        number, line = len(lines) + 1, "the end of the file"
        return reader.recording(sha256(raw).hexdigest())
    except ValueError as error:
        msg = f"{path}: line {number}: {error}, got {line[:120]!r}"
        raise TapeError(msg) from error


class _Reader:
    """Takes a tape's rows one after the other; every refusal is a ValueError that says what was expected."""

    def __init__(self, head: list[str]) -> None:
        match head:
            case ["tape", "1", name, calendar, spec, interval]:
                self.name, self.calendar, self.spec = name, calendar, BarSpec(spec, _whole(interval))
            case _:
                msg = "expected tape,1,NAME,CALENDAR,SPEC,INTERVAL"
                raise ValueError(msg)
        self.instruments: dict[str, Instrument] = {}
        self.sessions: list[RecordedSession] = []
        self.session: tuple[str, Nanos, Nanos] | None = None
        self.bars: dict[str, Bar] = {}

    def take(self, row: list[str]) -> None:
        match row:
            case ["bar", instrument_id, _, _, _, _, _]:
                self._bar(instrument_id, row[2:])
            case ["session", day, opens, closes] if self.instruments:
                self._session(day, _whole(opens), _whole(closes))
            case ["instrument", instrument_id, asset_class, currency, tick, lot] if not self.session:
                self._instrument(instrument_id, asset_class, currency, _step(tick), _step(lot))
            case _:
                msg = "expected instrument rows, then session rows, each with its bar rows"
                raise ValueError(msg)

    def _instrument(self, instrument_id: str, asset_class: str, currency: str, tick: Decimal, lot: Decimal) -> None:
        _require(instrument_id not in self.instruments, "each instrument once")
        named = InstrumentId(instrument_id)
        symbol = symbol_of(named)
        self.instruments[instrument_id] = Instrument(
            instrument_id=named,
            symbol=symbol,
            listing=instrument_id.rpartition(".")[2],
            asset_class=AssetClass(asset_class),
            currency=currency,
            tick=tick,
            lot=lot,
            calendar=self.calendar,
            underlying=symbol,
        )

    def _session(self, day: str, opens: Nanos, closes: Nanos) -> None:
        _require(date.fromisoformat(day).isoformat() == day, "a date as YYYY-MM-DD")
        _require(opens < closes, "a close after its open")
        if self.session:
            before, _, closed = self.session
            _require(day > before and opens >= closed, f"a session after that of {before}")
        self._close_session()
        self.session = day, opens, closes

    def _bar(self, instrument_id: str, numbers: list[str]) -> None:
        instrument = self.instruments.get(instrument_id)
        if self.session is None or instrument is None:
            msg = "expected an instrument and a session before their bar"
            raise ValueError(msg)
        _require(instrument_id not in self.bars, "one bar per instrument and session")
        opening, high, low, close, volume = map(_whole, numbers)
        _require(low <= opening <= high and low <= close <= high, "open and close between low and high")
        _, ts_open, ts_close = self.session
        self.bars[instrument_id] = Bar(
            instrument=instrument,
            spec=self.spec,
            ts=ts_close,
            ts_open=ts_open,
            ts_close=ts_close,
            open=opening,
            high=high,
            low=low,
            close=close,
            volume=volume,
        )

    def _close_session(self) -> None:
        if self.session:
            day, ts_open, ts_close = self.session
            bars = tuple(self.bars[name] for name in self.instruments if name in self.bars)
            self.sessions.append(RecordedSession(date=day, ts_open=ts_open, ts_close=ts_close, bars=bars))
            self.bars = {}

    def recording(self, digest: str) -> Recording:
        self._close_session()
        _require(bool(self.sessions), "at least one session")
        hours = TradingHours(
            calendar=self.calendar,
            opens=tuple(session.ts_open for session in self.sessions),
            closes=tuple(session.ts_close for session in self.sessions),
        )
        return Recording(
            name=self.name,
            spec=self.spec,
            hours=hours,
            instruments=tuple(self.instruments.values()),
            sessions=tuple(self.sessions),
            digest=digest,
        )


def _require(holds: bool, expected: str) -> None:
    if not holds:
        msg = f"expected {expected}"
        raise ValueError(msg)


def _whole(text: str) -> int:
    """Return a whole number above zero; nothing a tape counts is zero, a bar without volume never traded."""
    _require(text.isdecimal() and text.strip("0") != "", f"a whole number above zero instead of {text!r}")
    return int(text)


def _step(text: str) -> Decimal:
    """Return a tick or a lot."""
    try:
        return Decimal(text)
    except InvalidOperation as error:
        msg = f"expected a decimal number instead of {text!r}"
        raise ValueError(msg) from error
