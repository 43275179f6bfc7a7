"""Engine time as Python says it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from oms.domain.units import Nanos

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(ts: Nanos) -> datetime:
    """Return an instant in UTC, to the microsecond below."""
    return _EPOCH + timedelta(microseconds=ts // 1_000)
