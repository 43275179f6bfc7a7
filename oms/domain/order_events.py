"""The life of an order as what happened to it: every event that names one, from the ticket we took on to its end.

Each bears `client_order_id`, which is how the blotter, the life cycle and the chains find whom it concerns without
asking for its kind. What holds for events holds for these: see `oms.domain.events`, whose `Event` includes them.
"""

from typing import Final, TypeAlias, get_args

from msgspec import Struct

from oms.domain.fill import Fill
from oms.domain.ids import ClientOrderId, VenueOrderId
from oms.domain.order import OrderFlag, OrderTicket
from oms.domain.risk import RiskDecision, Sizing
from oms.domain.units import Nanos


class OrderInitialized(Struct, frozen=True, kw_only=True, gc=False):
    """We took on a ticket; `sizing` says how its quantity came about when a sizer made it."""

    client_order_id: ClientOrderId
    ticket: OrderTicket
    sizing: Sizing | None = None


class OrderValidated(Struct, frozen=True, kw_only=True, gc=False):
    """Every rule passed and a person must confirm."""

    client_order_id: ClientOrderId
    decision: RiskDecision


class OrderDenied(Struct, frozen=True, kw_only=True, gc=False):
    """Our own risk said no. Nothing was sent."""

    client_order_id: ClientOrderId
    decision: RiskDecision
    text: str


class OrderHeld(Struct, frozen=True, kw_only=True, gc=False):
    """It waits here for a parent or a trigger."""

    client_order_id: ClientOrderId
    text: str


class OrderReleased(Struct, frozen=True, kw_only=True, gc=False):
    """What it waited for has come; it goes to the gate as this ticket."""

    client_order_id: ClientOrderId
    ticket: OrderTicket


class OrderSubmitted(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The approval record: the decision and the hash of exactly the ticket that may leave. Durable before it does.

    `confirmed` names who typed the word for a flatten, which leaves although trading is stopped; nothing else has it.
    `ts_agreed` is when a person agreed to the ticket; None where nobody was asked, and then it is as old as its record.
    """

    client_order_id: ClientOrderId
    decision: RiskDecision
    ticket_hash: str
    confirmed: str = ""
    ts_agreed: Nanos | None = None


class OrderOutcomeUnknown(Struct, frozen=True, kw_only=True, gc=False):
    """A deadline passed or the answer made no sense: it may be at the venue."""

    client_order_id: ClientOrderId
    text: str


class OrderQueried(Struct, frozen=True, kw_only=True, gc=False):
    """We ask the venue what became of it. Not durable: after a restart every open order is asked for anyway."""

    client_order_id: ClientOrderId


class OrderUnseen(Struct, frozen=True, kw_only=True, gc=False):
    """The venue answered that it does not know it, which is not certain yet. Not durable: a restart counts anew."""

    client_order_id: ClientOrderId


class OrderSeen(Struct, frozen=True, kw_only=True, gc=False):
    """The venue answered, and it has it. Not durable: what it said of it is an event of its own where it is news."""

    client_order_id: ClientOrderId


class OrderAccepted(Struct, frozen=True, kw_only=True, gc=False):
    """The venue has it."""

    client_order_id: ClientOrderId
    venue_order_id: VenueOrderId | None = None


class OrderRejected(Struct, frozen=True, kw_only=True, gc=False):
    """The venue said no."""

    client_order_id: ClientOrderId
    text: str


class OrderTriggered(Struct, frozen=True, kw_only=True, gc=False):
    """Its stop price was reached at the venue."""

    client_order_id: ClientOrderId


class OrderPendingReplace(Struct, frozen=True, kw_only=True, gc=False):
    """We asked the venue to change it into this ticket. `decision` is the approval of the difference that makes; None
    where the same is asked again."""

    client_order_id: ClientOrderId
    ticket: OrderTicket
    actor: str
    decision: RiskDecision | None = None
    text: str = ""


class OrderReplaced(Struct, frozen=True, kw_only=True, gc=False):
    """The venue changed it."""

    client_order_id: ClientOrderId
    ticket: OrderTicket


class OrderReplaceDenied(Struct, frozen=True, kw_only=True, gc=False):
    """Our own risk refuses to change it into this ticket. Nothing was sent; it works on as it was."""

    client_order_id: ClientOrderId
    ticket: OrderTicket
    decision: RiskDecision
    text: str


class OrderReplaceRejected(Struct, frozen=True, kw_only=True, gc=False):
    """The venue refuses to change it; it works on as it was."""

    client_order_id: ClientOrderId
    text: str


class OrderPendingCancel(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """We asked the venue to cancel it. `aside`: it makes way for a flatten, and comes back if that comes to nothing.
    `moot`: nothing is left of its position for it to give back.
    """

    client_order_id: ClientOrderId
    actor: str
    text: str = ""
    aside: bool = False
    moot: bool = False


class OrderCancelRejected(Struct, frozen=True, kw_only=True, gc=False):
    """The venue refuses to cancel it; it works on."""

    client_order_id: ClientOrderId
    text: str


class OrderFilled(Struct, frozen=True, kw_only=True, gc=False):
    """One execution; the order is FILLED when nothing is left of it."""

    client_order_id: ClientOrderId
    fill: Fill


class OrderCanceled(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It no longer works at the venue. `withheld`: it never left, because we kept it back; no venue can say that.
    `aside`: as with `OrderPendingCancel`, of one that was held here.
    """

    client_order_id: ClientOrderId
    text: str = ""
    withheld: bool = False
    aside: bool = False


class OrderExpired(Struct, frozen=True, kw_only=True, gc=False):
    """Its time in force is over."""

    client_order_id: ClientOrderId


class OrderUnfound(Struct, frozen=True, kw_only=True, gc=False):
    """The venue does not know it, for certain: it never arrived. Its risk is released."""

    client_order_id: ClientOrderId
    text: str


class OrderFlagged(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Something about it is odd, and a person should know: the alarm, by its name, and the numbers in words. `over`:
    it is so no longer."""

    client_order_id: ClientOrderId
    flag: OrderFlag
    text: str
    over: bool = False


class OrderAdopted(Struct, frozen=True, kw_only=True, gc=False):
    """The venue traded an order in our account that is not ours. `ticket` is what can be known of it from that."""

    client_order_id: ClientOrderId
    ticket: OrderTicket


OrderEvent: TypeAlias = (
    OrderInitialized
    | OrderValidated
    | OrderDenied
    | OrderHeld
    | OrderReleased
    | OrderSubmitted
    | OrderOutcomeUnknown
    | OrderAccepted
    | OrderRejected
    | OrderTriggered
    | OrderPendingReplace
    | OrderReplaced
    | OrderReplaceRejected
    | OrderReplaceDenied
    | OrderPendingCancel
    | OrderCancelRejected
    | OrderFilled
    | OrderCanceled
    | OrderExpired
    | OrderUnfound
    | OrderFlagged
    | OrderAdopted
)

ORDER_EVENTS: Final[tuple[type[Struct], ...]] = get_args(OrderEvent)
ORDER_KINDS: Final = frozenset(ORDER_EVENTS)  # asked for every record, so a set and not a row of isinstance
