"""The life of an order: one table of moves, and one reading of what venues say.

`TRANSITIONS` is total: for every status and every order event it either names the next status or does not contain
the pair, and then `advance` raises and nothing changes. `interpret` stands before it and turns a venue's report into
events that the table allows; whatever a venue says twice, late, out of order or wrongly has a defined result there
(nothing, an event, or quarantine), so `advance` never meets an illegal pair in a run. A fill is the exception that is
believed even against our own books, past the end of an order and past its quantity: it is money.

Some results depend on the order and not only on the pair: a fill completes the order or leaves some of it (`BY_FILL`),
and where the table says ACCEPTED the order may be more than that (`_resting`).

A change of an order is asked for, and until the venue has answered the order may be the old or the new one: both are
reserved for, and it is filled only when the larger of the two is. What the answer makes of it is the ticket that passed
the gate and no other: an answer that names different terms is quarantined.
"""

from enum import Enum, auto
from types import MappingProxyType
from typing import Final, TypeAlias

from msgspec.structs import replace

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.fill import Fill
from oms.domain.order import LOCAL, Order, OrderFlag, OrderStatus
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, ReplaceReject, Unclear, VenueReport
from oms.domain.units import LARGEST, ZERO, add_money

S = OrderStatus
_SUBMITTED: Final = OrderStatus.SUBMITTED  # a member of an enum costs two lookups, a name none
_NEW: Final = ExecType.NEW
_TRADE: Final = ExecType.TRADE


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
_NEVER_SENT: Final = LOCAL | {S.DENIED}
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


def interpret(order: Order | None, report: VenueReport, *, known: bool) -> ev.Event | None:
    """Return the event that a report amounts to, or None when it says nothing new.

    `known` tells whether this execution (by its exec id) was already counted. A `NotFound` is taken for certain;
    whether it is, `oms.inflight` knows.
    """
    if order is None:
        return _quarantine(report, "no such order of ours")
    if isinstance(report, ExecutionReport):
        return _execution(order, report, known=known)
    if isinstance(report, NotFound):
        return None if order.status is S.NOT_FOUND else _if_allowed(order, _gone(order))
    if isinstance(report, CancelReject):
        return _if_allowed(order, _not_canceled(order, report))
    if isinstance(report, ReplaceReject):
        return _not_replaced(order, report)
    return _unclear(order, report)


def _execution(order: Order, report: ExecutionReport, *, known: bool) -> ev.Event | None:
    ticket = order.ticket
    fits = report.instrument_id == ticket.instrument_id and report.side is ticket.side
    if not fits or order.status in _NEVER_SENT:
        return _quarantine(report, _misfit(order))
    if report.exec_type is _TRADE:
        return None if known else _trade(order, report)
    if report.exec_type is _NEW and order.status is _SUBMITTED:  # as nearly every order
        return oev.OrderAccepted(client_order_id=order.client_order_id, venue_order_id=report.venue_order_id)
    return _status(order, report)


def was_acknowledged(order: Order) -> bool:
    """Tell whether the venue has shown that it has, or had, the order."""
    return order.acknowledged or bool(order.filled_qty) or order.triggered


def _gone(order: Order) -> oev.OrderEvent:
    """Return what it means that the venue does not know an order: it never had it, or has dropped it."""
    if was_acknowledged(order):
        return oev.OrderCanceled(client_order_id=order.client_order_id, text="the venue had it and knows it no more")
    return oev.OrderUnfound(client_order_id=order.client_order_id, text="the venue never had it")


def _not_canceled(order: Order, report: CancelReject) -> oev.OrderEvent:
    """Return what a refused cancel means: the order works on, or nobody knows whether it ever did."""
    text = report.text or "refused"
    if order.status is S.PENDING_CANCEL and not was_acknowledged(order):
        return oev.OrderOutcomeUnknown(client_order_id=order.client_order_id, text=f"the cancel was refused: {text}")
    return oev.OrderCancelRejected(client_order_id=order.client_order_id, text=text)


def _not_replaced(order: Order, report: ReplaceReject) -> oev.OrderEvent | None:
    """Return what a refused change means; of one that is no longer waited for, nothing."""
    if order.replacing is None or report.number != order.replaces:
        return None
    text = report.text or "refused"
    return _if_allowed(order, oev.OrderReplaceRejected(client_order_id=order.client_order_id, text=text))


