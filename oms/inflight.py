"""What we wait for: answers that are due, and the orders that are being asked about.

An order that was handed over, a cancel or a change, is answered within the deadline of its broker, or the silence
itself becomes an event. From then on the venue is asked on the schedule of `oms.asking`, until it says something. It
is asked and never told again: a second hand-over could be a second order.

Questions and their answers are not durable, so a restart begins the schedule anew, which can only make it longer. An
order that is answered in time, and that is nearly every one, costs one entry at the end of a queue.
"""

from collections.abc import Callable, Iterator, Mapping
from heapq import heappop, heappush
from typing import Final

from oms.asking import FIRST_QUERY, WATCH_PAUSE, Asking
from oms.blotter import Blotter
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import BrokerId, ClientOrderId
from oms.domain.order import Order, OrderFlag
from oms.domain.units import Nanos
from oms.doubts import Doubts
from oms.lifecycle import ASKED
from oms.sent import Sent
from oms.slice import Appliers


class InFlight:
    """The deadlines of orders in flight; applied after the blotter."""

    def __init__(self, blotter: Blotter, capabilities: Mapping[BrokerId, Capabilities]) -> None:
        self._blotter = blotter
        self._capabilities = capabilities
        self._sent: dict[BrokerId, Sent] = {}
        self._asked: dict[ClientOrderId, Asking] = {}  # an order that has moved on may still be among them
        self.doubts = Doubts(blotter)
        self.in_doubt = self.doubts.by_wish  # read for every ticket, and nearly always empty
        self.quarantined: dict[ClientOrderId, None] = {}  # a report on them fitted nothing; the newest of them
        self._steps: dict[type, Callable[[Order, ev.Event, Nanos], object]] = {
            oev.OrderCancelRejected: self._not_canceled,
            oev.OrderOutcomeUnknown: lambda order, _, ts: self._doubt(order, ts),
            oev.OrderFlagged: self._flagged,
            oev.OrderUnfound: self._unfound,
            oev.OrderQueried: lambda order, _, ts: self._query(order, ts),
            oev.OrderUnseen: lambda order, _, ts: self._unseen(order, ts),
            oev.OrderSeen: lambda order, _, ts: self._seen(order, ts),
        }
        self._due: list[tuple[Nanos, ClientOrderId]] = []  # a heap; an entry counts while its order is due just then

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {
            oev.OrderSubmitted: self._hand_over,
            ev.ReportQuarantined: self._quarantine,
            aev.PositionAdjusted: self._book,
            ev.TradingResumed: self._resume,
            **dict.fromkeys(self._steps, self._step),
            oev.OrderPendingCancel: self._change,
            oev.OrderPendingReplace: self._change,
        }

    @property
    def waiting(self) -> int:
        """How many entries are kept, answered ones that were not yet forgotten among them."""
        return len(self._due) + sum(len(sent.queue) for sent in self._sent.values())

    def of(self, order: Order) -> Capabilities:
        """Return what the order's broker declares."""
        return self.at(order.ticket.broker)

    def at(self, broker: BrokerId) -> Capabilities:
        """Return what a broker declares."""
        return self._capabilities.get(broker, _UNDECLARED)

    def asking(self, order: Order) -> Asking | None:
        """Return what is kept of an order that is being asked about, or None."""
        asking = self._asked.get(order.client_order_id)
        return asking if asking is not None and asking.status is order.status else None

    def is_asked(self, order: Order) -> bool:
        """Tell whether what is said of an order now may be the answer to a question."""
        asking = self.asking(order) if self._asked else None
        if asking is None:
            return False
        return bool(asking.queries or asking.unseen) or order.status not in ASKED

    def is_certain(self, order: Order, ts: Nanos) -> bool:
        """Tell whether one more "not found", now, leaves no doubt that the venue does not have the order, nor ever
        had: nothing was booked meanwhile that it may have traded."""
        capabilities, asking = self.of(order), self.asking(order)
        if capabilities.knows_at_once:
            return True
        if asking is None or self.doubts.may_be_booked(order):
            return False
        return asking.is_certain(ts, capabilities.answer_within)

    def next_deadline(self) -> Nanos | None:
        """Return the earliest instant at which something is due, or None. What no longer counts is forgotten."""
        due, earliest = self._due, None
        while due:
            ts, order_id = due[0]
            if self._counts(ts, order_id):
                earliest = ts
                break
            heappop(due)
        for sent in self._sent.values():
            if sent.queue:
                first = sent.due(self._blotter.orders)
                if first is not None and (earliest is None or first < earliest):
                    earliest = first
        return earliest

    def due_by(self, ts: Nanos) -> Iterator[ClientOrderId]:
        """Yield, each once, the orders for which something is due by `ts`, the earliest first.

        Whatever is done for one must move its deadline before the next is asked for.
        """
        done: set[ClientOrderId] = set()
        while (earliest := self.next_deadline()) is not None and earliest <= ts:
            order_id = self._first(earliest)
            if order_id in done:
                return
            done.add(order_id)
            yield order_id

    def _first(self, ts: Nanos) -> ClientOrderId:
        for sent in self._sent.values():
            if sent.queue and sent.due(self._blotter.orders) == ts:
                return sent.queue[0][1]
        return self._due[0][1]

    def _hand_over(self, event: oev.OrderSubmitted, ts: Nanos) -> None:
        order_id = event.client_order_id
        order = self._blotter.orders[order_id]
        sent = self._sent.get(order.ticket.broker) or self._begin(order)
        queue = sent.queue
        queue.append((ts, order_id))
        if len(queue) > _MANY:  # nobody has asked for the next deadline for long
            sent.due(self._blotter.orders)

    def _quarantine(self, event: ev.ReportQuarantined, _ts: Nanos) -> None:
        self.quarantined[event.client_order_id] = None
        if len(self.quarantined) > QUARANTINED_KEPT:  # nonsense about one forgotten is asked about once more
            del self.quarantined[next(iter(self.quarantined))]

    def _book(self, event: aev.PositionAdjusted, _ts: Nanos) -> None:
        self.doubts.book(event)

    def _resume(self, _event: ev.TradingResumed, _ts: Nanos) -> None:
        self.doubts.look()

    def _step(self, event: oev.OrderEvent | oev.OrderQueried | oev.OrderUnseen | oev.OrderSeen, ts: Nanos) -> None:
        self._steps[type(event)](self._blotter.orders[event.client_order_id], event, ts)

    def _change(self, event: oev.OrderPendingCancel | oev.OrderPendingReplace, ts: Nanos) -> None:
        order = self._blotter.orders[event.client_order_id]
        self._ask(order, ts, self.of(order).answer_within)

    def _begin(self, order: Order) -> Sent:
        sent = self._sent[order.ticket.broker] = Sent(self.of(order).answer_within)
        return sent

    def _ask(self, order: Order, ts: Nanos, pause: Nanos) -> Asking:
        """Begin to wait for what comes of an order as it stands now; "not found" counts on, whatever it was before."""
        order_id, due = order.client_order_id, ts + pause
        before = self._asked.get(order_id)
        asking = self._asked[order_id] = Asking(status=order.status, since=ts, due=due)
        if before is not None and not before.seen:
            asking.unseen, asking.first_unseen = before.unseen, before.first_unseen
        heappush(self._due, (due, order_id))
        return asking

    def _doubt(self, order: Order, ts: Nanos) -> None:
        """Begin to ask about an order that was not answered in time."""
        self._ask(order, ts, FIRST_QUERY)
        self.doubts.note(order)

    def _query(self, order: Order, ts: Nanos) -> None:
        asking = self.asking(order)
        if asking is not None:
            asking.query(ts)
            self._note(order, asking)
            if asking.due is None:  # it was watched long enough; what still comes of it is heard all the same
                del self._asked[order.client_order_id]
        elif not order.is_closed:
            self._ask(order, ts, FIRST_QUERY)

    def _not_canceled(self, order: Order, _event: ev.Event, ts: Nanos) -> None:
        if order.status in ASKED:  # a change that was asked for before the cancel is not answered yet
            self._ask(order, ts, FIRST_QUERY)

    def _flagged(self, order: Order, event: ev.Event, ts: Nanos) -> None:
        if isinstance(event, oev.OrderFlagged) and event.flag is OrderFlag.OVERDUE:
            self._doubt(order, ts)

    def _unfound(self, order: Order, _event: ev.Event, ts: Nanos) -> None:
        self.doubts.forget(order)
        if not self.of(order).knows_at_once:
            self._ask(order, ts, WATCH_PAUSE)

    def _unseen(self, order: Order, ts: Nanos) -> None:
        asking = self.asking(order) or self._ask(order, ts, FIRST_QUERY)
        asking.hear_not_found(ts)

    def _seen(self, order: Order, ts: Nanos) -> None:
        asking = self.asking(order)
        if asking is not None and order.status in ASKED:
            asking.hear_found(ts)
            self._note(order, asking)
        else:
            self._forget(order)

    def _forget(self, order: Order) -> None:
        """Wait no more for what comes of an order."""
        self._asked.pop(order.client_order_id, None)
        self.doubts.forget(order)

    def _note(self, order: Order, asking: Asking) -> None:
        if asking.due is not None:
            heappush(self._due, (asking.due, order.client_order_id))

    def _counts(self, ts: Nanos, order_id: ClientOrderId) -> bool:
        """Tell whether an entry of the heap still says when its order is due; forget an order that has moved on."""
        asking = self._asked.get(order_id)
        if asking is None or asking.due != ts:
            return False
        order = self._blotter.orders[order_id]
        if asking.status is order.status:
            return True
        self._forget(order)
        return False


_UNDECLARED: Final = Capabilities()
QUARANTINED_KEPT: Final = 1_000
_MANY: Final = 1_000  # entries after which the answered ones are looked for, if nobody asks for the next deadline
