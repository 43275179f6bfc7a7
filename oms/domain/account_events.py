"""What an account holds and is worth, as far as no fill says it: what a venue's books correct, and the values that a
restart must find as they were. What holds for events holds for these: see `oms.domain.events`, whose `Event` includes
them.
"""

from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from oms.domain.ids import AccountId, BrokerId, ExecId, InstrumentId
from oms.domain.units import Money, Nanos, Price, Quantity


class MarkRecorded(Struct, frozen=True, kw_only=True, gc=False):
    """The mark of an instrument we hold, kept so that a restart values it as before."""

    instrument_id: InstrumentId
    px: Price
    ts_mark: Nanos


class DayOpened(Struct, frozen=True, kw_only=True, gc=False):
    """A new UTC day began with this equity; the daily loss is measured from it."""

    day: str
    equity: Decimal


class PeakEquityRaised(Struct, frozen=True, kw_only=True, gc=False):
    """Equity reached a new high; the drawdown is measured from it."""

    equity: Decimal


class BalanceReported(Struct, frozen=True, kw_only=True, gc=False):
    """The venue's cash differs from ours, or was never known: from now on it is this."""

    broker: BrokerId
    account: AccountId
    cash: Money


class PositionAdjusted(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Reconciliation found the venue's net to differ by `quantity`; it is booked on nobody's strategy at the mark.
    Without a mark `px` is None, and what the position has cost is not known.

    `ts_books` is when the venue's books were so, by its own clock. With `exec_id` it is the other way round: this
    execution was told after all and is taken out of what had been booked for it."""

    broker: BrokerId
    account: AccountId
    instrument_id: InstrumentId
    quantity: Quantity
    px: Price | None
    ts_books: Nanos = 0
    exec_id: ExecId | None = None


AccountEvent: TypeAlias = MarkRecorded | DayOpened | PeakEquityRaised | BalanceReported | PositionAdjusted
