"""What a session watches and trades on: the configured feed, its hours, and what came before it."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol

from brokers.synthetic import START as SYNTHETIC_START
from brokers.synthetic import SyntheticFeed
from brokers.tape import TapeFeed, prices_hash
from brokers.tapes.recording import SHIPPED, TapeError, read
from cockpit.modes import MODES
from cockpit.settings import ConfigError, Settings
from oms.domain.calendar import TradingHours
from oms.domain.ids import InstrumentId
from oms.domain.market import Bar
from oms.domain.units import SECOND
from oms.lockstep import LockstepFeed

WARM_UP_SESSIONS = 260  # a year of days: the longest look-back of the strategies that ship


class Bounds(NamedTuple):
    """What ends a run, besides somebody ending it; dates are ISO and included."""

    start: str | None = None
    end: str | None = None
    bars: int | None = None


class Market(NamedTuple):
    """A feed, its trading hours by calendar name, and the bars that came before it."""

    feed: LockstepFeed
    hours: Mapping[str, TradingHours]
    history: Sequence[Sequence[Bar]]
    begins: int  # an instant just before the first datum
    speed: str


class Source(Protocol):
    """Where market data comes from, before it is known what is wanted of it. `name` and `hash` are its feeds'."""

    name: str
    hash: str
    listed: tuple[InstrumentId, ...]

    def market(self, settings: Settings, wanted: Sequence[InstrumentId], bounds: Bounds, cursor: str | None) -> Market:
        """Return the feed of the wanted instruments, going on after the session `cursor` when there is one.

        Raises:
            ConfigError: the source has no such instrument or dates.
        """
        ...


def open_source(settings: Settings) -> Source:
    """Return the source that `[session] feed` names.

    Raises:
        ConfigError: its file cannot be read, or its numbers make no market.
    """
    return TapeSource(settings) if settings.session.feed == "tape" else SyntheticSource(settings)


class TapeSource:
    """A recording: the one that ships, by its name, or a file."""

    def __init__(self, settings: Settings) -> None:
        name, shipped = settings.feed.tape.path, SHIPPED.name.removesuffix(".csv.gz")
        try:
            self._recording = read(SHIPPED if name == shipped else Path(name))
        except TapeError as error:
            msg = f"[feed.tape] path: {error}; the tape that ships is {shipped}"
            raise settings.refused(msg) from error
        self._telling = settings.feed.tape.bars or MODES[settings.session.mode].bars
        self.name = self._recording.name
        self.hash = prices_hash(self._recording, self._telling, settings.session.seed)
        self.listed = tuple(instrument.instrument_id for instrument in self._recording.instruments)

    def market(self, settings: Settings, wanted: Sequence[InstrumentId], bounds: Bounds, cursor: str | None) -> Market:
        """Return the feed. Raises as `Source.market` does."""
        recording = self._recording
        self._demand_sessions(settings, bounds, cursor)
        try:
            feed = TapeFeed(
                recording,
                seed=settings.session.seed,
                telling=self._telling,
                instruments=wanted,
                start=bounds.start or settings.feed.tape.start,
                end=bounds.end,
                after=cursor,
                bars=bounds.bars,
            )
        except TapeError as error:
            msg = f"[feed.tape] {error}"
            raise settings.refused(msg) from error
        for instrument in feed.instruments:
            held = settings.session.currency
            if instrument.currency != held:
                msg = f"[session] currency: {instrument.instrument_id} trades in {instrument.currency}, not in {held}"
                raise settings.refused(msg)
        dates = [session.date for session in recording.sessions]
        first = bisect_left(dates, feed.start)
        played = max(0, bisect_right(dates, cursor) - first) if cursor is not None else 0
        return Market(
            feed=feed,
            hours={recording.hours.calendar: recording.hours},
            history=feed.history(WARM_UP_SESSIONS + played),
            begins=recording.sessions[first].ts_open - 1,
            speed=settings.feed.tape.speed,
        )

    def _demand_sessions(self, settings: Settings, bounds: Bounds, cursor: str | None) -> None:
        """Refuse a date that the recording cannot begin at, or an end before it: it would quietly mean another one.

        Raises:
            ConfigError: it names what said the date.
        """
        first, last = self._recording.sessions[0].date, self._recording.sessions[-1].date
        start, holds = bounds.start or settings.feed.tape.start, f"the tape {self.name} holds {first} to {last}"
        if start and not first <= date.fromisoformat(start).isoformat() <= last:
            if bounds.start is not None:
                msg = f"--from {start}: {holds}"
                raise ConfigError(msg)
            msg = f"[feed.tape] from {start}: {holds}"
            raise settings.refused(msg)
        if bounds.end is not None and bounds.end < (start or first) and cursor is not None:
            msg = f"--to {bounds.end} lies behind: the journal has played to {cursor}, and --fresh begins a new one"
            raise ConfigError(msg)
        if bounds.end is not None and bounds.end < (start or first):
            msg = f"--to {bounds.end} lies before the first session to play, {start or first}: {holds}"
            raise ConfigError(msg)


class SyntheticSource:
    """A made-up market that never closes."""

    def __init__(self, settings: Settings) -> None:
        feed = _synthetic(settings, None)
        self.name, self.hash = feed.name, feed.hash
        self.listed = tuple(instrument.instrument_id for instrument in feed.instruments)

    def market(self, settings: Settings, wanted: Sequence[InstrumentId], bounds: Bounds, cursor: str | None) -> Market:
        """Return the feed. Raises as `Source.market` does."""
        unknown = [name for name in wanted if name not in self.listed]
        if unknown or bounds != Bounds():
            what = f"has no {unknown[0]}" if unknown else "has no dates to start or end at"
            msg = f"[feed.synthetic] {what}"
            raise settings.refused(msg)
        feed = _synthetic(settings, cursor)
        calendar = feed.instruments[0].calendar
        return Market(
            feed=feed,
            hours={calendar: TradingHours.always(calendar)},
            history=(),
            begins=SYNTHETIC_START - 1,
            speed=settings.feed.synthetic.speed,
        )


def _synthetic(settings: Settings, after: str | None) -> SyntheticFeed:
    wanted = settings.feed.synthetic
    try:
        return SyntheticFeed(
            seed=settings.session.seed,
            count=wanted.instruments,
            interval=SECOND * wanted.instruments // wanted.quotes_per_sec,
            after=after,
        )
    except ValueError as error:
        msg = f"[feed.synthetic] {error}"
        raise settings.refused(msg) from error
