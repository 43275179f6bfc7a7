"""What venues say: `oms.interpret` judges the report, and here is what follows from it beyond the order itself.

A report that could not be true, or that comes too late, is an alarm besides what it does to the books. What an order
has become is then asked for: the venue tells all reports of it again, and those that were counted count no more.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from oms.blotter import net_key, position_key
from oms.decide.cancels import cancel, is_stopped
from oms.decide.external import external_order, the_route
from oms.decide.groups import Groups
from oms.decide.guard import Guard, new_day
from oms.decide.protection import Protection
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import GATE
from oms.domain.order import Order, OrderFlag, OrderStatus
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, ReplaceReject, VenueReport
from oms.domain.risk import TradingState
from oms.domain.units import DAY, SECOND
from oms.exits import spent
from oms.interpret import interpret
from oms.reconcile import taken_back
from oms.rejections import STORM, STORM_SPAN
from oms.state import State

_BREAKS: Final = frozenset({oev.OrderRejected, oev.OrderUnfound})  # the events after which a leg is BROKEN
_CHANGED: Final = frozenset({oev.OrderReplaced, oev.OrderReplaceRejected})
_ENDS: Final = frozenset({oev.OrderCanceled, oev.OrderExpired})
_REFUSALS: Final = frozenset({CancelReject, ReplaceReject})
_ENDED: Final = frozenset({OrderStatus.CANCELED, OrderStatus.EXPIRED})
_SUBMITTED: Final = OrderStatus.SUBMITTED  # a member of an enum costs two lookups, a name none
_IN_DOUBT: Final = frozenset({OrderStatus.UNKNOWN, OrderStatus.NOT_FOUND})  # whether the venue has it


class Reports:
    """Answers what a venue says about an order."""

    def __init__(self, groups: Groups, guard: Guard, protection: Protection) -> None:
        self._groups = groups
        self._guard = guard
        self._protection = protection

    def execution(self, state: State, report: ExecutionReport) -> Iterable[ev.Event]:
        """Count in what happened to an order, and do what follows from it.

        Most are an acknowledgement that nobody waited for, from which nothing follows.
        """
        order = state.blotter.orders.get(report.client_order_id)
        if order is None:
            return self._of_stranger(state, report)
        event = interpret(order, report, known=_is_known(state, order, report))
        if state.inflight.is_asked(order):
            return self._answered(state, order, report, event)
        if event is None:
            return ()
        if type(event) is oev.OrderAccepted and order.status is _SUBMITTED and not _is_to_follow(order):
            return (event,)
        return self._follow(state, order, report, event)

    def answer(self, state: State, report: VenueReport) -> Iterable[ev.Event]:
        """Count in the venue's no to what was asked of it, or that it does not know."""
        order = state.blotter.orders.get(report.client_order_id)
        if order is None:
            return self._of_stranger(state, report)
        if type(report) is NotFound and not state.inflight.is_certain(order, max(state.ts, report.ts)):
            gone = order.is_closed or order.is_local
            return () if gone else (oev.OrderUnseen(client_order_id=order.client_order_id),)
        event = interpret(order, report, known=False)
        return () if event is None else self._follow(state, order, report, event)

    def _answered(self, state: State, order: Order, report: VenueReport, event: ev.Event | None) -> Iterator[ev.Event]:
        """Do what follows from a report on an order that was asked about."""
        if event is not None:
            yield from self._follow(state, order, report, event)
        if type(report) is ExecutionReport and type(event) is not ev.ReportQuarantined:
            yield oev.OrderSeen(client_order_id=order.client_order_id)

    def _follow(self, state: State, before: Order, report: VenueReport, event: ev.Event) -> Iterable[ev.Event]:
        if type(event) is oev.OrderFilled:
            return self._filled(state, before, event)
        if type(event) is ev.ReportQuarantined:
            return self._quarantine(state, before, event)
        return self._moved(state, before, report, event)

    def _filled(self, state: State, before: Order, event: oev.OrderFilled) -> Iterator[ev.Event]:
        """Book a fill, look whether it should have been, and do what the limits, its group and its bracket demand."""
        opens = not state.ledger.net.get(net_key(before.ticket))
        opened = new_day(state) if state.ts // DAY > state.trading.day_no else None
        if opened is not None:
            yield opened
        yield event
        if state.adjustments.by_net:
            yield from taken_back(state, before, event.fill)
        yield from self._flag_odd(state, before)
        if opens:
            yield from self._guard.record_marks(state, (event.fill.instrument_id,))
        yield from self._guard.raise_peak(state, event.fill.ts)
        yield from self._guard.watch(state)
        if before.ticket.group_id is not None:
            yield from self._groups.close_widowed(state, event)
        if state.brackets.concerns(before):
            yield from self._protection.follow(state, before, event)
        if before.status in _IN_DOUBT:
            yield from self._found(state, before)

    def _moved(self, state: State, before: Order, report: VenueReport, event: ev.Event) -> Iterator[ev.Event]:
        """Move the order by an event that is no fill, and do what follows for its group, its quantity and its legs."""
        yield event
        if type(event) in _BREAKS:
            yield from self._groups.undo(state, before)
        elif type(event) in _CHANGED:  # what it has traded may be too much of what it is now
            yield from self._flag_odd(state, before)
        if state.brackets.concerns(before):
            yield from self._protection.follow(state, before, event)
        if before.status in _IN_DOUBT:
            yield from self._found(state, before)
        if type(event) is oev.OrderRejected:
            yield from self._end_storm(state, before)
        elif type(report) in _REFUSALS or (type(event) in _ENDS and _was_silent(before)):
            yield oev.OrderQueried(client_order_id=before.client_order_id)  # fills may be missing

    def _of_stranger(self, state: State, report: VenueReport) -> Iterator[ev.Event]:
        """Count in what traded in our account past us; name what merely works there."""
        order, route = external_order(state, report), the_route(state)
        if order is not None:
            event = interpret(order, report, known=_is_known(state, order, report))
            if isinstance(event, oev.OrderFilled):
                yield oev.OrderAdopted(client_order_id=order.client_order_id, ticket=order.ticket)
                yield from self._follow(state, order, report, event)
                return
        elif isinstance(report, ExecutionReport) and report.exec_type is not ExecType.TRADE and route is not None:
            yield ev.ForeignOrderSeen(broker=route[0], client_order_id=report.client_order_id)
            return
        quarantined = interpret(None, report, known=False)
        if isinstance(quarantined, ev.ReportQuarantined):
            yield from self._quarantine(state, None, quarantined)

    @staticmethod
    def _quarantine(state: State, order: Order | None, event: ev.ReportQuarantined) -> Iterator[ev.Event]:
        """Let only reducing orders through, and ask what is true: once for an order, or nonsense would go round."""
        is_first = event.client_order_id not in state.inflight.quarantined
        yield event
        if state.trading.state is TradingState.ACTIVE:
            text = f"{event.client_order_id}: {event.report}, {event.text}"
            yield ev.TradingReduced(actor=GATE, cause="quarantine", text=text)
        if order is not None and not order.is_local and is_first:
            yield oev.OrderQueried(client_order_id=order.client_order_id)

    def _flag_odd(self, state: State, before: Order) -> Iterable[ev.Event]:
        """Flag a fill that should not have been, and close the gate for what would open more on a wrong book."""
        order = state.blotter.orders[before.client_order_id]
        is_odd = before.status in _ENDED or order.filled_qty > order.most_qty
        return self._flag(state, before, order) if is_odd and OrderFlag.EXTERNAL not in order.flags else ()

    @staticmethod
    def _flag(state: State, before: Order, order: Order) -> Iterator[ev.Event]:
        if before.status in _ENDED and OrderFlag.FILLED_LATE not in order.flags:
            text = f"a fill came after it was {before.status}"
            yield oev.OrderFlagged(client_order_id=order.client_order_id, flag=OrderFlag.FILLED_LATE, text=text)
        if order.filled_qty <= order.most_qty:
            return
        text = f"{order.filled_qty:f} filled of {order.most_qty:f} ordered"
        yield oev.OrderFlagged(client_order_id=order.client_order_id, flag=OrderFlag.OVERFILLED, text=text)
        if state.trading.state is TradingState.ACTIVE:
            yield ev.TradingReduced(actor=GATE, cause="overfill", text=f"{order.client_order_id}: {text}")

    @staticmethod
    def _found(state: State, before: Order) -> Iterator[ev.Event]:
        """Say that a lost order has come back. One that works, though trading was stopped or its group undone
        meanwhile, another leg made in its place, a cancel of it asked for, or nothing left for it to close, is canceled
        as soon as it is known."""
        order = state.blotter.orders[before.client_order_id]
        was_lost = before.status is OrderStatus.NOT_FOUND
        if was_lost and order.status is not OrderStatus.NOT_FOUND:
            text = f"the venue did not know it, and has it after all: {order.status}"
            yield oev.OrderFlagged(client_order_id=order.client_order_id, flag=OrderFlag.FOUND_LATE, text=text)
        ticket = order.ticket
        stopped = is_stopped(state, order)
        was_meant_to_go = order.unwanted or ticket.group_id is not None or ticket.parent_id is not None
        was_meant_to_go = was_meant_to_go or order in spent(state, position_key(ticket))
        stopped = stopped or (was_lost and was_meant_to_go)
        if stopped and order.status is not before.status:
            yield from cancel(order, GATE, "found too late")

    @staticmethod
    def _end_storm(state: State, rejected: Order) -> Iterator[ev.Event]:
        """Pause a strategy that the venue refuses again and again: it would go on asking."""
        strategy_id = rejected.ticket.strategy_id
        if state.roster.is_enabled(strategy_id) and state.rejections.is_storm(strategy_id):
            text = f"the venue rejected {STORM} of its orders within {STORM_SPAN // SECOND} s"
            yield sev.StrategyPaused(strategy_id=strategy_id, actor=GATE, text=text)


def _is_known(state: State, order: Order, report: VenueReport) -> bool:
    """Tell whether this execution was already counted."""
    return type(report) is ExecutionReport and (order.ticket.broker, report.exec_id) in state.blotter.exec_ids


def _is_to_follow(order: Order) -> bool:
    """Tell whether what an order is for may be gone by the time that the venue takes it."""
    return order.ticket.parent_id is not None or order.ticket.is_exit


def _was_silent(order: Order) -> bool:
    """Tell whether the venue owed an answer about this order for too long."""
    return order.status is OrderStatus.UNKNOWN or OrderFlag.OVERDUE in order.flags
