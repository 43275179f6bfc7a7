"""Plain JSON: how what we know is written for programs.

Numbers of money and quantity are texts, so that no reader turns them into floats; instants are ISO 8601 in UTC; what
is absent is null.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from oms.domain.units import SECOND, Money, Nanos

Json: TypeAlias = Any  # what json.dumps takes: its shape is the verb's
Arguments: TypeAlias = Mapping[str, Any]  # as they came over the socket: nothing about them is certain

COMPUTED_PLACES: Final = 8  # decimals of what was divided; what was counted keeps all of its own


def number(value: Decimal | None) -> str | None:
    """Return a number as text, without an exponent; one that was divided is rounded to eight decimals."""
    if value is None:
        return None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -COMPUTED_PLACES:
        value = round(value, COMPUTED_PLACES).normalize()
    return f"{value or abs(value):f}"


def instant(ts: Nanos) -> str | None:
    """Return `2010-07-14T14:00:00Z`, with nanoseconds where there are any; None for an instant that never was."""
    if not ts:
        return None
    seconds, nanos = divmod(ts, SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}" + (f".{nanos:09d}Z" if nanos else "Z")


def purse(fees: tuple[Money, ...]) -> dict[str, str | None]:
    """Return amounts by currency."""
    return {money.currency: number(money.amount) for money in fees}
