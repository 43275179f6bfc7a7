"""What a tape file holds, what is refused in it, and the tape that ships."""

import gzip
from itertools import zip_longest
from pathlib import Path

import pytest

from brokers.tape import TapeFeed
from brokers.tapes import make_us_daily
from brokers.tapes.recording import SHIPPED, Recording, TapeError, read
from tests.brokers.recordings import SMALL, written


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


@pytest.mark.parametrize(
    "raw", [b"", b"plain text", gzip.compress(SMALL.encode(), mtime=0)[:-30], gzip.compress(b"\xff", mtime=0)]
)
def test_a_file_that_is_no_gzip_text_is_refused_in_one_line(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "broken.csv.gz"
    path.write_bytes(raw)

    with pytest.raises(TapeError) as refusal:
        read(path)

    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match=r"absent.csv.gz: No such file or directory$"):
        read(tmp_path / "absent.csv.gz")


def test_a_file_that_is_not_packed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text(SMALL)

    with pytest.raises(TapeError, match=r"plain.csv: is no gzip file$"):
        read(tmp_path / "plain.csv")


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
