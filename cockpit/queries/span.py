"""Lengths of time and points in it, as they are typed: `90s`, `8h`, `1d`; `2010-07-14`, `2010-07-14T14:00Z`.

A length is at most a century: what is longer was not meant, and would not fit into a clock. As a point in time it needs
its unit, because a number alone could as well be a year.
"""

import re
from datetime import UTC, datetime
from typing import Final

from oms.domain.options import shown
from oms.domain.units import SECOND, Nanos

_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)?", re.ASCII)
LONGEST_DAYS: Final = 36_525  # a century
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def secs_in(text: str) -> float:
    """Return the seconds of a length of time: `90`, `90s`, `1.5h`, `1d`.

    Raises:
        ValueError: it is none, or longer than a century.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        msg = f"{shown(text)} is no duration: 90s, 15m, 8h, 1d"
        raise ValueError(msg)
    secs = float(found[1]) * _SECONDS[found[2] or "s"]
    if secs > LONGEST_DAYS * _SECONDS["d"]:
        msg = f"{shown(text)} is longer than a century"
        raise ValueError(msg)
    return secs


def since(text: str, now: Nanos) -> Nanos:
    """Return a date or an instant (UTC where it names no zone), or the instant so long before `now`.

    Raises:
        ValueError: it is neither.
    """
    span = _SPAN.fullmatch(text)
    if span is not None and span[2] is not None:
        return max(0, now - int(secs_in(text) * SECOND))
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        msg = f"{shown(text)} is neither a duration nor a date: 8h, 1d, 2010-07-14, 2010-07-14T14:00Z"
        raise ValueError(msg) from error
    return int((instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)).timestamp()) * SECOND
