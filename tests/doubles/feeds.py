"""Feeds that misbehave: a real feed, and what a broken line or another venue would make of it."""

from collections.abc import Callable, Container, Iterator
from typing import TypeAlias

from msgspec.structs import replace

from oms.domain.ids import InstrumentId
from oms.domain.market import MarketData, Quote, SessionEnded
from oms.domain.units import Nanos
from oms.lockstep import LockstepFeed

Alter: TypeAlias = Callable[[Iterator[MarketData]], Iterator[MarketData]]


class AlteredFeed:
    """A feed whose data pass through a function first; all else is the feed's own."""

    def __init__(self, feed: LockstepFeed, alter: Alter) -> None:
        self.name = feed.name
        self.hash = feed.hash
        self.instruments = feed.instruments
        self.interval = feed.interval
        self.instants_per_bar = feed.instants_per_bar
        self.instant = feed.instant
        self._feed = feed
        self._data = alter(iter(feed.advance, None))

    def advance(self) -> MarketData | None:
        """Return the next datum, or None at the end."""
        datum = next(self._data, None)
        self.instant = self._feed.instant
        return datum


def silent(instrument_id: InstrumentId, after: int) -> Alter:
    """Let an instrument fall silent after so many quotes, while the others go on."""

    def alter(data: Iterator[MarketData]) -> Iterator[MarketData]:
        quotes = 0
        for datum in data:
            if isinstance(datum, Quote) and datum.instrument.instrument_id == instrument_id:
                quotes += 1
                if quotes > after:
                    continue
            yield datum

    return alter


def meeting(instrument_id: InstrumentId, which: Container[int]) -> Alter:
    """Let bid and ask of an instrument meet at its quotes of these numbers, counted from one."""

    def alter(data: Iterator[MarketData]) -> Iterator[MarketData]:
        quotes = 0
        for datum in data:
            if isinstance(datum, Quote) and datum.instrument.instrument_id == instrument_id:
                quotes += 1
                yield replace(datum, ask=datum.bid) if quotes in which else datum
            else:
                yield datum

    return alter


def after_hours(delay: Nanos) -> Alter:
    """Quote the instruments once more when the session is over, so much later than last."""

    def alter(data: Iterator[MarketData]) -> Iterator[MarketData]:
        last: dict[InstrumentId, Quote] = {}
        for datum in data:
            yield datum
            if isinstance(datum, Quote):
                last[datum.instrument.instrument_id] = datum
            elif isinstance(datum, SessionEnded):
                yield from [replace(quote, ts=datum.ts + delay) for quote in last.values()]

    return alter
