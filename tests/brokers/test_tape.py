"""The tape: the order in which a recording is played, and what it cannot play."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from brokers.path import Telling
from brokers.tape import TapeFeed
from brokers.tapes.recording import Recording, TapeError, read
from oms.domain.ids import InstrumentId
from oms.domain.market import Bar, MarketData, Quote, SessionEnded
from tests.brokers.recordings import SMALL, written

AAPL, IBM = InstrumentId("AAPL.XNAS"), InstrumentId("IBM.XNYS")
TELLINGS = pytest.mark.parametrize("telling", ["path", "bar"])


def played(feed: TapeFeed) -> list[MarketData]:
    return list(iter(feed.advance, None))


def told(datum: MarketData) -> str:
    """One datum in a word: `AAPL@1000`, `bar AAPL 2650@3000`, `end 2010-06-16@2500`."""
    match datum:
        case Quote():
            return f"{datum.instrument.symbol}@{datum.ts}"
        case Bar():
            return f"bar {datum.instrument.symbol} {datum.close}@{datum.ts}"
        case SessionEnded():
            return f"end {datum.session}@{datum.ts}"


# The order of play


def test_a_bar_is_seen_after_the_next_sessions_first_quotes(small: Recording) -> None:
    story = [told(datum) for datum in played(TapeFeed(small, seed=7, bars=2))]

    assert story[:4] == ["AAPL@1000", "IBM@1000", "AAPL@1100", "IBM@1100"]
    assert story[30:39] == [
        "AAPL@2500",
        "IBM@2500",
        "end 2010-06-16@2500",
        "AAPL@3000",
        "IBM@3000",
        "bar AAPL 2650@3000",
        "bar IBM 13050@3000",
        "AAPL@3100",
        "IBM@3100",
    ]


def test_the_bars_of_the_last_session_are_not_seen(small: Recording) -> None:
    story = played(TapeFeed(small, seed=7))

    assert told(story[-1]) == "end 2010-06-21@8500"
    assert [told(datum) for datum in story if isinstance(datum, Bar)][-1] == "bar AAPL 2790@7000"


@TELLINGS
def test_engine_time_never_goes_back(shipped: Recording, telling: Telling) -> None:
    stamps = [datum.ts for datum in played(TapeFeed(shipped, seed=7, telling=telling, start="2004-08-10", bars=30))]

    assert stamps == sorted(stamps)


@TELLINGS
def test_nothing_is_seen_before_it_is_over(shipped: Recording, telling: Telling) -> None:
    for datum in played(TapeFeed(shipped, seed=7, telling=telling, start="2010-06-18", bars=30)):
        if isinstance(datum, Bar):
            assert datum.ts > datum.ts_close


@TELLINGS
def test_every_quote_stands_in_trading_hours(shipped: Recording, telling: Telling) -> None:
    feed = TapeFeed(shipped, seed=7, telling=telling, start="2010-11-22", bars=5)  # the 26th is a half day

    assert all(feed.hours.is_open(datum.ts) for datum in played(feed))


def test_an_instrument_without_a_bar_that_day_is_silent(small: Recording) -> None:
    feed = TapeFeed(small, seed=7, start="2010-06-18", bars=1)

    assert {datum.instrument.symbol for datum in played(feed) if isinstance(datum, Quote)} == {"AAPL"}


@TELLINGS
def test_a_session_in_which_nothing_traded_still_closes_the_bars_before_it(small: Recording, telling: Telling) -> None:
    feed = TapeFeed(small, seed=7, telling=telling, instruments=[IBM], start="2010-06-17", bars=2)
    story = [told(datum) for datum in played(feed)]

    assert story[-3:] == ["end 2010-06-17@4500", "bar IBM 13000@5000", "end 2010-06-18@6500"]


@pytest.mark.parametrize(("telling", "instants"), [("path", 16), ("bar", 2)])
def test_a_session_has_as_many_instants_as_its_telling_takes(small: Recording, telling: Telling, instants: int) -> None:
    feed = TapeFeed(small, seed=7, telling=telling, bars=2)
    begins = []
    seen = feed.instant
    while (datum := feed.advance()) is not None:
        if feed.instant != seen:
            begins.append(datum.ts)
            seen = feed.instant

    assert feed.instants_per_bar == instants
    assert seen == 2 * instants
    assert begins == sorted(set(begins))
    assert begins[0] == 1000
    assert begins[instants] == 3000


def test_told_as_bars_a_session_is_its_opens_the_bars_before_it_and_its_closes(small: Recording) -> None:
    story = [told(datum) for datum in played(TapeFeed(small, seed=7, telling="bar", bars=2))]

    assert story == [
        "AAPL@1000",
        "IBM@1000",
        "AAPL@2500",
        "IBM@2500",
        "end 2010-06-16@2500",
        "AAPL@3000",
        "IBM@3000",
        "bar AAPL 2650@3000",
        "bar IBM 13050@3000",
        "AAPL@4500",
        "IBM@4500",
        "end 2010-06-17@4500",
    ]


def test_told_as_bars_the_last_prices_are_the_recorded_ones(small: Recording) -> None:
    feed = TapeFeed(small, seed=7, telling="bar", instruments=[AAPL])
    quotes = [datum for datum in played(feed) if isinstance(datum, Quote)]

    assert [quote.last for quote in quotes] == [2600, 2650, 2660, 2670, 2700, 2790, 2800, 2760]
    assert not any(quote.interpolated for quote in quotes)


def test_how_far_a_bar_went_is_not_known_before_its_close(shipped: Recording) -> None:
    feed = TapeFeed(shipped, seed=7, telling="bar", start="2010-06-18", bars=30)
    ranged = [datum.range is not None for datum in played(feed) if isinstance(datum, Quote)]

    assert ranged == ([False] * 4 + [True] * 4) * 30


@pytest.mark.parametrize("day", ["2010-06-18", "2010-11-26"])
def test_both_tellings_open_and_close_alike(shipped: Recording, day: str) -> None:
    def first_and_last(telling: Telling) -> list[Quote]:
        feed = TapeFeed(shipped, seed=7, telling=telling, start=day, bars=1)
        quotes = [datum for datum in played(feed) if isinstance(datum, Quote)]
        return [replace(quote, interpolated=False, range=None) for quote in quotes[:4] + quotes[-4:]]

    assert first_and_last("bar") == first_and_last("path")


async def test_a_stream_yields_what_advancing_returns(small: Recording) -> None:
    streamed = [datum async for datum in TapeFeed(small, seed=7).stream()]

    assert streamed == played(TapeFeed(small, seed=7))


@pytest.mark.parametrize(("telling", "minutes"), [("path", 26), ("bar", 390)])  # of six and a half hours
def test_the_interval_is_the_longest_wait_within_a_session(shipped: Recording, telling: Telling, minutes: int) -> None:
    assert TapeFeed(shipped, seed=7, telling=telling).interval == minutes * 60 * 10**9


# Determinism


@TELLINGS
def test_the_same_settings_play_the_same_data(shipped: Recording, telling: Telling) -> None:
    one, other = (TapeFeed(shipped, seed=7, telling=telling, start="2010-06-18", bars=20) for _ in range(2))

    assert played(one) == played(other)
    assert one.hash == other.hash


@TELLINGS
def test_leaving_out_an_instrument_changes_no_other_price(shipped: Recording, telling: Telling) -> None:
    everything = played(TapeFeed(shipped, seed=7, telling=telling, start="2010-06-18", bars=5))
    alone = played(TapeFeed(shipped, seed=7, telling=telling, start="2010-06-18", bars=5, instruments=[IBM]))

    assert alone == [
        datum for datum in everything if isinstance(datum, SessionEnded) or datum.instrument.instrument_id == IBM
    ]


def test_starting_on_another_day_changes_no_price(shipped: Recording) -> None:
    early = played(TapeFeed(shipped, seed=7, start="2010-06-17", end="2010-06-21"))
    late = played(TapeFeed(shipped, seed=7, start="2010-06-18", end="2010-06-21"))

    assert [quote for quote in late if isinstance(quote, Quote)] == [
        quote for quote in early if isinstance(quote, Quote) and quote.ts >= late[0].ts
    ]


def test_every_setting_that_makes_a_price_changes_the_hash(small: Recording, tmp_path: Path) -> None:
    another = read(written(tmp_path, SMALL.replace("90000", "90001")))
    feeds = [
        TapeFeed(small, seed=7),
        TapeFeed(small, seed=8),
        TapeFeed(small, seed=7, telling="bar"),
        TapeFeed(another, seed=7),
    ]

    assert len({feed.hash for feed in feeds}) == len(feeds)


def test_what_is_played_of_a_tape_makes_no_other_tape_of_it(small: Recording) -> None:
    whole = TapeFeed(small, seed=7)

    for part in ({"start": "2010-06-17"}, {"end": "2010-06-18"}, {"instruments": [AAPL]}):
        assert TapeFeed(small, seed=7, **part).hash == whole.hash


def test_a_date_between_sessions_means_the_session_it_leads_to(small: Recording) -> None:
    assert played(TapeFeed(small, seed=7, end="2010-06-20")) == played(TapeFeed(small, seed=7, end="2010-06-18"))


# The cursor


def test_the_position_is_the_last_session_whose_end_was_seen(small: Recording) -> None:
    feed = TapeFeed(small, seed=7)
    positions = []
    while (datum := feed.advance()) is not None:
        positions.append((type(datum).__name__, feed.position))

    assert positions[0] == ("Quote", None)
    assert positions[32] == ("SessionEnded", "2010-06-16")
    assert positions[-1] == ("SessionEnded", "2010-06-21")


@TELLINGS
@pytest.mark.parametrize("sessions", [1, 2, 7])
def test_going_on_from_a_cursor_is_as_if_the_feed_had_never_stopped(
    shipped: Recording, sessions: int, telling: Telling
) -> None:
    unbroken = played(TapeFeed(shipped, seed=7, telling=telling, start="2010-06-18", end="2010-07-02"))
    first = TapeFeed(shipped, seed=7, telling=telling, start="2010-06-18", end="2010-07-02", bars=sessions)
    before = played(first)
    second = TapeFeed(shipped, seed=7, telling=telling, start="2010-06-18", end="2010-07-02", after=first.position)

    assert before + played(second) == unbroken
    assert second.hash == first.hash


def test_a_cursor_at_the_end_leaves_nothing_to_play(small: Recording) -> None:
    feed = TapeFeed(small, seed=7, after="2010-06-21")

    assert feed.advance() is None
    assert feed.position == "2010-06-21"


def test_a_start_later_than_the_cursor_wins(small: Recording) -> None:
    late = TapeFeed(small, seed=7, start="2010-06-18", after="2010-06-16")
    fresh = TapeFeed(small, seed=7, start="2010-06-18")

    assert late.history(9) == fresh.history(9)
    assert played(late) == played(fresh)


def test_history_ends_where_the_bars_of_the_feed_begin(small: Recording) -> None:
    fresh = TapeFeed(small, seed=7, start="2010-06-18")
    resumed = TapeFeed(small, seed=7, after="2010-06-17")

    assert [[told(bar) for bar in bars] for bars in fresh.history(1)] == [["bar AAPL 2670@5000", "bar IBM 13000@5000"]]
    assert [bars[0].close for bars in resumed.history(260)] == [2650]
    assert next(told(bar) for bar in played(resumed) if isinstance(bar, Bar)) == "bar AAPL 2670@5000"


# What is refused


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"start": "2011-01-01"}, "tape small holds 2010-06-16 to 2010-06-21: no session from 2011-01-01"),
        ({"end": "2010-06-01"}, "no session to 2010-06-01"),
        ({"start": "18 June"}, "expected a date as YYYY-MM-DD, got '18 June'"),
        ({"after": "2010-06-19"}, "holds no session 2010-06-19 to go on from"),
        ({"instruments": [InstrumentId("FB.XNAS")]}, "holds AAPL.XNAS, IBM.XNYS: no FB.XNAS"),
    ],
)
def test_what_the_tape_does_not_hold_is_refused(small: Recording, settings: dict[str, str], complaint: str) -> None:
    with pytest.raises(TapeError, match=re.escape(complaint)):
        TapeFeed(small, seed=7, **settings)  # type: ignore[arg-type]
