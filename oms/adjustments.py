"""What was booked to make our books equal to the venue's, and as of when its books were.

An adjustment stands for executions that we were not told of. When one of them is told after all, it must not count
beside it. Which one that is, the times say, and they are the venue's own on both sides: whatever traded until its books
were read is in them. An order that was taken on later cannot be among it, whatever a clock says.
"""

from collections import deque
from decimal import Decimal
from typing import Final, NamedTuple

from oms.domain.account_events import PositionAdjusted
from oms.domain.fill import Fill
from oms.domain.order import Order, OrderFlag
from oms.domain.units import ZERO, Nanos, Price
from oms.ledger import NetKey
from oms.slice import Appliers

KEPT: Final = 100  # of an instrument; each is an alarm, so more than a few are a venue that nobody should trade at


class Booked(NamedTuple):
    """One adjustment: the instant of the venue's books, when it was booked here, and at which price."""

    ts_books: Nanos
    ts: Nanos
    px: Price | None


class Adjustments:
    """The newest adjustments of every account's instrument, oldest first."""

    def __init__(self) -> None:
        self.by_net: dict[NetKey, deque[Booked]] = {}
        self._values: dict[NetKey, Decimal | None] = {}

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {PositionAdjusted: self._book}

    def value(self, key: NetKey) -> Decimal | None:
        """Return what was booked in all, signed quantities at their prices, or None where one had no price."""
        return self._values.get(key, ZERO)

    @property
    def durable(self) -> list[list[object]]:
        """All that is kept, for the digest."""
        return [[*key, list(booked), self._values[key]] for key, booked in self.by_net.items()]

    def covering(self, order: Order, fill: Fill) -> Booked | None:
        """Return the adjustment that has booked a fill of this order already, or None."""
        is_ours = OrderFlag.EXTERNAL not in order.flags  # when somebody else's was taken on nobody knows
        for booked in self.by_net.get(NetKey(fill.broker, fill.account, fill.instrument_id), ()):
            if fill.ts <= booked.ts_books and not (is_ours and order.ts_init >= booked.ts):
                return booked
        return None

    def _book(self, event: PositionAdjusted, ts: Nanos) -> None:
        """Keep an adjustment; what takes a fill out of one is none itself."""
        key = NetKey(event.broker, event.account, event.instrument_id)
        before = self.value(key)
        self._values[key] = None if before is None or event.px is None else before + event.quantity * event.px
        if event.exec_id is None:
            booked = self.by_net.setdefault(key, deque(maxlen=KEPT))
            booked.append(Booked(event.ts_books, ts, event.px))
