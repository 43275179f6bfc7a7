"""Until when an order works, as a person types it: a date, a time, both, or how long.

    2010-03-05         to the close of that day's session
    2010-03-05 15:30   to that instant, which lies in a session
    15:30              to that instant of the day it is
    30m  4h  2d        for so long from now

Times are UTC, as everywhere on the screen. An instant that is named lies in a session, because an order that ends while
its market is closed ended with the session before it, and who typed it meant something else. How long is counted and
not named: it may end in a night.
"""

import re
from bisect import bisect_right
from datetime import date, time
from typing import Final, NamedTuple

from cockpit import format as fmt
from cockpit.ticket.errors import TicketError
from oms.domain.calendar import TradingHours
from oms.domain.units import DAY, MINUTE, SECOND, Nanos

_SPAN: Final = re.compile(r"(\d{1,24})([mhd])", re.ASCII)
_SPANS: Final = {"m": MINUTE, "h": 60 * MINUTE, "d": DAY}
_INSTANT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})?[ T]*(\d{1,2}:\d{2}(?::\d{2})?)?Z?", re.ASCII)
_MOST_DAYS: Final = 9_999
"""Ahead of now; what is meant to work longer is good until canceled."""
_EPOCH: Final = date(1970, 1, 1).toordinal()


class Until(NamedTuple):
    """An instant in UTC nanoseconds, and what of it was not typed: `to 21:00Z`, `= 2010-03-05 15:30Z`, or nothing."""

    ts: Nanos
    note: str


def to_until(text: str, now: Nanos, hours: TradingHours | None) -> Until:
    """Read until when; `hours` are the instrument's, None where they are not known.

    Raises:
        TicketError: it is no instant, is over, too far, or lies in no session; one line.
    """
    typed = text.strip()
    span = _SPAN.fullmatch(typed)
    if span is not None and int(span[1]):
        ts = now + int(span[1]) * _SPANS[span[2]]
        _demand_near(ts, now, typed)
        return Until(ts, f"= {fmt.minute(ts)}")
    found = _INSTANT.fullmatch(typed)
    if found is None or not (found[1] or found[2]):
        today = fmt.date(now)
        msg = f"when? {today}, {today} 20:00Z, 20:00Z or 4h"
        raise TicketError(msg)
    begins = _midnight(found[1]) if found[1] else now - now % DAY
    _demand_near(begins, now, typed)
    if found[2] is None:
        return _close_of(begins, now, hours)
    ts = begins + _of_day(found[2])
    _demand_future(ts, now)
    if hours is not None and not hours.is_open(ts):
        opens, closes = _session_of(begins, hours)
        msg = f"the session of {fmt.date(begins)} lasts from {fmt.clock(opens)} to {fmt.clock(closes)}"
        raise TicketError(msg)
    return Until(ts, "" if found[1] else f"= {fmt.minute(ts)}")


def from_until(until: Nanos, hours: TradingHours | None) -> str:
    """Return an instant as it may be typed, to the second: `2010-03-05 15:30Z`. One between two sessions is the close
    of the first, with which an order ends as well."""
    if hours is not None and not hours.is_open(until) and (ended := bisect_right(hours.opens, until)):
        until = hours.closes[ended - 1]
    return f"{fmt.date(until)} {fmt.clock(until)}" if until % MINUTE >= SECOND else fmt.minute(until)


def _close_of(begins: Nanos, now: Nanos, hours: TradingHours | None) -> Until:
    """Return the close of a day's session; the end of the day where nothing closes."""
    if hours is None:
        msg = "when its market closes is not known: say the time too"
        raise TicketError(msg)
    if begins + DAY <= now:  # whatever its market did on that day
        msg = f"{fmt.date(begins)} is over, it is {fmt.minute(now)}"
        raise TicketError(msg)
    _, closes = _session_of(begins, hours)
    ts = min(closes, begins + DAY)
    _demand_future(ts, now)
    return Until(ts, f"to {fmt.clock(ts)}" if ts == closes else f"to {fmt.minute(ts)}")


def _session_of(begins: Nanos, hours: TradingHours) -> tuple[Nanos, Nanos]:
    """Return open and close of the session that opens within a day, or that goes on through it.

    Raises:
        TicketError: there is none; it names the next.
    """
    opens = begins if hours.is_open(begins) else hours.next_open(begins)
    if opens is None:
        msg = f"no session is known from {fmt.date(begins)} on"
        raise TicketError(msg)
    if opens >= begins + DAY:
        msg = f"{fmt.date(begins)} has no session, the next is {fmt.date(opens)}"
        raise TicketError(msg)
    return opens, hours.closes[bisect_right(hours.opens, opens) - 1]


def _demand_future(ts: Nanos, now: Nanos) -> None:
    if ts <= now:
        msg = f"{fmt.minute(ts)} is over, it is {fmt.minute(now)}"
        raise TicketError(msg)


def _demand_near(ts: Nanos, now: Nanos, typed: str) -> None:
    if ts > now + _MOST_DAYS * DAY:
        msg = f"{typed} is too far: at most {_MOST_DAYS}d"
        raise TicketError(msg)


def _midnight(text: str) -> Nanos:
    try:
        return (date.fromisoformat(text).toordinal() - _EPOCH) * DAY
    except ValueError:
        msg = f"{text} is no date"
        raise TicketError(msg) from None


def _of_day(text: str) -> Nanos:
    try:
        at = time.fromisoformat(text if text.index(":") > 1 else f"0{text}")
    except ValueError:
        msg = f"{text} is no time of day"
        raise TicketError(msg) from None
    return (at.hour * 3_600 + at.minute * 60 + at.second) * SECOND
