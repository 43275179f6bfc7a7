"""The tape: a recording played as a feed, in lockstep.

Nothing is pushed: whoever drives the engine asks for the next datum when the last one and everything it caused are
done. A queue between tape and engine would let the tape run ahead, and fills would land on later prices.

A session goes: the quotes of its opening instant for all instruments; the bars of the session before, which that
first event has closed; the other instants, the last of them at its close; `SessionEnded`. So a strategy sees a day
when the next one has begun and its orders meet quotes it could have had. The bars of the last session played are not
delivered: no event came after them. Who goes on later from the cursor (`after`) is given them with the next session's
first instant, exactly as if the feed had never stopped.

How the instants of a session come out of its bars is a setting. Told as a path there are sixteen, fifteen of them
after the open. Told as a bar there are two, and what lay between is the range that the closing quotes carry: an order
from the open waits for the session's end and is then judged by the whole of it, never earlier.
"""

from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Collection, Iterator
from datetime import date
from hashlib import sha256

from msgspec.structs import replace

from brokers import path
from brokers.tapes.recording import RecordedSession, Recording, TapeError
from oms.domain.ids import InstrumentId
from oms.domain.instrument import Instrument
from oms.domain.market import Bar, MarketData, SessionEnded
from oms.domain.units import Nanos


class TapeFeed:
    """Plays the sessions of a recording from `start` to `end` (ISO dates, both included; default all of it).

    `instruments` picks some of the recording's (default all); `after` is a cursor, the date of the last session
    already played; `bars` bounds how many sessions are played from where the feed begins; `telling` says how each
    bar is played. Every quote is a function of `seed`, `telling`, its instrument and its session, so neither the choice
    of instruments nor the start changes a price.

    Raises:
        TapeError: a date that is none, an instrument or a cursor the recording does not hold, or no session between
            `start` and `end`. A cursor at the end is no error: the feed is over at once.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        seed: int,
        telling: path.Telling = "path",
        instruments: Collection[InstrumentId] = (),
        start: str | None = None,
        end: str | None = None,
        after: str | None = None,
        bars: int | None = None,
    ) -> None:
        dates = [session.date for session in recording.sessions]
        first = bisect_left(dates, _day(start)) if start else 0
        stop = bisect_right(dates, _day(end)) if end else len(dates)
        if first >= stop:
            asked = f"{f' from {start}' if start else ''}{f' to {end}' if end else ''}"
            msg = f"tape {recording.name} holds {dates[0]} to {dates[-1]}: no session{asked}"
            raise TapeError(msg)
        self._recording = recording
        self._seed = seed
        self._telling: path.Telling = telling
        self.name = recording.name
        self.hours = recording.hours
        self.instruments: tuple[Instrument, ...] = _chosen(recording, instruments)
        self.start = dates[first]
        self.end = dates[stop - 1]
        self.instants_per_bar = path.TELLINGS[telling].instants
        self.interval: Nanos = _longest_gap(recording, self.instants_per_bar)
        self.hash = prices_hash(recording, telling, seed)
        self.position = after
        self.instant = 0
        # The first session whose bars are still to be seen: one before the first that is played when going on.
        self._unseen = first
        if after is not None:
            place = bisect_left(dates, _day(after))
            if dates[place : place + 1] != [after]:
                msg = f"tape {recording.name} holds no session {after} to go on from"
                raise TapeError(msg)
            if place >= first:
                self._unseen, first = place, place + 1
        if bars is not None:
            stop = min(stop, first + bars)
        self._data = self._play(range(first, stop))

    def advance(self) -> MarketData | None:
        """Return the next datum in time order, or None when the tape is over.

        After it `instant` counts the instants begun so far, `instants_per_bar` to a session: where it has grown, the
        datum returned is the first of a new instant. `position` moves on with each `SessionEnded`.
        """
        return next(self._data, None)

    async def stream(self) -> AsyncIterator[MarketData]:
        """Yield every datum that is left, in time order."""
        for datum in self._data:
            yield datum

    def history(self, sessions: int) -> list[list[Bar]]:
        """Return the bars of up to so many sessions before the first whose bars this feed delivers, oldest first.

        For warming strategies up; the recording may hold fewer.
        """
        earliest = max(0, self._unseen - sessions)
        return [self._seen_bars(place) for place in range(earliest, self._unseen)]

    def _play(self, places: range) -> Iterator[MarketData]:
        closed = self._seen_bars(self._unseen) if self._unseen < places.start else []
        tell = path.TELLINGS[self._telling].quotes
        for place in places:
            session = self._recording.sessions[place]
            told = [tell(bar, self._seed) for bar in self._bars_of(session)]
            # A session without any of the instruments still opens: it closes the bars before it.
            for quotes in list(zip(*told, strict=True)) or [()]:
                self.instant += 1
                yield from quotes
                yield from closed
                closed = []
            self.position = session.date
            yield SessionEnded(session=session.date, ts=session.ts_close)
            closed = self._seen_bars(place)

    def _seen_bars(self, place: int) -> list[Bar]:
        """Return a session's bars as seen at the next session's open; of the last session, none are ever seen."""
        sessions = self._recording.sessions
        if place + 1 == len(sessions):
            return []
        seen = sessions[place + 1].ts_open
        return [replace(bar, ts=seen) for bar in self._bars_of(sessions[place])]

    def _bars_of(self, session: RecordedSession) -> list[Bar]:
        return [bar for bar in session.bars if bar.instrument in self.instruments]


def prices_hash(recording: Recording, telling: path.Telling, seed: int) -> str:
    """Return the SHA-256 of the recording's text and of every setting that makes a price; the choice of sessions and
    instruments makes none."""
    return sha256(f"{recording.digest}\n{telling}\n{seed}".encode()).hexdigest()


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        msg = f"expected a date as YYYY-MM-DD, got {text!r}"
        raise TapeError(msg) from error


def _chosen(recording: Recording, wanted: Collection[InstrumentId]) -> tuple[Instrument, ...]:
    """Return the instruments wanted, in the recording's order."""
    held = {instrument.instrument_id: instrument for instrument in recording.instruments}
    for instrument_id in wanted:
        if instrument_id not in held:
            msg = f"tape {recording.name} holds {', '.join(held)}: no {instrument_id}"
            raise TapeError(msg)
    return tuple(instrument for name, instrument in held.items() if not wanted or name in wanted)


def _longest_gap(recording: Recording, instants: int) -> Nanos:
    """Return the longest time between two of so many instants of one session, rounded up."""
    longest = max(session.ts_close - session.ts_open for session in recording.sessions)
    return -(-longest // (instants - 1))
