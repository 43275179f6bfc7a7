"""What a venue tells us about an order. An adapter translates into these and judges nothing: whether a report is
news, a repetition or nonsense is decided once, in `oms.interpret`."""

from enum import StrEnum
from typing import TypeAlias, final

from msgspec import Struct

from oms.domain.fill import LiquiditySide
from oms.domain.ids import ClientOrderId, ExecId, InstrumentId, VenueOrderId
from oms.domain.order import Side
from oms.domain.units import Money, Nanos, Price, Quantity


class ExecType(StrEnum):
    """What happened at the venue [150]."""

    NEW = "NEW"
    TRADE = "TRADE"
    CANCELED = "CANCELED"
    REPLACED = "REPLACED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    TRIGGERED = "TRIGGERED"


class Terms(Struct, frozen=True, kw_only=True, gc=False):
    """What a changed order is now: `number` counts the changes that we asked for, and is told with each of them, so
    that one which is told again is not taken for the answer to the next."""

    number: int
    quantity: Quantity
    limit_px: Price | None = None
    stop_px: Price | None = None


@final  # so that asking for its very type, which is quicker, tells the others apart as well
class ExecutionReport(Struct, frozen=True, kw_only=True, gc=False):
    """[35=8]. The `exec_id`, `last_*`, `fee` and `liquidity` fields are set for a TRADE only, `terms` for REPLACED."""

    exec_type: ExecType
    client_order_id: ClientOrderId
    instrument_id: InstrumentId
    side: Side
    ts: Nanos
    venue_order_id: VenueOrderId | None = None
    exec_id: ExecId | None = None
    last_qty: Quantity | None = None
    last_px: Price | None = None
    fee: Money | None = None
    liquidity: LiquiditySide | None = None
    text: str = ""
    terms: Terms | None = None


class CancelReject(Struct, frozen=True, kw_only=True, gc=False):
    """The venue refuses to cancel [35=9]."""

    client_order_id: ClientOrderId
    ts: Nanos
    text: str = ""


class ReplaceReject(Struct, frozen=True, kw_only=True, gc=False):
    """The venue refuses a change [35=9], the one of this `number`; the order works on as it was."""

    client_order_id: ClientOrderId
    number: int
    ts: Nanos
    text: str = ""


class NotFound(Struct, frozen=True, kw_only=True, gc=False):
    """The venue answers a query: it does not know this order."""

    client_order_id: ClientOrderId
    ts: Nanos


class Unclear(Struct, frozen=True, kw_only=True, gc=False):
    """An answer that proves nothing: garbage, a time-out, a fault after which the venue may have acted or not."""

    client_order_id: ClientOrderId
    text: str
    ts: Nanos


VenueReport: TypeAlias = ExecutionReport | CancelReject | ReplaceReject | NotFound | Unclear
