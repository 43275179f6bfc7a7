"""Until when an order works, as it is typed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.ticket.errors import TicketError
from cockpit.ticket.until import from_until, to_until
from oms.domain.calendar import TradingHours
from oms.domain.units import DAY, MINUTE, SECOND, Nanos


def at(text: str) -> Nanos:
    since = datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(seconds=1) * SECOND


NOW = at("2010-03-04 15:00")
DAYS = ("2010-03-04", "2010-03-05", "2010-03-08")  # a Thursday, a Friday and a Monday
HOURS = TradingHours(
    calendar="XNYS",
    opens=tuple(at(f"{day} 14:30") for day in DAYS),
    closes=tuple(at(f"{day} 21:00") for day in DAYS),
)
ALWAYS = TradingHours.always("24/7")


@pytest.mark.parametrize(
    ("typed", "until", "note"),
    [
        ("2010-03-05", "2010-03-05 21:00", "to 21:00:00Z"),
        (" 2010-03-04 ", "2010-03-04 21:00", "to 21:00:00Z"),
        ("2010-03-05 15:30", "2010-03-05 15:30", ""),
        ("2010-03-05T15:30Z", "2010-03-05 15:30", ""),
        ("2010-03-05 20:59:59", "2010-03-05 20:59:59", ""),
        ("2010-03-08 21:00", "2010-03-08 21:00", ""),
        ("20:00", "2010-03-04 20:00", "= 2010-03-04 20:00Z"),
        ("30m", "2010-03-04 15:30", "= 2010-03-04 15:30Z"),
        ("4h", "2010-03-04 19:00", "= 2010-03-04 19:00Z"),
        ("2d", "2010-03-06 15:00", "= 2010-03-06 15:00Z"),
    ],
)
def test_a_date_a_time_both_or_how_long(typed: str, until: str, note: str) -> None:
    assert to_until(typed, NOW, HOURS) == (at(until), note)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "when? 2010-03-04, 2010-03-04 20:00Z, 20:00Z or 4h"),
        ("soon", "when? 2010-03-04, 2010-03-04 20:00Z, 20:00Z or 4h"),
        ("Z", "when? 2010-03-04, 2010-03-04 20:00Z, 20:00Z or 4h"),
        ("0m", "when? 2010-03-04, 2010-03-04 20:00Z, 20:00Z or 4h"),
        ("99999999d", "99999999d is too far: at most 9999d"),
        ("10000d", "10000d is too far: at most 9999d"),
        ("9999999999999999h", "9999999999999999h is too far: at most 9999d"),
        ("2010-02-30", "2010-02-30 is no date"),
        ("2010-03-05 25:00", "25:00 is no time of day"),
        ("2010-03-06", "2010-03-06 has no session, the next is 2010-03-08"),
        ("2010-03-07 15:30", "2010-03-07 has no session, the next is 2010-03-08"),
        ("2010-03-09", "no session is known from 2010-03-09 on"),
        ("2010-03-05 21:01", "the session of 2010-03-05 lasts from 14:30:00Z to 21:00:00Z"),
        ("2010-03-05 9:30", "the session of 2010-03-05 lasts from 14:30:00Z to 21:00:00Z"),
        ("2010-02-28", "2010-02-28 is over, it is 2010-03-04 15:00Z"),  # a Sunday
        ("2001-01-01", "2001-01-01 is over, it is 2010-03-04 15:00Z"),
        ("2010-03-03 15:30", "2010-03-03 15:30Z is over, it is 2010-03-04 15:00Z"),
        ("15:00", "2010-03-04 15:00Z is over, it is 2010-03-04 15:00Z"),
    ],
)
def test_what_is_no_instant_to_end_at_is_said_in_one_line(typed: str, said: str) -> None:
    with pytest.raises(TicketError) as caught:
        to_until(typed, NOW, HOURS)

    assert str(caught.value) == said


def test_where_nothing_closes_a_date_lasts_to_its_end() -> None:
    assert to_until("2010-03-06", NOW, ALWAYS) == (at("2010-03-07 00:00"), "to 2010-03-07 00:00Z")
    assert to_until("2010-03-06 03:00", NOW, ALWAYS).ts == at("2010-03-06 03:00")


def test_without_hours_a_date_needs_its_time() -> None:
    with pytest.raises(TicketError, match="when its market closes is not known: say the time too"):
        to_until("2010-03-05", NOW, None)

    assert to_until("2010-03-05 03:00", NOW, None).ts == at("2010-03-05 03:00")


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0, max_value=4 * 24 * 60 - 1))
def test_an_instant_that_is_named_is_taken_where_the_market_is_open_and_nowhere_else(minutes: int) -> None:
    ts = at("2010-03-05 00:00") + minutes * MINUTE
    typed = f"{datetime.fromtimestamp(ts // SECOND, UTC):%Y-%m-%d %H:%M}"
    try:
        until = to_until(typed, NOW, HOURS).ts
    except TicketError:
        assert not HOURS.is_open(ts)
    else:
        assert HOURS.is_open(ts)
        assert until == ts


@pytest.mark.parametrize(
    ("until", "typed"),
    [
        ("2010-03-05 15:30", "2010-03-05 15:30Z"),
        ("2010-03-05 15:30:07", "2010-03-05 15:30:07Z"),
        ("2010-03-08 21:00", "2010-03-08 21:00Z"),
        ("2010-03-06 15:00", "2010-03-05 21:00Z"),  # in a weekend, so with the session before it
        ("2011-03-06 15:00", "2010-03-08 21:00Z"),  # beyond the sessions that are known
        ("2010-03-03 15:30", "2010-03-03 15:30Z"),
    ],
)
def test_an_instant_is_typed_as_date_and_time_and_one_between_sessions_as_the_close_before_it(
    until: str, typed: str
) -> None:
    assert from_until(at(until), HOURS) == typed
    assert from_until(at(until), ALWAYS) == from_until(at(until), None) == f"{until}Z"


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=NOW // SECOND + 1, max_value=at("2010-03-08 21:00") // SECOND))
def test_what_an_instant_is_typed_as_is_that_instant_where_the_market_is_open(second: int) -> None:
    ts = second * SECOND
    until = to_until(from_until(ts, HOURS), NOW, HOURS)

    assert until == (ts, "") if HOURS.is_open(ts) else until.ts < ts


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789-:TZ mhd", max_size=24))
def test_whatever_is_typed_ends_later_than_now_or_is_refused_in_one_line(typed: str) -> None:
    said = ""
    try:
        until = to_until(typed, NOW, HOURS)
    except TicketError as error:
        said = str(error)
    else:
        assert until.ts > NOW

    assert len(said.splitlines()) <= 1


def test_a_date_that_is_too_far_is_said_to_be() -> None:
    with pytest.raises(TicketError, match="9999-12-31 20:00Z is too far: at most 9999d"):
        to_until("9999-12-31 20:00Z", NOW, ALWAYS)

    assert to_until("9999d", NOW, HOURS).ts == NOW + 9_999 * DAY
