"""What follows from silence. An order is asked about and never sent again; a cancel is asked for again only after the
venue has said that it still works the order."""

from collections.abc import Iterator

from oms.domain import events as ev
from oms.domain.deadline import DeadlineReached
from oms.domain.order import Order, OrderFlag, OrderStatus
from oms.state import State

ACTOR = "engine"


class Deadlines:
    """Answers an instant at which something was due."""

    def reached(self, state: State, deadline: DeadlineReached) -> Iterator[ev.Event]:
        """Say what is unknown, mark what is overdue, and ask about both."""
        for order_id in state.inflight.due_by(deadline.ts):
            yield self._next(state, state.blotter.orders[order_id])

    @staticmethod
    def _next(state: State, order: Order) -> ev.Event:
        order_id, within = order.client_order_id, f"within {state.inflight.of(order).answer_secs:g} s"
        if order.status is OrderStatus.SUBMITTED:
            return ev.OrderOutcomeUnknown(client_order_id=order_id, text=f"no answer {within}")
        if order.status is OrderStatus.PENDING_CANCEL:
            asking = state.inflight.asking(order)
            if asking is not None and asking.seen:
                return ev.OrderPendingCancel(client_order_id=order_id, actor=ACTOR, text="asked again: it still works")
            if OrderFlag.OVERDUE not in order.flags:
                text = f"the cancel was not answered {within}"
                return ev.OrderFlagged(client_order_id=order_id, flag=OrderFlag.OVERDUE, text=text)
        return ev.OrderQueried(client_order_id=order_id)
