"""Time as an input: an instant at which something was due."""

from msgspec import Struct

from oms.domain.units import Nanos


class DeadlineReached(Struct, frozen=True, kw_only=True, gc=False):
    """Engine time has come to `ts`, and whatever was due by then is to be decided."""

    ts: Nanos