def _replaced(order: Order, report: ExecutionReport) -> ev.Event | None:
    """Return what a change by the venue means: the one we wait for, one that is told again, or one nobody asked for."""
    terms, wanted = report.terms, order.replacing
    if terms is None:
        return _quarantine(report, "a change without its terms")
    if terms.number < order.replaces or (terms.number == order.replaces and wanted is None):
        return None
    if wanted is None or terms.number > order.replaces:
        return _quarantine(report, "a change that was not asked for")
    if (terms.quantity, terms.limit_px, terms.stop_px) != (wanted.quantity, wanted.limit_px, wanted.stop_px):
        return _quarantine(report, "a change into something else than was asked for")
    return _if_allowed(order, oev.OrderReplaced(client_order_id=order.client_order_id, ticket=wanted))


def _unclear(order: Order, report: Unclear) -> oev.OrderEvent | None:
    """Return what an answer that proves nothing means. To a query it is as good as none: it is asked again anyway."""
    if order.status is S.SUBMITTED:
        return oev.OrderOutcomeUnknown(client_order_id=order.client_order_id, text=report.text)
    if order.status in ASKED and OrderFlag.OVERDUE not in order.flags:
        return oev.OrderFlagged(client_order_id=order.client_order_id, flag=OrderFlag.OVERDUE, text=report.text)
    return None


def _misfit(order: Order) -> str:
    """Return why a report cannot be about this order."""
    if order.status in _NEVER_SENT:
        return f"the order is {order.status} and was never sent"
    return "instrument or side differs from the order's"


def _status(order: Order, report: ExecutionReport) -> ev.Event | None:
    order_id = order.client_order_id
    event: oev.OrderEvent
    match report.exec_type:
        case ExecType.NEW:
            event = oev.OrderAccepted(client_order_id=order_id, venue_order_id=report.venue_order_id)
            overtaken = TRANSITIONS[order.status].get(oev.OrderAccepted) is STAY
            told = report.venue_order_id in (None, order.venue_order_id) and was_acknowledged(order)
            if overtaken and told:
                return None
        case ExecType.CANCELED:
            event = oev.OrderCanceled(client_order_id=order_id, text=report.text)
        case ExecType.EXPIRED:
            event = oev.OrderExpired(client_order_id=order_id)
        case ExecType.REJECTED:
            event = oev.OrderRejected(client_order_id=order_id, text=report.text or "no reason given")
        case ExecType.TRIGGERED:
            if order.triggered:
                return None
            event = oev.OrderTriggered(client_order_id=order_id)
        case _:
            return _replaced(order, report)
    if order.status is S.REJECTED and report.exec_type is not ExecType.REJECTED:
        return _quarantine(report, f"{report.exec_type} after the venue rejected it")
    return _if_allowed(order, event)


def _trade(order: Order, report: ExecutionReport) -> ev.Event:
    ticket, qty, px, fee = order.ticket, report.last_qty, report.last_px, report.fee
    if report.exec_id is None or qty is None or px is None or fee is None or report.liquidity is None:
        return _quarantine(report, "a trade without id, quantity, price, fee or liquidity")
    sound = qty.is_finite() and ZERO < qty <= LARGEST and px.is_finite() and ZERO < px <= LARGEST
    if not (sound and fee.amount.is_finite()):
        return _quarantine(report, "a trade with a quantity, price or fee that is no number")
    if not allowed(order.status, oev.OrderFilled):
        return _quarantine(report, f"a trade on an order that is {order.status}")
    return oev.OrderFilled(
        client_order_id=order.client_order_id,
        fill=Fill(
            exec_id=report.exec_id,
            client_order_id=order.client_order_id,
            broker=ticket.broker,
            account=ticket.account,
            strategy_id=ticket.strategy_id,
            instrument_id=ticket.instrument_id,
            side=ticket.side,
            last_qty=qty,
            last_px=px,
            fee=fee,
            liquidity=report.liquidity,
            ts=report.ts,
        ),
    )


def _if_allowed(order: Order, event: oev.OrderEvent) -> oev.OrderEvent | None:
    return event if allowed(order.status, type(event)) else None


def _quarantine(report: VenueReport, text: str) -> ev.ReportQuarantined:
    what = report.exec_type.value if isinstance(report, ExecutionReport) else type(report).__name__
    return ev.ReportQuarantined(client_order_id=report.client_order_id, report=what, text=text)
