"""A synthetic market: random walks without end, for load.

Every instrument walks by itself: its steps come from its own generator, seeded by (seed, instrument), so another
instrument more or less changes none of the others. The generator is the 64-bit linear congruential one with Knuth's
MMIX constants, whose upper bits are random enough to walk by; what counts is that it costs one multiplication and is
the same on every machine. Prices made here say nothing about any market.

A walk has no short cut: who goes on after a session walks through everything before it, only without making quotes.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

from oms.domain.ids import InstrumentId
from oms.domain.instrument import AssetClass, Instrument
from oms.domain.market import MarketData, Quote, SessionEnded
from oms.domain.units import DAY, SECOND, Nanos

MULTIPLIER, INCREMENT, WORD = 6364136223846793005, 1442695040888963407, (1 << 64) - 1  # Knuth's MMIX
START: Nanos = 1_262_304_000 * SECOND  # 2010-01-01T00:00Z
OPENING_TICKS = 10_000
LOWEST_TICKS = 100


class SyntheticFeed:
    """Quotes of `count` instruments, all at the same instants, `interval` apart (UTC nanoseconds).

    The market never closes; at each UTC midnight the session of the day before ends. `limit` bounds the number of
    quotes, None being without end; `after` is a cursor, the ISO date of the last session already played, and a
    session that never was counts as played when its day is over.

    Raises:
        ValueError: no instrument, an interval or a limit that is not positive, or a cursor that is no date.
    """

    instants_per_bar = 1

    def __init__(
        self,
        *,
        seed: int,
        count: int = 4,
        interval: Nanos = SECOND,
        limit: int | None = None,
        after: str | None = None,
    ) -> None:
        if count < 1 or interval < 1 or (limit is not None and limit < 1):
            msg = f"synthetic: count {count}, interval {interval} and limit {limit} must be positive"
            raise ValueError(msg)
        self.name = f"synthetic-{count}"
        self.instruments: tuple[Instrument, ...] = tuple(_instrument(number) for number in range(1, count + 1))
        self.interval = interval
        self.instant = 0
        self.hash = sha256(f"synthetic\n{seed}\n{count}\n{interval}".encode()).hexdigest()
        self._seed = seed
        self._limit = limit
        self._played = 0 if after is None else max(0, -(-(_midnight_after(after) - START) // interval))
        self._data = self._play()

    def advance(self) -> MarketData | None:
        """Return the next datum in time order, or None after the last.

        After it `instant` counts the instants begun so far.
        """
        return next(self._data, None)

    def _play(self) -> Iterator[MarketData]:
        """Yield round after round, one quote of each instrument in a round."""
        instruments, left = self.instruments, self._limit
        if left is not None:
            left -= self._played * len(instruments)
        words, lasts = self._walked()
        ts = START + self._played * self.interval
        midnight = ts - ts % DAY + DAY
        while left is None or left > 0:
            self.instant += 1
            for place, instrument in enumerate(instruments[:left]):
                word = words[place] = (words[place] * MULTIPLIER + INCREMENT) & WORD
                lasts[place] = last = max(lasts[place] + _step(word), LOWEST_TICKS)
                yield Quote(
                    instrument=instrument,
                    ts=ts,
                    bid=last - 1,
                    ask=last + (word >> 59 & 1),
                    last=last,
                    bid_size=1 + (word >> 49 & 0x3FF),
                    ask_size=1 + (word >> 39 & 0x3FF),
                )
            left = None if left is None else left - len(instruments)
            if ts + self.interval >= midnight:
                yield SessionEnded(session=_date(ts), ts=ts)
                midnight += DAY * ((ts + self.interval - midnight) // DAY + 1)
            ts += self.interval

    def _walked(self) -> tuple[list[int], list[int]]:
        """Return each instrument's word and last price after the rounds already played."""
        words, lasts = [], []
        for instrument in self.instruments:
            word, last = _first_word(self._seed, instrument.instrument_id), OPENING_TICKS
            for _ in range(self._played):
                word = (word * MULTIPLIER + INCREMENT) & WORD
                last = max(last + _step(word), LOWEST_TICKS)
            words.append(word)
            lasts.append(last)
        return words, lasts


def _step(word: int) -> int:
    """Return by how many ticks a word moves a price: -3 to +4, and one less every other time, so that it drifts
    nowhere."""
    return (word >> 61) - 3 - (word >> 60 & 1)


def _instrument(number: int) -> Instrument:
    symbol = f"SYN{number}"
    return Instrument(
        instrument_id=InstrumentId(f"{symbol}.SYNTH"),
        symbol=symbol,
        listing="SYNTH",
        asset_class=AssetClass.EQUITY,
        currency="USD",
        tick=Decimal("0.01"),
        lot=Decimal(1),
        calendar="always",
        underlying=symbol,
    )


def _first_word(seed: int, instrument_id: InstrumentId) -> int:
    return int.from_bytes(sha256(f"{seed}|{instrument_id}".encode()).digest()[:8], "big")


def _midnight_after(session: str) -> Nanos:
    """Return when the day of a session ends. Raises ValueError."""
    return int(datetime.fromisoformat(session).replace(tzinfo=UTC).timestamp()) * SECOND + DAY


def _date(ts: Nanos) -> str:
    return datetime.fromtimestamp(ts // SECOND, UTC).date().isoformat()
