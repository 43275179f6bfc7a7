"""What each event does to an order besides moving it to the status that the table of `oms.lifecycle` says.

There is a step for every kind of event, a function of the order, the event, that status and the instant; what it
returns is made once. Where the table says that an order works it may be more than that (`_resting`): the venue may owe
an answer to a change, and some of it may have traded.

A change of an order is asked for, and until the venue has answered the order may be the old or the new one: both are
reserved for, and it is filled only when the larger of the two is.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from oms.domain import order_events as oev
from oms.domain.order import ALARMS, Order, OrderFlag, OrderStatus
from oms.domain.units import Nanos, add_money

S = OrderStatus
Step: TypeAlias = Callable[[Order, Any, OrderStatus, Nanos], Order]

_UNFILLED: Final = frozenset({S.ACCEPTED, S.TRIGGERED})  # they say that nothing was filled
# after a fill that leaves some: where the order was decides where it is
_KEEPS_STATUS: Final = frozenset({S.PENDING_CANCEL, S.PENDING_REPLACE, S.CANCELED, S.EXPIRED})
_FILLED, _PARTIALLY_FILLED = S.FILLED, S.PARTIALLY_FILLED  # a name of the module is found sooner than an enum's


def _submitted(order: Order, event: oev.OrderSubmitted, status: OrderStatus, ts: Nanos) -> Order:
    arrival_px, confirmed = event.decision.facts.mark_px, bool(event.confirmed)
    return replace(order, status=status, ts_event=ts, arrival_px=arrival_px, confirmed=confirmed)


def _accepted(order: Order, event: oev.OrderAccepted, status: OrderStatus, ts: Nanos) -> Order:
    status = _at_rest(order, status)
    return replace(
        order,
        status=status,
        ts_event=ts,
        acknowledged=True,
        venue_order_id=event.venue_order_id or order.venue_order_id,
        text=_text(order, event, status) if order.text else "",
        flags=_flags(order, event, status) if order.flags else (),
    )


def _filled(order: Order, event: oev.OrderFilled, status: OrderStatus, ts: Nanos) -> Order:
    fill = event.fill
    qty = fill.last_qty
    filled_qty = order.filled_qty + qty
    if filled_qty >= (order.ticket.quantity if order.replacing is None else order.most_qty):
        status = _FILLED
    elif status not in _KEEPS_STATUS:
        status = _PARTIALLY_FILLED
    return replace(
        order,
        status=status,
        filled_qty=filled_qty,
        filled_value=order.filled_value + qty * fill.last_px,
        fees=add_money(order.fees, fill.fee),
        ts_event=ts,
        text=_text(order, event, status) if order.text else "",
        flags=_flags(order, event, status) if order.flags else (),
    )


def _moved(order: Order, event: oev.OrderEvent, status: OrderStatus, ts: Nanos, **changes: object) -> Order:
    """Return the order in its next status, and with what else has changed of it."""
    status = _at_rest(order, status)
    text, flags = _text(order, event, status), _flags(order, event, status)
    return replace(order, status=status, ts_event=ts, text=text, flags=flags, **changes)


def _flagged(order: Order, event: oev.OrderFlagged, status: OrderStatus, ts: Nanos) -> Order:
    replaced = ALARMS if event.flag in ALARMS else {event.flag}
    flags = tuple(flag for flag in order.flags if flag not in replaced)
    if not event.over:
        flags = order.flags if event.flag in order.flags else (*flags, event.flag)
    return replace(_moved(order, event, status, ts), flags=flags)


def _canceling(order: Order, event: oev.OrderPendingCancel, status: OrderStatus, ts: Nanos) -> Order:
    """Return the order in that status, whatever else it was; a stop asks this of all orders at once."""
    return replace(
        order,
        status=status,
        ts_event=ts,
        unwanted=True,
        moot=order.moot or event.moot,
        text=event.text or _text(order, event, status),
        flags=_flags(order, event, status) if order.flags else (),
    )


def _not_canceled(order: Order, event: oev.OrderCancelRejected, status: OrderStatus, ts: Nanos) -> Order:
    return _moved(order, event, status, ts, unwanted=False, moot=False)


def _canceled(order: Order, event: oev.OrderCanceled, status: OrderStatus, ts: Nanos) -> Order:
    return _moved(order, event, status, ts, withheld=order.withheld or event.withheld)


def _redrawn(order: Order, event: oev.OrderEvent, status: OrderStatus, ts: Nanos, **changes: object) -> Order:
    """Return the order with a change of what it is or is to be: it may be full now, also while a cancel is on its
    way."""
    text, flags = _text(order, event, status), _flags(order, event, status)
    order = replace(order, ts_event=ts, text=text, flags=flags, **changes)
    is_full = bool(order.filled_qty) and order.filled_qty >= order.most_qty
    return replace(order, status=_resting(order) if is_full else _at_rest(order, status))


def _triggered(order: Order, event: oev.OrderTriggered, status: OrderStatus, ts: Nanos) -> Order:
    return _redrawn(order, event, status, ts, triggered=True)


def _changing(order: Order, event: oev.OrderPendingReplace, status: OrderStatus, ts: Nanos) -> Order:
    again = event.ticket == order.replacing
    return _redrawn(order, event, status, ts, replacing=event.ticket, replaces=order.replaces + (not again))


def _changed(order: Order, event: oev.OrderReplaced | oev.OrderReleased, status: OrderStatus, ts: Nanos) -> Order:
    return _redrawn(order, event, status, ts, ticket=event.ticket, replacing=None)


def _not_changed(order: Order, event: oev.OrderReplaceRejected, status: OrderStatus, ts: Nanos) -> Order:
    return _redrawn(order, event, status, ts, replacing=None)


STEPS: Final[Mapping[type, Step]] = {
    **dict.fromkeys(oev.ORDER_EVENTS, _moved),
    oev.OrderSubmitted: _submitted,
    oev.OrderAccepted: _accepted,
    oev.OrderFilled: _filled,
    oev.OrderFlagged: _flagged,
    oev.OrderPendingCancel: _canceling,
    oev.OrderCancelRejected: _not_canceled,
    oev.OrderCanceled: _canceled,
    oev.OrderTriggered: _triggered,
    oev.OrderPendingReplace: _changing,
    oev.OrderReplaced: _changed,
    oev.OrderReleased: _changed,
    oev.OrderReplaceRejected: _not_changed,
}


def _at_rest(order: Order, status: OrderStatus) -> OrderStatus:
    """Return the status that an order comes to, given the one that the table says."""
    if order.filled_qty or order.triggered or order.replacing is not None:
        return _resting(order) if status in _UNFILLED else status
    return status


def _resting(order: Order) -> OrderStatus:
    """Return what an order is that works: what the venue owes an answer to comes first, then what it has filled."""
    if order.replacing is not None:
        return S.PENDING_REPLACE
    if order.filled_qty:
        return _PARTIALLY_FILLED if order.filled_qty < order.ticket.quantity else _FILLED
    return S.TRIGGERED if order.triggered else S.ACCEPTED


def _text(order: Order, event: oev.OrderEvent, status: OrderStatus) -> str:
    """Return what an event says, or else what is still true of an order's text: nothing, once a silence is over."""
    said: str = getattr(event, "text", "")
    if order.status is S.HELD and isinstance(event, oev.OrderReplaceDenied):
        return order.text  # what it is held for is still true
    if said:
        return said
    if isinstance(event, oev.OrderReleased):
        return ""  # what it was held for is over
    was_silent = order.status is S.UNKNOWN or OrderFlag.OVERDUE in order.flags
    return "" if was_silent and status is not order.status else order.text


def _flags(order: Order, event: oev.OrderEvent, status: OrderStatus) -> tuple[OrderFlag, ...]:
    """Return the flags after an event: what is asked is overdue until there is an answer, or it is asked again."""
    if status is order.status and not isinstance(event, oev.OrderPendingCancel | oev.OrderPendingReplace):
        return order.flags
    return tuple(flag for flag in order.flags if flag is not OrderFlag.OVERDUE)
