"""What venues say, read once: a report becomes an event that the life cycle allows, or nothing, or quarantine.

Whatever a venue says twice, late, out of order or wrongly has a defined result here, so `oms.lifecycle.advance` never
meets an illegal pair in a run. What an answer makes of a change is the ticket that passed the gate and no other: an
answer that names different terms is quarantined.
"""

from typing import Final

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.fill import Fill
from oms.domain.order import LOCAL, Order, OrderFlag, OrderStatus
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, ReplaceReject, Unclear, VenueReport
from oms.domain.units import LARGEST, ZERO
from oms.lifecycle import ASKED, STAY, TRANSITIONS, allowed

S = OrderStatus
_SUBMITTED: Final = OrderStatus.SUBMITTED  # a member of an enum costs two lookups, a name none
_NEW: Final = ExecType.NEW
_TRADE: Final = ExecType.TRADE
_NEVER_SENT: Final = LOCAL | {S.DENIED}


def interpret(order: Order | None, report: VenueReport, *, known: bool) -> ev.Event | None:
    """Return the event that a report amounts to, or None when it says nothing new.

    `known` tells whether this execution (by its exec id) was already counted. A `NotFound` is taken for certain;
    whether it is, `oms.inflight` knows.
    """
    if order is None:
        return _quarantine(report, "no such order of ours")
    if type(report) is ExecutionReport:
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
            is_past = order.status is S.REJECTED or TRANSITIONS[order.status].get(oev.OrderAccepted) is STAY
            told = report.venue_order_id in (None, order.venue_order_id) and was_acknowledged(order)
            if is_past and told:
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
