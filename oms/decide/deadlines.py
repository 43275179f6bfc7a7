"""What follows from silence. An order is asked about and never sent again; a cancel, or a change, is asked for again
only after the venue has said that it still works the order, and of the change nothing. While trading is stopped no
change leaves but of a stop that protects, so the venue is only asked about one, until trading goes on."""

from collections.abc import Iterator

from oms.decide.cancels import cancel
from oms.decide.protection import Protection
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.deadline import DeadlineReached
from oms.domain.ids import ENGINE
from oms.domain.order import Order, OrderFlag, OrderStatus, TimeInForce
from oms.domain.risk import TradingState
from oms.domain.units import SECOND, Nanos
from oms.lifecycle import ASKED
from oms.state import State


class Deadlines:
    """Answers an instant at which something was due."""

    def __init__(self, protection: Protection) -> None:
        self._protection = protection

    def reached(self, state: State, deadline: DeadlineReached) -> Iterator[ev.Event]:
        """Say what is unknown, mark what is overdue, and ask about both."""
        for order_id in state.inflight.due_by(deadline.ts):
            order = state.blotter.orders[order_id]
            event = self._next(state, order, max(state.ts, deadline.ts))
            yield event
            if isinstance(event, oev.OrderOutcomeUnknown) and order.ticket.parent_id is not None:
                yield from self._protection.follow(state, order, event)
        for order in state.endings.due_by(deadline.ts):
            yield from self._end(state, order)

    def _end(self, state: State, order: Order) -> Iterator[ev.Event]:
        """End an order whose time is over: here, or at a venue that does not do it by itself."""
        if order.status is OrderStatus.HELD:
            expired = oev.OrderExpired(client_order_id=order.client_order_id)
            yield expired
            yield from self._protection.follow(state, order, expired)
        elif order.ticket.tif is TimeInForce.GTC:
            yield from cancel(order, ENGINE, "its time is over", moot=True)

    @staticmethod
    def _next(state: State, order: Order, ts: Nanos) -> ev.Event:
        order_id = order.client_order_id
        if order.status is OrderStatus.SUBMITTED:
            text = f"no answer within {_silent_secs(order.ts_event, ts)} s"
            return oev.OrderOutcomeUnknown(client_order_id=order_id, text=text)
        if order.status in ASKED:
            asking = state.inflight.asking(order)
            if asking is not None and asking.seen and not _is_withheld(state, order):
                return _again(order)
            if OrderFlag.OVERDUE not in order.flags:
                what = "cancel" if order.status is OrderStatus.PENDING_CANCEL else "change"
                since = asking.since if asking is not None else order.ts_event
                text = f"the {what} was not answered within {_silent_secs(since, ts)} s"
                return oev.OrderFlagged(client_order_id=order_id, flag=OrderFlag.OVERDUE, text=text)
        return oev.OrderQueried(client_order_id=order_id)


def _silent_secs(since: Nanos, ts: Nanos) -> str:
    """Return for how long there was no answer: what was asked about early is not waited for until its time."""
    return f"{round((ts - since) / SECOND, 1):g}"


def _is_withheld(state: State, order: Order) -> bool:
    """Tell whether what was asked of an order would not leave now: a change, under a stop."""
    stopped = state.trading.state is TradingState.HALTED and not order.ticket.protects
    return stopped and order.status is OrderStatus.PENDING_REPLACE


def _again(order: Order) -> ev.Event:
    """Ask once more for what the venue does not say it has done; it is the same question, and bears the same number."""
    order_id, changed = order.client_order_id, order.replacing
    if order.status is OrderStatus.PENDING_REPLACE and changed is not None:
        text = "asked again: it works as it was"
        return oev.OrderPendingReplace(client_order_id=order_id, ticket=changed, actor=ENGINE, text=text)
    return oev.OrderPendingCancel(client_order_id=order_id, actor=ENGINE, text="asked again: it still works")
