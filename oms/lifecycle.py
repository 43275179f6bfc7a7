"""The life of an order: one table of moves.

`TRANSITIONS` is total: for every status and every order event it either names the next status or does not contain
the pair, and then `advance` raises and nothing changes. In a run it never does: `oms.interpret` stands before it and
turns what venues say into events that the table allows. A fill is the exception that is believed even against our own
books, past the end of an order and past its quantity: it is money.

Some results depend on the order and not only on the pair: a fill completes the order or leaves some of it (`BY_FILL`),
and where the table says ACCEPTED the order may be more than that (`_resting`).

A change of an order is asked for, and until the venue has answered the order may be the old or the new one: both are
reserved for, and it is filled only when the larger of the two is.
"""

from enum import Enum, auto
from types import MappingProxyType
from typing import Final, TypeAlias

from msgspec.structs import replace

from oms.domain import order_events as oev
from oms.domain.order import Order, OrderFlag, OrderStatus
from oms.domain.units import add_money

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

_UNFILLED: Final = frozenset({S.ACCEPTED, S.TRIGGERED})  # they say that nothing was filled
# the events that move what an order is to be, or is because of its stop price
_CHANGES: Final = frozenset(
    {oev.OrderTriggered, oev.OrderPendingReplace, oev.OrderReplaced, oev.OrderReplaceRejected, oev.OrderReleased}
)
ASKED: Final = frozenset({S.PENDING_CANCEL, S.PENDING_REPLACE})  # something was asked of an order that works
_WISHES: Final = frozenset({oev.OrderPendingCancel, oev.OrderCancelRejected})
_WITH_TEXT: Final = frozenset(kind for kind in oev.ORDER_EVENTS if "text" in kind.__struct_fields__)
# after a fill that leaves some: where the order was decides where it is
_KEEPS_STATUS: Final = frozenset({S.PENDING_CANCEL, S.PENDING_REPLACE, S.CANCELED, S.EXPIRED})


class IllegalTransition(Exception):
    """The table has no such move."""


def allowed(status: OrderStatus, kind: type) -> bool:
    """Tell whether an event of this kind may meet an order in this status."""
    return kind in TRANSITIONS[status]


def advance(order: Order, event: oev.OrderEvent, ts: int) -> Order:
    """Return the order after one event.

    Raises:
        IllegalTransition: the table does not have the pair; the order is as it was.
    """
    to = TRANSITIONS[order.status].get(type(event))
    if to is None:
        msg = f"{order.client_order_id}: {type(event).__name__} cannot follow {order.status}"
        raise IllegalTransition(msg)
    if type(event) is oev.OrderFilled:  # which the table answers with BY_FILL, and nothing else with that
        return _filled(order, event, ts)
    status: OrderStatus = order.status if to is STAY else to  # type: ignore[assignment]
    if type(event) in _CHANGES:
        return _changed(order, event, status, ts)
    if status in _UNFILLED and (order.filled_qty or order.triggered or order.replacing is not None):
        status = _resting(order)
    if type(event) is oev.OrderAccepted:  # the second commonest, after the fill
        return replace(
            order,
            status=status,
            ts_event=ts,
            acknowledged=True,
            venue_order_id=event.venue_order_id or order.venue_order_id,
            text=_text(order, status) if order.text else "",
            flags=_flags(order, event, status) if order.flags else (),
        )
    if type(event) is oev.OrderSubmitted:
        arrival_px, confirmed = event.decision.facts.mark_px, bool(event.confirmed)
        return replace(order, status=status, ts_event=ts, arrival_px=arrival_px, confirmed=confirmed)
    if type(event) in _WISHES:
        order = replace(order, unwanted=type(event) is oev.OrderPendingCancel)
    text, flags = _text(order, status), order.flags
    if type(event) in _WITH_TEXT:
        text = event.text or text  # type: ignore[union-attr]
    if flags or type(event) is oev.OrderFlagged:
        flags = _flags(order, event, status)
    return replace(order, status=status, ts_event=ts, text=text, flags=flags)


def _resting(order: Order) -> OrderStatus:
    """Return what an order is that works: what the venue owes an answer to comes first, then what it has filled."""
    if order.replacing is not None:
        return S.PENDING_REPLACE
    if order.filled_qty:
        return S.PARTIALLY_FILLED if order.filled_qty < order.ticket.quantity else S.FILLED
    return S.TRIGGERED if order.triggered else S.ACCEPTED


def _changed(order: Order, event: oev.OrderEvent, status: OrderStatus, ts: int) -> Order:
    """Return the order after a step of a change, or after its stop price was reached."""
    text = getattr(event, "text", "") or _text(order, status)
    if type(event) is oev.OrderTriggered:
        order = replace(order, triggered=True)
    elif type(event) is oev.OrderPendingReplace:
        again = event.ticket == order.replacing
        order = replace(order, replacing=event.ticket, replaces=order.replaces + (not again))
    elif type(event) is oev.OrderReplaced or type(event) is oev.OrderReleased:
        order = replace(order, ticket=event.ticket, replacing=None)
    else:
        order = replace(order, replacing=None)
    flags = _flags(order, event, status) if order.flags else ()
    is_full = bool(order.filled_qty) and order.filled_qty >= order.most_qty  # also while a cancel is on its way
    if status in _UNFILLED or is_full:
        status = _resting(order)
    return replace(order, status=status, ts_event=ts, text=text, flags=flags)


def _text(order: Order, status: OrderStatus) -> str:
    """Return what is still true of an order's text when it comes to a status: nothing, once a silence is over."""
    was_silent = order.status is S.UNKNOWN or OrderFlag.OVERDUE in order.flags
    return "" if was_silent and status is not order.status else order.text


def _flags(order: Order, event: oev.OrderEvent, status: OrderStatus) -> tuple[OrderFlag, ...]:
    """Return the flags after an event: what is asked is overdue until there is an answer, or it is asked again."""
    if isinstance(event, oev.OrderFlagged):
        return order.flags if event.flag in order.flags else (*order.flags, event.flag)
    if status is order.status and not isinstance(event, oev.OrderPendingCancel | oev.OrderPendingReplace):
        return order.flags
    return tuple(flag for flag in order.flags if flag is not OrderFlag.OVERDUE)


def _filled(order: Order, event: oev.OrderFilled, ts: int) -> Order:
    fill = event.fill
    filled = order.filled_qty + fill.last_qty
    if filled >= (order.ticket.quantity if order.replacing is None else order.most_qty):
        status = S.FILLED
    elif order.status in _KEEPS_STATUS:
        status = order.status
    else:
        status = S.PARTIALLY_FILLED
    return replace(
        order,
        status=status,
        filled_qty=filled,
        filled_value=order.filled_value + fill.last_qty * fill.last_px,
        fees=add_money(order.fees, fill.fee),
        ts_event=ts,
        text=_text(order, status) if order.text else "",
        flags=_flags(order, event, status) if order.flags else (),
    )
