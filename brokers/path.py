"""The path: a recorded bar told as sixteen quotes, or as its two ends.

A daily bar says where a price began, how far it went and where it ended, not the way between. The way is made up
here so that there is something to trade on, and every quote says so (`interpolated`). What was recorded is kept: the
first quote is the open, the last the close, high and low are each touched once, the nearer to the open first, and
all else lies strictly between them. All instruments quote at the same instants, evenly spread over the session.

A path depends on its seed, its instrument, its session's open and its bar, and on nothing else: one hash of the
first three gives all the chance a session needs. Were the numbers drawn from a shared stream, leaving out an
instrument or starting on another day would change the prices of all the others, and paper would not equal backtest.

Who wants no made-up prices has the two ends of the path alone. What lay between is then a `Range` on the last quote,
and it claims no more than every path holds: what trades in the range would have traded on the way.
"""

from collections.abc import Callable, Mapping
from hashlib import shake_128
from struct import Struct as Packing
from typing import Final, Literal, NamedTuple, TypeAlias

from oms.domain.market import Bar, Quote, Range
from oms.domain.units import Nanos

Telling: TypeAlias = Literal["path", "bar"]

STEPS = 16
LAST = STEPS - 1
_WORDS = Packing(f"<{STEPS}Q")


def instants(ts_open: Nanos, ts_close: Nanos) -> list[Nanos]:
    """Return the sixteen instants of a session: the first is its open, the last its close, UTC nanoseconds."""
    span = ts_close - ts_open
    return [ts_open + span * step // LAST for step in range(STEPS)]


def quotes(bar: Bar, seed: int) -> list[Quote]:
    """Return the bar's sixteen quotes in time order.

    No tape of bars holds a spread or sizes, so they are given by rule. The spread is two basis points of the last
    price and at least one tick, split around it; an odd tick falls to either side by chance. Each side shows between
    one and two thousandths of the bar's volume, at least one lot.
    """
    chance = words(bar, seed)
    told = zip(instants(bar.ts_open, bar.ts_close), prices(bar, chance), chance, strict=True)
    return [_quote(bar, ts, last, word, interpolated=True) for ts, last, word in told]


def ends(bar: Bar, seed: int) -> list[Quote]:
    """Return the first and the last quote of the bar's path; the last carries the range between them.

    Their last prices are the recorded open and close, so they are not marked as interpolated; spread and sizes
    are given by the same rule as on the path, and so is what a market order pays at either end.
    """
    chance = words(bar, seed)
    return [
        _quote(bar, bar.ts_open, bar.open, chance[0]),
        _quote(bar, bar.ts_close, bar.close, chance[LAST], between=range_between(bar)),
    ]


def range_between(bar: Bar) -> Range:
    """Return how far the market came after the bar's open, whichever path it took.

    An extreme that is the open was there before anybody could act on it, and nothing says that it came again: then
    the close is all that is known of that side. An odd tick of the spread counts against whoever waits.
    """
    low = bar.low if bar.low < bar.open else bar.close
    high = bar.high if bar.high > bar.open else bar.close
    low_bid, low_ask = _sides(low, 0)
    high_bid, high_ask = _sides(high, 1)
    return Range(low_ask, high_bid, low_bid, high_ask)


class Told(NamedTuple):
    """A way of telling a bar, and how many instants it takes."""

    quotes: Callable[[Bar, int], list[Quote]]
    instants: int


TELLINGS: Final[Mapping[Telling, Told]] = {"path": Told(quotes, STEPS), "bar": Told(ends, 2)}


def _quote(
    bar: Bar, ts: Nanos, last: int, word: int, *, interpolated: bool = False, between: Range | None = None
) -> Quote:
    depth = max(1, bar.volume // 1000)
    bid, ask = _sides(last, word >> 32 & 1)
    return Quote(
        instrument=bar.instrument,
        ts=ts,
        bid=bid,
        ask=ask,
        last=last,
        bid_size=depth + (depth * (word & 0xFFFF) >> 16),
        ask_size=depth + (depth * (word >> 16 & 0xFFFF) >> 16),
        interpolated=interpolated,
        range=between,
    )


def _sides(last: int, odd: int) -> tuple[int, int]:
    """Return bid and ask around a price; an odd tick of the spread is the bid's where `odd` is 1, else the ask's."""
    spread = max(1, (last * 2 + 5_000) // 10_000)
    bid = max(1, last - (spread + odd) // 2)
    return bid, bid + spread


def words(bar: Bar, seed: int) -> tuple[int, ...]:
    """Return sixteen numbers of 64 bits, one per step, drawn from (seed, instrument, session's open)."""
    key = f"{seed}|{bar.instrument.instrument_id}|{bar.ts_open}"
    return _WORDS.unpack(shake_128(key.encode()).digest(_WORDS.size))


def prices(bar: Bar, chance: tuple[int, ...]) -> list[int]:
    """Return the last price at each step, in ticks.

    Between two turns the price walks by the remaining distance shared over the remaining steps, plus a draw of up to
    an eighth of the bar's range, and is thrown back where it would reach an extreme before its turn. Only where the
    range leaves no tick between low and high are those touched again.
    """
    lowest, highest = bar.low + 1, bar.high - 1
    if lowest > highest:
        lowest, highest = bar.low, bar.high
    reach = max(1, (bar.high - bar.low) // 8)
    walked = [bar.open]
    for step, target in turns(bar, chance):
        while (here := len(walked)) < step:
            drift = (target - walked[-1]) // (step - here + 1)
            drawn = _draw(chance[here], 2 * reach + 1) - reach
            walked.append(_inside(walked[-1] + drift + drawn, lowest, highest))
        walked.append(target)
    return walked


def turns(bar: Bar, chance: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return (step, price) of the turns after the open: the extremes not touched by an end, then the close."""
    extremes = [price for price in (bar.high, bar.low) if price not in (bar.open, bar.close)]
    extremes.sort(key=lambda price: abs(price - bar.open))
    half = LAST // 2
    match extremes:
        case [near, far]:
            first, second = _draw(chance[0], half), half + _draw(chance[LAST], half)
            return [(1 + first, near), (1 + second, far), (LAST, bar.close)]
        case [only]:
            return [(1 + _draw(chance[0], LAST - 1), only), (LAST, bar.close)]
        case _:
            return [(LAST, bar.close)]


def _inside(price: int, lowest: int, highest: int) -> int:
    """Return a price mirrored at the bound it overshot: cut off there, it would stick to it for steps on end."""
    if price < lowest:
        return min(highest, 2 * lowest - price)
    if price > highest:
        return max(lowest, 2 * highest - price)
    return price


def _draw(word: int, below: int) -> int:
    """Return a number from 0 to `below` - 1, from a word's upper half."""
    return (word >> 32) * below >> 32
