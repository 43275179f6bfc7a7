"""The life of an order: one table of moves, and one reading of what venues say.

`TRANSITIONS` is total: for every status and every order event it either names the next status or does not contain
the pair, and then `advance` raises and nothing changes. `interpret` stands before it and turns a venue's report into
events that the table allows; whatever a venue says twice, late, out of order or wrongly has a defined result there
(nothing, an event, or quarantine), so `advance` never meets an illegal pair in a run.

Two results depend on the order and not only on the pair: a fill completes the order or leaves some of it
(`BY_FILL`), and an order with fills that works on is PARTIALLY_FILLED where the table says ACCEPTED or TRIGGERED.
"""

from enum import Enum, auto
from types import MappingProxyType
from typing import Final, TypeAlias

from msgspec.structs import replace

from oms.domain import events as ev
from oms.domain.fill import Fill
from oms.domain.ids import AccountId, BrokerId
from oms.domain.order import LOCAL, Order, OrderStatus
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, VenueReport
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
    ev.OrderFilled: BY_FILL,
    ev.OrderCanceled: S.CANCELED,
    ev.OrderExpired: S.EXPIRED,
    ev.OrderRejected: S.REJECTED,  # some venues accept first and reject after
    ev.OrderTriggered: S.TRIGGERED,
    ev.OrderOutcomeUnknown: S.UNKNOWN,
    ev.OrderUnfound: S.NOT_FOUND,
    ev.OrderPendingCancel: S.PENDING_CANCEL,
}
_WORKING: Final[dict[type, Next]] = {**_AT_VENUE, ev.OrderPendingReplace: S.PENDING_REPLACE, ev.OrderReplaced: STAY}
_TRIGGERED: Final = {kind: to for kind, to in _WORKING.items() if kind is not ev.OrderTriggered}
_LATE_FILL: Final[dict[type, Next]] = {ev.OrderFilled: BY_FILL}

TRANSITIONS: Final[MappingProxyType[OrderStatus, dict[type, Next]]] = MappingProxyType(
    {
        S.PENDING: {
            ev.OrderValidated: S.VALIDATED,
            ev.OrderHeld: S.HELD,
            ev.OrderDenied: S.DENIED,
            ev.OrderSubmitted: S.SUBMITTED,
        },
        S.VALIDATED: {ev.OrderSubmitted: S.SUBMITTED, ev.OrderDenied: S.DENIED, ev.OrderCanceled: S.CANCELED},
        S.HELD: {ev.OrderReleased: S.PENDING, ev.OrderCanceled: S.CANCELED, ev.OrderExpired: S.EXPIRED},
        S.DENIED: {},
        S.SUBMITTED: {**_AT_VENUE, ev.OrderAccepted: S.ACCEPTED},
        S.UNKNOWN: {**_AT_VENUE, ev.OrderAccepted: S.ACCEPTED},
        S.ACCEPTED: _WORKING,
        S.REJECTED: {},  # a fill after a rejection is quarantined: one of the two is not true
        S.TRIGGERED: _TRIGGERED,
        S.PENDING_REPLACE: {
            **_WORKING,
            ev.OrderReplaced: S.ACCEPTED,
            ev.OrderReplaceRejected: S.ACCEPTED,
            ev.OrderTriggered: STAY,
        },
        S.PENDING_CANCEL: {
            **_AT_VENUE,
            ev.OrderAccepted: STAY,  # the acknowledgement was overtaken by our cancel
            ev.OrderTriggered: STAY,
            ev.OrderPendingCancel: STAY,  # asked again after a restart
            ev.OrderCancelRejected: S.ACCEPTED,
        },
        S.PARTIALLY_FILLED: {**_TRIGGERED, ev.OrderAccepted: STAY},  # the fill overtook the acknowledgement
        S.FILLED: {},
        S.CANCELED: _LATE_FILL,
        S.EXPIRED: _LATE_FILL,
        S.NOT_FOUND: {  # a late appearance is adopted
            **_LATE_FILL,
            ev.OrderAccepted: S.ACCEPTED,
            ev.OrderCanceled: S.CANCELED,
            ev.OrderExpired: S.EXPIRED,
            ev.OrderRejected: S.REJECTED,
        },
    }
)

_UNFILLED: Final = frozenset({S.ACCEPTED, S.TRIGGERED})  # they say that nothing was filled
# after a fill that leaves some: where the order was decides where it is
_KEEPS_STATUS: Final = frozenset({S.PENDING_CANCEL, S.PENDING_REPLACE, S.CANCELED, S.EXPIRED})


class IllegalTransition(Exception):
    """The table has no such move."""


def allowed(status: OrderStatus, kind: type) -> bool:
    """Tell whether an event of this kind may meet an order in this status."""
    return kind in TRANSITIONS[status]


