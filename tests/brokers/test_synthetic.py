"""The synthetic market."""

from itertools import pairwise

import pytest

from brokers.synthetic import LOWEST_TICKS, SyntheticFeed
from oms.domain.market import MarketData, Quote, SessionEnded
from oms.domain.units import DAY, SECOND
from oms.lockstep import LockstepFeed


def taken(feed: LockstepFeed, number: int) -> list[MarketData]:
    return [datum for datum in (feed.advance() for _ in range(number)) if datum is not None]


def quotes_of(data: list[MarketData], symbol: str) -> list[Quote]:
    return [datum for datum in data if isinstance(datum, Quote) and datum.instrument.symbol == symbol]


def test_the_same_seed_tells_the_same_market_and_another_seed_another() -> None:
    first, again, other = (SyntheticFeed(seed=seed, count=3) for seed in (1, 1, 2))

    assert first.hash == again.hash != other.hash
    assert taken(first, 500) == taken(again, 500) != taken(other, 500)


def test_another_instrument_more_changes_none_of_the_others() -> None:
    few, many = (taken(SyntheticFeed(seed=1, count=count), 100 * count) for count in (2, 5))

    assert quotes_of(few, "SYN2") == quotes_of(many, "SYN2")
    assert [quote.last for quote in quotes_of(few, "SYN1")] != [quote.last for quote in quotes_of(few, "SYN2")]


def test_time_goes_on_by_the_declared_interval_and_all_instruments_quote_in_every_instant() -> None:
    feed = SyntheticFeed(seed=1, count=3, interval=7 * SECOND)
    data = taken(feed, 30)

    assert [datum.ts for datum in data] == sorted(datum.ts for datum in data)
    for symbol in ("SYN1", "SYN2", "SYN3"):
        times = [quote.ts for quote in quotes_of(data, symbol)]
        assert {after - before for before, after in pairwise(times)} == {feed.interval}


def test_the_instant_grows_with_the_first_quote_of_each_instant() -> None:
    feed = SyntheticFeed(seed=1, count=2)
    counted = []
    for _ in range(5):
        feed.advance()
        counted.append(feed.instant)

    assert counted == [1, 1, 2, 2, 3]


def test_every_quote_has_two_sides_and_sizes() -> None:
    for quote in quotes_of(taken(SyntheticFeed(seed=3, count=1), 5_000), "SYN1"):
        assert LOWEST_TICKS - 1 <= quote.bid < quote.ask <= quote.bid + 2
        assert quote.bid <= quote.last <= quote.ask
        assert min(quote.bid_size, quote.ask_size) >= 1


def test_prices_move_and_drift_nowhere() -> None:
    lasts = [quote.last for quote in quotes_of(taken(SyntheticFeed(seed=4, count=1), 20_000), "SYN1")]
    moves = [after - before for before, after in pairwise(lasts)]

    assert set(moves) == set(range(-4, 5))
    assert abs(sum(moves)) / len(moves) < 0.1


def test_a_limit_bounds_the_quotes_and_after_the_end_there_is_nothing() -> None:
    feed = SyntheticFeed(seed=1, count=3, limit=7)

    assert len(taken(feed, 20)) == 7
    assert feed.advance() is None


def test_a_session_ends_before_each_midnight_under_its_date() -> None:
    data = taken(SyntheticFeed(seed=1, count=1, interval=DAY // 4), 12)

    assert [datum.session for datum in data if isinstance(datum, SessionEnded)] == ["2010-01-01", "2010-01-02"]
    assert [type(datum).__name__ for datum in data[:6]] == ["Quote"] * 4 + ["SessionEnded", "Quote"]


def test_an_interval_of_more_than_a_day_ends_a_session_after_every_instant() -> None:
    data = taken(SyntheticFeed(seed=1, count=1, interval=3 * DAY), 6)

    assert [datum.session for datum in data if isinstance(datum, SessionEnded)] == [
        "2010-01-01",
        "2010-01-04",
        "2010-01-07",
    ]


@pytest.mark.parametrize(("interval", "sessions"), [(DAY // 4, 3), (DAY // 4 + SECOND, 3), (3 * DAY, 3)])
def test_going_on_after_a_session_is_as_if_the_feed_had_never_stopped(interval: int, sessions: int) -> None:
    whole = SyntheticFeed(seed=1, count=2, interval=interval)
    before: list[MarketData] = []
    while sum(isinstance(datum, SessionEnded) for datum in before) < sessions:
        before += taken(whole, 1)
    cursor = before[-1]
    assert isinstance(cursor, SessionEnded)
    second = SyntheticFeed(seed=1, count=2, interval=interval, after=cursor.session)

    assert taken(second, 40) == taken(whole, 40)
    assert second.hash == whole.hash


def test_a_walk_that_met_the_floor_goes_on_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brokers.synthetic.OPENING_TICKS", LOWEST_TICKS + 5)
    whole = SyntheticFeed(seed=1, count=1, interval=DAY // 500)
    before = taken(whole, 501)
    second = SyntheticFeed(seed=1, count=1, interval=DAY // 500, after="2010-01-01")

    assert [quote.last for quote in quotes_of(before, "SYN1")].count(LOWEST_TICKS) > 1
    assert taken(second, 5) == taken(whole, 5)


def test_a_limit_counts_what_was_played_before_the_cursor() -> None:
    feed = SyntheticFeed(seed=1, count=2, interval=DAY // 4, limit=12, after="2010-01-01")

    assert len(quotes_of(taken(feed, 20), "SYN1")) == 2
    assert SyntheticFeed(seed=1, limit=3, after="2010-01-01").advance() is None


def test_a_cursor_that_is_no_date_is_refused() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        SyntheticFeed(seed=1, after="yesterday")


@pytest.mark.parametrize("wrong", ["count", "interval", "limit"])
def test_numbers_that_make_no_market_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        SyntheticFeed(**{"seed": 1, wrong: 0})  # type: ignore[arg-type]
