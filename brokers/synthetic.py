"""A synthetic market: random walks without end, for load.

Every instrument walks by itself: its steps come from its own generator, seeded by (seed, instrument), so another
instrument more or less changes none of the others. The generator is the 64-bit linear congruential one with Knuth's
MMIX constants, whose upper bits are random enough to walk by; what counts is that it costs one multiplication and is
the same on every machine. Prices made here say nothing about any market.
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
    quotes, None being without end.

    Raises:
        ValueError: no instrument, or an interval or a limit that is not positive.
    """

    instants_per_bar = 1

    def __init__(self, *, seed: int, count: int = 4, interval: Nanos = SECOND, limit: int | None = None) -> None:
        if count < 1 or interval < 1 or (limit is not None and limit < 1):
            msg = f"synthetic: count {count}, interval {interval} and limit {limit} must be positive"
            raise ValueError(msg)
        self.name = f"synthetic-{count}"
        self.instruments: tuple[Instrument, ...] = tuple(_instrument(number) for number in range(1, count + 1))
        self.interval = interval
        self.instant = 0
        self.hash = sha256(f"synthetic\n{seed}\n{count}\n{interval}\n{limit}".encode()).hexdigest()
        self._seed = seed
        self._limit = limit
        self._data = self._play()

    def advance(self) -> MarketData | None:
        """Return the next datum in time order, or None after the last.

        After it `instant` counts the instants begun so far.
        """
        return next(self._data, None)

    def _play(self) -> Iterator[MarketData]:
        """Yield round after round, one quote of each instrument in a round."""
        instruments, left = self.instruments, self._limit
        words = [_first_word(self._seed, instrument.instrument_id) for instrument in instruments]
        lasts = [OPENING_TICKS] * len(instruments)
        ts, midnight = START, START + DAY
        while left is None or left > 0:
            self.instant += 1
            for place, instrument in enumerate(instruments[:left]):
                word = words[place] = (words[place] * MULTIPLIER + INCREMENT) & WORD
                last = lasts[place] + (word >> 61) - 3  # by -3 to +4 ticks ...
                last -= (word >> 60) & 1  # ... and by one less every other time, so that it drifts nowhere
                lasts[place] = last = max(last, LOWEST_TICKS)
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


def _date(ts: Nanos) -> str:
    return datetime.fromtimestamp(ts // SECOND, UTC).date().isoformat()
