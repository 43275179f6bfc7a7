"""The path between recorded prices: it keeps what was recorded, and depends on nothing but its own session."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from brokers import path
from oms.domain.market import Bar, BarSpec, Quote, Range
from oms.domain.units import DAY
from tests.doubles.share import share

OPENS, CLOSES = 1_276_867_800 * 10**9, 1_276_891_200 * 10**9  # 2010-06-18, New York


def a_bar(
    prices: tuple[int, int, int, int] = (27_000, 27_500, 26_900, 27_300),
    volume: int = 1_000_000,
    instrument_id: str = "AAPL.XNAS",
    ts_open: int = OPENS,
    ts_close: int = CLOSES,
) -> Bar:
    opening, high, low, close = prices
    return Bar(
        instrument=share(instrument_id),
        spec=BarSpec("1d", DAY),
        ts=ts_close,
        ts_open=ts_open,
        ts_close=ts_close,
        open=opening,
        high=high,
        low=low,
        close=close,
        volume=volume,
    )


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    """Bars of any shape: flat, one tick wide, closing at their high, a penny stock."""
    low = draw(st.integers(1, 200_000))
    high = low + draw(st.one_of(st.integers(0, 3), st.integers(0, 20_000)))
    within = st.one_of(st.sampled_from([low, high]), st.integers(low, high))
    volume = draw(st.integers(1, 10**10))
    ts_open = draw(st.integers(1, 2 * 10**18))
    prices = draw(within), high, low, draw(within)
    return a_bar(prices, volume, ts_open=ts_open, ts_close=ts_open + draw(st.integers(15, 10**14)))


seeds = st.integers(0, 2**63)


def lasts(quotes: list[Quote]) -> list[int]:
    return [quote.last for quote in quotes]


@given(bars(), seeds)
def test_a_path_keeps_open_high_low_and_close(bar: Bar, seed: int) -> None:
    told = lasts(path.quotes(bar, seed))

    assert len(told) == path.STEPS
    assert (told[0], max(told), min(told), told[-1]) == (bar.open, bar.high, bar.low, bar.close)


@given(bars(), seeds)
def test_high_and_low_are_touched_once_where_there_is_room_between_them(bar: Bar, seed: int) -> None:
    told = lasts(path.quotes(bar, seed))
    if bar.high - bar.low < 2:
        return

    ends = [bar.open, bar.close]

    assert told.count(bar.high) == max(1, ends.count(bar.high))
    assert told.count(bar.low) == max(1, ends.count(bar.low))


@given(bars(), seeds)
def test_the_extreme_nearer_to_the_open_comes_first(bar: Bar, seed: int) -> None:
    up, down = bar.high - bar.open, bar.open - bar.low
    if up == down or bar.close in {bar.high, bar.low}:
        return
    told = lasts(path.quotes(bar, seed))

    assert (told.index(bar.high) < told.index(bar.low)) is (up < down)


@given(bars(), seeds)
def test_every_quote_is_one_a_market_could_show(bar: Bar, seed: int) -> None:
    for quote in path.quotes(bar, seed):
        spread = max(1, (quote.last * 2 + 5_000) // 10_000)

        assert 0 < quote.bid < quote.ask
        assert quote.bid <= quote.last <= quote.ask
        assert quote.ask - quote.bid == spread
        assert quote.bid_size > 0
        assert quote.ask_size > 0
        assert quote.interpolated


@given(bars(), seeds)
def test_instants_rise_from_the_open_to_the_close(bar: Bar, seed: int) -> None:
    stamps = [quote.ts for quote in path.quotes(bar, seed)]

    assert (stamps[0], stamps[-1]) == (bar.ts_open, bar.ts_close)
    assert all(earlier < later for earlier, later in pairwise(stamps))


@given(bars(), bars(), seeds)
def test_all_instruments_quote_at_the_same_instants_of_a_session(one: Bar, other: Bar, seed: int) -> None:
    told = path.quotes(a_bar((one.open, one.high, one.low, one.close), one.volume), seed)
    apart = path.quotes(a_bar((other.open, other.high, other.low, other.close), instrument_id="IBM.XNYS"), seed + 1)

    assert [quote.ts for quote in told] == [quote.ts for quote in apart]


@given(bars(), seeds)
def test_the_same_seed_and_bar_give_the_same_path(bar: Bar, seed: int) -> None:
    assert path.quotes(bar, seed) == path.quotes(bar, seed)


def test_seed_instrument_and_session_each_give_another_path() -> None:
    told = lasts(path.quotes(a_bar(), seed=7))

    assert told != lasts(path.quotes(a_bar(), seed=8))
    assert told != lasts(path.quotes(a_bar(instrument_id="IBM.XNYS"), seed=7))
    assert told != lasts(path.quotes(a_bar(ts_open=OPENS + DAY, ts_close=CLOSES + DAY), seed=7))


def test_a_path_is_pinned_so_that_old_runs_can_be_played_again() -> None:
    """If this fails, every recorded trace over a tape changes with it."""
    told = lasts(path.quotes(a_bar(), seed=7))

    assert told == [
        27_000, 27_051, 26_968, 26_928, 26_931, 26_953, 26_930, 26_900,
        27_074, 27_191, 27_301, 27_382, 27_405, 27_500, 27_440, 27_300,
    ]  # fmt: skip


def test_sizes_follow_the_volume_of_the_bar() -> None:
    sizes = [size for quote in path.quotes(a_bar(volume=1_000_000), 7) for size in (quote.bid_size, quote.ask_size)]

    assert all(1_000 <= size < 2_000 for size in sizes)
    assert len(set(sizes)) > 1


def test_an_odd_tick_of_spread_falls_to_either_side() -> None:
    one_tick_wide = path.quotes(a_bar((2_000, 2_100, 1_900, 2_000)), 7)

    assert {quote.ask - quote.bid for quote in one_tick_wide} == {1}
    assert {quote.last - quote.bid for quote in one_tick_wide} == {0, 1}


# The two ends


@given(bars(), seeds)
def test_the_ends_are_those_of_the_path_with_the_range_on_the_last(bar: Bar, seed: int) -> None:
    told = path.quotes(bar, seed)
    opening, closing = path.ends(bar, seed)

    assert opening == replace(told[0], interpolated=False)
    assert closing == replace(told[-1], interpolated=False, range=path.range_between(bar))


@given(bars(), seeds)
def test_the_range_is_reached_by_every_path_after_its_open(bar: Bar, seed: int) -> None:
    claimed = path.range_between(bar)
    after = path.quotes(bar, seed)[1:]

    assert min(quote.ask for quote in after) <= claimed.low_ask
    assert max(quote.bid for quote in after) >= claimed.high_bid


@given(bars())
def test_the_range_stays_within_the_prints_of_the_bar(bar: Bar) -> None:
    claimed = path.range_between(bar)

    assert claimed.low_ask > bar.low
    assert claimed.high_bid < bar.high or bar.high == 1, "nothing is below one tick"


@pytest.mark.parametrize(
    ("prices", "claimed"),
    [
        (
            (27_000, 27_500, 26_900, 27_300),
            Range(26_903, 27_497, 26_898, 27_503),
        ),  # a spread of 5 and 6 ticks: 3 to the ask, 3 to the bid
        (
            (27_000, 27_500, 27_000, 27_300),
            Range(27_303, 27_497, 27_298, 27_503),
        ),  # opened at its low: its close is known
        ((27_000, 27_000, 26_900, 26_950), Range(26_903, 26_947, 26_898, 26_952)),  # opened at its high
        ((27_000, 27_000, 27_000, 27_000), Range(27_003, 26_997, 26_998, 27_002)),
    ],
)
def test_an_extreme_at_the_open_is_not_counted_again(prices: tuple[int, int, int, int], claimed: Range) -> None:
    assert path.range_between(a_bar(prices)) == claimed