def advance(order: Order, event: ev.OrderEvent, ts: int) -> Order:
    """Return the order after one event.

    Raises:
        IllegalTransition: the table does not have the pair; the order is as it was.
    """
    if isinstance(event, ev.OrderFilled):
        return _filled(order, event.fill, _next(order, event), ts)
    to = _next(order, event)
    status = order.status if to is STAY else to
    assert isinstance(status, OrderStatus)  # noqa: S101 - BY_FILL belongs to OrderFilled alone
    if order.filled_qty and status in _UNFILLED:
        status = S.PARTIALLY_FILLED
    changes: dict[str, object] = {"status": status, "ts_event": ts}
    if isinstance(event, ev.OrderAccepted) and event.venue_order_id is not None:
        changes["venue_order_id"] = event.venue_order_id
    elif isinstance(event, ev.OrderReplaced):
        changes["ticket"] = event.ticket
    text = getattr(event, "text", "")
    if text:
        changes["text"] = text
    return replace(order, **changes)


def _next(order: Order, event: ev.OrderEvent) -> Next:
    to = TRANSITIONS[order.status].get(type(event))
    if to is None:
        msg = f"{order.client_order_id}: {type(event).__name__} cannot follow {order.status}"
        raise IllegalTransition(msg)
    return to


def _filled(order: Order, fill: Fill, to: Next, ts: int) -> Order:
    assert to is BY_FILL  # noqa: S101 - the table's only answer to a fill
    filled = order.filled_qty + fill.last_qty
    if filled >= order.ticket.quantity:
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
    )


def interpret(order: Order | None, report: VenueReport, *, known: bool) -> ev.Event | None:
    """Return the event that a report amounts to, or None when it says nothing new.

    `known` tells whether this execution (by its exec id) was already counted.
    """
    if order is None:
        return _quarantine(report, "no such order of ours")
    if isinstance(report, NotFound):
        return _if_allowed(order, ev.OrderUnfound(client_order_id=order.client_order_id, text="the venue never had it"))
    if isinstance(report, CancelReject):
        return _if_allowed(
            order, ev.OrderCancelRejected(client_order_id=order.client_order_id, text=report.text or "refused")
        )
    misfit = _misfit(order, report)
    if misfit:
        return _quarantine(report, misfit)
    if report.exec_type is ExecType.TRADE:
        return None if known else _trade(order, report)
    return _status(order, report)


def _misfit(order: Order, report: ExecutionReport) -> str:
    """Return why a report cannot be about this order; empty when it can."""
    if order.status in LOCAL or order.status is S.DENIED:
        return f"the order is {order.status} and was never sent"
    if report.instrument_id != order.ticket.instrument_id or report.side is not order.ticket.side:
        return "instrument or side differs from the order's"
    return ""


def _status(order: Order, report: ExecutionReport) -> ev.Event | None:
    order_id = order.client_order_id
    event: ev.OrderEvent
    match report.exec_type:
        case ExecType.NEW:
            event = ev.OrderAccepted(client_order_id=order_id, venue_order_id=report.venue_order_id)
            overtaken = TRANSITIONS[order.status].get(ev.OrderAccepted) is STAY
            if overtaken and report.venue_order_id in (None, order.venue_order_id):
                return None
        case ExecType.CANCELED:
            event = ev.OrderCanceled(client_order_id=order_id, text=report.text)
        case ExecType.EXPIRED:
            event = ev.OrderExpired(client_order_id=order_id)
        case ExecType.REJECTED:
            event = ev.OrderRejected(client_order_id=order_id, text=report.text or "no reason given")
        case ExecType.TRIGGERED:
            event = ev.OrderTriggered(client_order_id=order_id)
        case _:
            return _quarantine(report, f"{report.exec_type} was not asked for")
    if order.status is S.REJECTED and report.exec_type is not ExecType.REJECTED:
        return _quarantine(report, f"{report.exec_type} after the venue rejected it")
    return _if_allowed(order, event)


def _trade(order: Order, report: ExecutionReport) -> ev.Event:
    qty, px, fee = report.last_qty, report.last_px, report.fee
    if report.exec_id is None or qty is None or px is None or fee is None or report.liquidity is None:
        return _quarantine(report, "a trade without id, quantity, price, fee or liquidity")
    if not (qty.is_finite() and qty > 0 and px.is_finite() and px > 0 and fee.amount.is_finite()):
        return _quarantine(report, "a trade with a quantity, price or fee that is no number")
    if not allowed(order.status, ev.OrderFilled):
        return _quarantine(report, f"a trade on an order that is {order.status}")
    if order.filled_qty + qty > order.ticket.quantity:
        return _quarantine(report, f"an overfill: {order.filled_qty} + {qty} of {order.ticket.quantity}")
    return ev.OrderFilled(
        client_order_id=order.client_order_id,
        fill=Fill(
            exec_id=report.exec_id,
            client_order_id=order.client_order_id,
            broker=BrokerId(order.ticket.broker),
            account=AccountId(order.ticket.account),
            strategy_id=order.ticket.strategy_id,
            instrument_id=order.ticket.instrument_id,
            side=order.ticket.side,
            last_qty=qty,
            last_px=px,
            fee=fee,
            liquidity=report.liquidity,
            ts=report.ts,
        ),
    )


def _if_allowed(order: Order, event: ev.OrderEvent) -> ev.OrderEvent | None:
    return event if allowed(order.status, type(event)) else None


def _quarantine(report: VenueReport, text: str) -> ev.ReportQuarantined:
    what = report.exec_type.value if isinstance(report, ExecutionReport) else type(report).__name__
    return ev.ReportQuarantined(client_order_id=report.client_order_id, report=what, text=text)
