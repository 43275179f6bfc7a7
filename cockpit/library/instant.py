"""Engine time as Python says it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from oms.domain.units import SECOND, Nanos

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(ts: Nanos) -> datetime:
    """Return an instant in UTC, to the microsecond below."""
    return _EPOCH + timedelta(microseconds=ts // 1_000)


def to_nanos(when: datetime) -> Nanos:
    """Return a datetime, which has a zone, in nanoseconds of UTC."""
    span = when - _EPOCH
    return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds * 1_000
