"""The tape: what is read from a file, what is refused, and the order in which it is played."""

import gzip
import re
from itertools import zip_longest
from pathlib import Path

import pytest
from msgspec.structs import replace

from brokers.path import Telling
from brokers.tape import TapeFeed
from brokers.tapes import make_us_daily
from brokers.tapes.recording import SHIPPED, Recording, TapeError, read
from oms.domain.ids import InstrumentId
from oms.domain.market import Bar, MarketData, Quote, SessionEnded

AAPL, IBM = InstrumentId("AAPL.XNAS"), InstrumentId("IBM.XNYS")
TELLINGS = pytest.mark.parametrize("telling", ["path", "bar"])

SMALL = """\
tape,1,small,XNYS,1d,86400000000000
instrument,AAPL.XNAS,equity,USD,0.01,1
instrument,IBM.XNYS,equity,USD,0.01,1
session,2010-06-16,1000,2500
bar,AAPL.XNAS,2600,2700,2500,2650,90000
bar,IBM.XNYS,13000,13100,12900,13050,50000
session,2010-06-17,3000,4500
bar,AAPL.XNAS,2660,2680,2620,2670,80000
bar,IBM.XNYS,13010,13020,12990,13000,40000
session,2010-06-18,5000,6500
bar,AAPL.XNAS,2700,2800,2690,2790,70000
session,2010-06-21,7000,8500
bar,AAPL.XNAS,2800,2810,2750,2760,60000
bar,IBM.XNYS,13100,13200,13100,13200,30000
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "small.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


@pytest.fixture
def small(tmp_path: Path) -> Recording:
    return read(written(tmp_path, SMALL))


@pytest.fixture(scope="module")
def shipped() -> Recording:
    return read(SHIPPED)


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


def test_every_setting_that_changes_the_data_changes_the_hash(small: Recording, tmp_path: Path) -> None:
    another = read(written(tmp_path, SMALL.replace("90000", "90001")))
    feeds = [
        TapeFeed(small, seed=7),
        TapeFeed(small, seed=8),
        TapeFeed(small, seed=7, telling="bar"),
        TapeFeed(small, seed=7, start="2010-06-17"),
        TapeFeed(small, seed=7, end="2010-06-18"),
        TapeFeed(small, seed=7, instruments=[AAPL]),
        TapeFeed(another, seed=7),
    ]

    assert len({feed.hash for feed in feeds}) == len(feeds)


def test_a_date_between_sessions_means_the_session_it_leads_to(small: Recording) -> None:
    assert TapeFeed(small, seed=7, end="2010-06-20").hash == TapeFeed(small, seed=7, end="2010-06-18").hash


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
        ({"start": "2011-01-01"}, "tape small holds 2010-06-16 to 2010-06-21: no session from 2011-01-01 to None"),
        ({"end": "2010-06-01"}, "no session from None to 2010-06-01"),
        ({"start": "18 June"}, "expected a date as YYYY-MM-DD, got '18 June'"),
        ({"after": "2010-06-19"}, "holds no session 2010-06-19 to go on from"),
        ({"instruments": [InstrumentId("FB.XNAS")]}, "holds AAPL.XNAS, IBM.XNYS: no FB.XNAS"),
    ],
)
def test_what_the_tape_does_not_hold_is_refused(small: Recording, settings: dict[str, str], complaint: str) -> None:
    with pytest.raises(TapeError, match=re.escape(complaint)):
        TapeFeed(small, seed=7, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "instead", "complaint"),
    [
        (1, "tape,2,small,XNYS,1d,1", "expected tape,1,NAME,CALENDAR,SPEC,INTERVAL"),
        (3, "instrument,AAPL.XNAS,equity,USD,0.01,1", "expected each instrument once"),
        (3, "instrument,IBM.XNYS,equity,USD,0,1", "tick must be a positive number"),
        (3, "instrument,IBM.XNYS,equity,USD,nan,1", "tick must be a positive number"),
        (3, "instrument,IBM.XNYS,equity,USD,cent,1", "expected a decimal number instead of 'cent'"),
        (3, "instrument,IBM.XNYS,house,USD,0.01,1", "'house' is not a valid AssetClass"),
        (4, "bar,AAPL.XNAS,1,1,1,1,1", "expected an instrument and a session before their bar"),
        (5, "bar,FB.XNAS,1,1,1,1,1", "expected an instrument and a session before their bar"),
        (5, "bar,AAPL.XNAS,2600,2599,2500,2550,90000", "expected open and close between low and high"),
        (5, "bar,AAPL.XNAS,2600,2700,2651,2650,90000", "expected open and close between low and high"),
        (5, "bar,AAPL.XNAS,2600,2700,2500,2650,0", "expected a whole number above zero instead of '0'"),
        (5, "bar,AAPL.XNAS,-2600,2700,2500,2650,1", "expected a whole number above zero instead of '-2600'"),
        (5, "bar,AAPL.XNAS,inf,2700,2500,2650,1", "expected a whole number above zero instead of 'inf'"),
        (5, "bar,AAPL.XNAS,2600,2700", "expected instrument rows, then session rows, each with its bar rows"),
        (6, "bar,AAPL.XNAS,2600,2700,2500,2650,1", "expected one bar per instrument and session"),
        (6, "instrument,GOOG.XNAS,equity,USD,0.01,1", "expected instrument rows, then session rows"),
        (7, "session,2010-06-16,3000,4500", "expected a session after that of 2010-06-16"),
        (7, "session,2010-06-17,2400,4500", "expected a session after that of 2010-06-16"),
        (7, "session,2010-06-17,3000,3000", "expected a close after its open"),
        (7, "session,20100617,3000,4500", "expected a date as YYYY-MM-DD"),
    ],
)
def test_a_row_that_is_not_sane_is_named_by_file_and_line(
    tmp_path: Path, row: int, instead: str, complaint: str
) -> None:
    lines = SMALL.splitlines()
    lines[row - 1] = instead
    path = written(tmp_path, "\n".join(lines))

    with pytest.raises(TapeError) as refusal:
        read(path)

    message = str(refusal.value)

    assert message.startswith(f"{path}: line {row}: ")
    assert complaint in message
    assert message.endswith(f"got {instead!r}")
    assert "\n" not in message


def test_a_tape_without_sessions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="line 4: expected at least one session, got 'the end of the file'"):
        read(written(tmp_path, "".join(SMALL.splitlines(keepends=True)[:3])))


def test_an_empty_tape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="line 1: expected tape,1,"):
        read(written(tmp_path, ""))


@pytest.mark.parametrize("raw", [b"", b"plain text", gzip.compress(SMALL.encode())[:-30], gzip.compress(b"\xff")])
def test_a_file_that_is_no_gzip_text_is_refused_in_one_line(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "broken.csv.gz"
    path.write_bytes(raw)

    with pytest.raises(TapeError) as refusal:
        read(path)

    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match=r"cannot be read as a gzip tape: .*No such file"):
        read(tmp_path / "absent.csv.gz")


def test_packing_a_tape_anew_does_not_change_what_it_is(tmp_path: Path) -> None:
    light, tight = (tmp_path / name for name in ("light.gz", "tight.gz"))
    light.write_bytes(gzip.compress(SMALL.encode(), compresslevel=1))
    tight.write_bytes(gzip.compress(SMALL.encode(), compresslevel=9))

    assert read(light).digest == read(tight).digest


# The tape that ships


def test_the_shipped_tape_is_what_its_script_makes() -> None:
    made = make_us_daily.tape_text().splitlines()
    # The text and not the packed bytes: another build of zlib packs the same text in another way.
    kept = gzip.decompress(SHIPPED.read_bytes()).decode().splitlines()
    differing = [(line, other) for line, other in zip_longest(kept, made) if line != other]

    assert differing[:3] == []


def test_packing_leaves_no_time_and_no_name_behind() -> None:
    packed = make_us_daily.packed(SMALL)

    assert packed == make_us_daily.packed(SMALL)
    assert packed[3:8] == bytes(5)  # no flags, so no file name, and no time stamp (RFC 1952, 2.3)


def test_the_shipped_tape_holds_thirteen_years_of_four_stocks(shipped: Recording) -> None:
    assert [instrument.instrument_id for instrument in shipped.instruments] == [
        "AAPL.XNAS",
        "GOOG.XNAS",
        "IBM.XNYS",
        "MSFT.XNAS",
    ]
    assert len(shipped.sessions) == 3_270
    assert (shipped.sessions[0].date, shipped.sessions[-1].date) == ("2000-03-01", "2013-03-01")


def test_the_demo_starts_on_a_session_with_260_before_it_for_all_four(shipped: Recording) -> None:
    feed = TapeFeed(shipped, seed=7, start="2010-06-18")
    history = feed.history(260)

    assert feed.start == "2010-06-18"
    assert [len(bars) for bars in history] == [4] * 260


def test_no_split_is_left_in_the_prices(shipped: Recording) -> None:
    """A 2:1 split left in would be a day near -50 %, one corrected twice a day near +100 %."""
    closes: dict[str, int] = {}
    jumps = []
    for session in shipped.sessions:
        for bar in session.bars:
            symbol = bar.instrument.symbol
            change = bar.close / closes.get(symbol, bar.close) - 1
            if abs(change) > 0.25:
                jumps.append((symbol, session.date, round(change, 2)))
            closes[symbol] = bar.close

    assert jumps == [("AAPL", "2000-09-29", -0.52)]


@pytest.mark.parametrize(
    ("symbol", "date", "factor"),
    [
        ("AAPL", "2000-06-20", 4),
        ("AAPL", "2000-06-21", 2),
        ("AAPL", "2005-02-25", 2),
        ("AAPL", "2005-02-28", 1),
        ("MSFT", "2003-02-14", 2),
        ("MSFT", "2003-02-18", 1),
        ("IBM", "2000-03-01", 1),
    ],
)
def test_a_price_is_divided_by_the_splits_that_came_after_it(symbol: str, date: str, factor: int) -> None:
    assert make_us_daily.split_factor(symbol, date) == factor


def test_half_days_close_early(shipped: Recording) -> None:
    by_date = {session.date: session for session in shipped.sessions}
    hours = {date: (by_date[date].ts_close - by_date[date].ts_open) / 3_600e9 for date in ("2010-11-24", "2010-11-26")}

    assert hours == {"2010-11-24": 6.5, "2010-11-26": 3.5}
