"""Makes the tape that ships: daily bars of AAPL, GOOG, IBM and MSFT, 2000-03-01 to 2013-03-01.

Run it from the repository's root with the test extra installed: `python -m brokers.tapes.make_us_daily`. The same
`bokeh_sampledata` gives the same bytes, and a test holds the shipped file against them.

Prices come as they were printed, so a 2:1 split looks like a day that lost half its value. The splits are written
down by hand: a price before a split is divided by its ratio and the volume multiplied. The source's `Adj Close`
holds dividends as well, which were paid and are no part of a price, so it is not used. AAPL's fall of 52 % on
2000-09-29 is no split and stays.
"""

import csv
import gzip
import io
import warnings
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from importlib.resources import files

from brokers.tapes.recording import SHIPPED

TICK = Decimal("0.01")
CALENDAR = "XNYS"  # one calendar for all: Nasdaq keeps the hours of New York
INSTRUMENTS = {"AAPL": "AAPL.XNAS", "GOOG": "GOOG.XNAS", "IBM": "IBM.XNYS", "MSFT": "MSFT.XNAS"}
SPLITS = {  # the first day at the new price, and how many new shares one old share became
    "AAPL": (("2000-06-21", 2), ("2005-02-28", 2)),
    "MSFT": (("2003-02-18", 2),),
}


def split_factor(symbol: str, date: str) -> int:
    """Return how many shares of the tape's end one share of `date` has become."""
    factor = 1
    for first_day, ratio in SPLITS.get(symbol, ()):
        if date < first_day:
            factor *= ratio
    return factor


def to_ticks(price: str, factor: int) -> int:
    """Return a printed price after splits in whole ticks, half to even.

    Rounding never turns the order of two prices around, so a low stays at or below its open.
    """
    return int((Decimal(price) / factor / TICK).to_integral_value(ROUND_HALF_EVEN))


def recorded_bars() -> dict[str, list[str]]:
    """Return the tape's bar rows by session date, each session's in the order of `INSTRUMENTS`."""
    bars: dict[str, list[str]] = {}
    source = files("bokeh_sampledata") / "_data" / "stocks.csv.gz"
    rows = csv.DictReader(io.StringIO(gzip.decompress(source.read_bytes()).decode("ascii")))
    for row in sorted(rows, key=lambda row: (row["Date"], row["Ticker"])):
        symbol, date = row["Ticker"], row["Date"]
        if symbol not in INSTRUMENTS:
            continue
        factor = split_factor(symbol, date)
        prices = [to_ticks(row[name], factor) for name in ("Open", "High", "Low", "Close")]
        fields = [INSTRUMENTS[symbol], *prices, int(row["Volume"]) * factor]
        bars.setdefault(date, []).append(",".join(["bar", *map(str, fields)]))
    return bars


def sessions(start: str, end: str) -> Iterator[tuple[str, int, int]]:
    """Yield (date, open, close) of every session from `start` to `end`, in UTC nanoseconds, half days included."""
    with warnings.catch_warnings():
        # The calendar library uses what a newer pandas deprecates; the answers are the same.
        warnings.simplefilter("ignore")
        import exchange_calendars

        # Without an explicit start the calendar begins twenty years before today and would move under the tape.
        calendar = exchange_calendars.get_calendar(CALENDAR, start=start, end=end)
        for session in calendar.sessions:
            opens, closes = calendar.session_open(session), calendar.session_close(session)
            yield session.date().isoformat(), opens.as_unit("ns").value, closes.as_unit("ns").value


def tape_text() -> str:
    """Return the tape's text in the format of `recording.py`.

    Raises:
        ValueError: the prices and the calendar do not name the same sessions.
    """
    bars = recorded_bars()
    lines = [f"tape,1,us_daily_2000_2013,{CALENDAR},1d,{86_400 * 10**9}"]
    lines += [f"instrument,{instrument_id},equity,USD,{TICK},1" for instrument_id in INSTRUMENTS.values()]
    for date, opens, closes in sessions(min(bars), max(bars)):
        lines.append(f"session,{date},{opens},{closes}")
        lines += bars.pop(date, [])
    if bars:
        msg = f"prices on days {CALENDAR} was closed: {', '.join(sorted(bars))}"
        raise ValueError(msg)
    return "\n".join(lines) + "\n"


def packed(text: str) -> bytes:
    """Return a text as gzip, without a time stamp or a file name: the same text gives the same bytes."""
    unnamed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=unnamed, compresslevel=9, mtime=0) as file:
        file.write(text.encode("ascii"))
    return unnamed.getvalue()


def main() -> None:
    """Write the tape beside this script."""
    tape = packed(tape_text())
    SHIPPED.write_bytes(tape)
    print(f"wrote {SHIPPED}: {len(tape):,} bytes")


if __name__ == "__main__":
    main()
