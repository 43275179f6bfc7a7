"""The life of an order: one table of moves.

`TRANSITIONS` is total: for every status and every order event it either names the next status or does not contain
the pair, and then `advance` raises and nothing changes. In a run it never does: `oms.interpret` stands before it and
turns what venues say into events that the table allows. A fill is the exception that is believed even against our own
books, past the end of an order and past its quantity: it is money.

Some results depend on the order and not only on the pair: a fill completes the order or leaves some of it (`BY_FILL`),
and where the table says ACCEPTED the order may be more than that. What an event does to an order besides is its step:
see `oms.steps`.
"""

from enum import Enum, auto
from types import MappingProxyType
from typing import Final, TypeAlias

from oms.domain import order_events as oev
from oms.domain.order import Order, OrderStatus
from oms.domain.units import Nanos
from oms.steps import STEPS

S = OrderStatus


class Outcome(Enum):
    """A next status that the order itself decides."""

    BY_FILL = auto()
    STAY = auto()


Next: TypeAlias = OrderStatus | Outcome
BY_FILL, STAY = Outcome.BY_FILL, Outcome.STAY

# what may happen to anything the venue may have, whether or not it has said so
_AT_VENUE: Final[dict[type, Next]] = {
    oev.OrderFilled: BY_FILL,
    oev.OrderCanceled: S.CANCELED,
    oev.OrderExpired: S.EXPIRED,
    oev.OrderRejected: S.REJECTED,  # some venues accept first and reject after
    oev.OrderTriggered: S.TRIGGERED,
    oev.OrderOutcomeUnknown: S.UNKNOWN,
    oev.OrderUnfound: S.NOT_FOUND,
    oev.OrderPendingCancel: S.PENDING_CANCEL,
    oev.OrderFlagged: STAY,
}
_WORKING: Final[dict[type, Next]] = {
    **_AT_VENUE,
    oev.OrderPendingReplace: S.PENDING_REPLACE,
    oev.OrderReplaceDenied: STAY,
}
_TRIGGERED: Final = {kind: to for kind, to in _WORKING.items() if kind is not oev.OrderTriggered}
_ENDED: Final[dict[type, Next]] = {oev.OrderFlagged: STAY}
_LATE_FILL: Final[dict[type, Next]] = {**_ENDED, oev.OrderFilled: BY_FILL}

TRANSITIONS: Final[MappingProxyType[OrderStatus, dict[type, Next]]] = MappingProxyType(
    {
        S.PENDING: {
            oev.OrderValidated: S.VALIDATED,
            oev.OrderHeld: S.HELD,
            oev.OrderDenied: S.DENIED,
            oev.OrderSubmitted: S.SUBMITTED,
        },
        S.VALIDATED: {oev.OrderSubmitted: S.SUBMITTED, oev.OrderDenied: S.DENIED, oev.OrderCanceled: S.CANCELED},
        S.HELD: {
            oev.OrderReleased: S.PENDING,
            oev.OrderCanceled: S.CANCELED,
            oev.OrderExpired: S.EXPIRED,
            oev.OrderHeld: STAY,  # it waits for something else now
            oev.OrderReplaced: STAY,  # changed here, where no venue has to be asked
            oev.OrderReplaceDenied: STAY,
        },
        S.DENIED: {},
        S.SUBMITTED: {**_AT_VENUE, oev.OrderAccepted: S.ACCEPTED},
        S.UNKNOWN: {**_AT_VENUE, oev.OrderAccepted: S.ACCEPTED},
        S.ACCEPTED: _WORKING,
        S.REJECTED: _ENDED,  # a fill after a rejection is quarantined: one of the two is not true
        S.TRIGGERED: _TRIGGERED,
        S.PENDING_REPLACE: {
            **_WORKING,
            oev.OrderReplaced: S.ACCEPTED,
            oev.OrderReplaceRejected: S.ACCEPTED,
            oev.OrderTriggered: STAY,
            oev.OrderPendingReplace: STAY,  # the same is asked again
        },
        S.PENDING_CANCEL: {
            **_AT_VENUE,
            oev.OrderAccepted: STAY,  # the acknowledgement was overtaken by our cancel
            oev.OrderTriggered: STAY,
            oev.OrderPendingCancel: STAY,  # asked again after a restart
            oev.OrderCancelRejected: S.ACCEPTED,
            oev.OrderReplaced: STAY,  # the answer to a change that the cancel followed
            oev.OrderReplaceRejected: STAY,
        },
        S.PARTIALLY_FILLED: {**_TRIGGERED, oev.OrderAccepted: STAY},  # the fill overtook the acknowledgement
        S.FILLED: _LATE_FILL,  # more than was ordered
        S.CANCELED: _LATE_FILL,
        S.EXPIRED: _LATE_FILL,
        S.NOT_FOUND: {  # a late appearance is adopted
            **_LATE_FILL,
            oev.OrderAccepted: S.ACCEPTED,
            oev.OrderTriggered: S.TRIGGERED,
            oev.OrderCanceled: S.CANCELED,
            oev.OrderExpired: S.EXPIRED,
            oev.OrderRejected: S.REJECTED,
        },
    }
)

ASKED: Final = frozenset({S.PENDING_CANCEL, S.PENDING_REPLACE})  # something was asked of an order that works


class IllegalTransition(Exception):
    """The table has no such move."""


def allowed(status: OrderStatus, kind: type) -> bool:
    """Tell whether an event of this kind may meet an order in this status."""
    return kind in TRANSITIONS[status]


def advance(order: Order, event: oev.OrderEvent, ts: Nanos) -> Order:
    """Return the order after one event.

    Raises:
        IllegalTransition: the table does not have the pair; the order is as it was.
    """
    kind = type(event)
    to = TRANSITIONS[order.status].get(kind)
    if to is None:
        msg = f"{order.client_order_id}: {kind.__name__} cannot follow {order.status}"
        raise IllegalTransition(msg)
    status = to if isinstance(to, OrderStatus) else order.status
    return STEPS[kind](order, event, status, ts)
