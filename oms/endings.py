"""When orders end that nobody else ends: good until an instant that their venue does not know, or held here.

Such a venue is sent the order without its instant, as good until canceled, and we cancel it then. That is as soft as
this process, so the order is flagged. What is held here for its price ends here too, at its instant or with its day,
which is that of UTC: what session a venue would count it to, the core does not know. Both are said by an event that few
orders have, so all others cost nothing; and as it is durable, a restart finds what has ended meanwhile.
"""

from collections.abc import Iterator
from heapq import heappop, heappush

from oms.blotter import Blotter
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderFlag, TimeInForce
from oms.domain.units import DAY, Nanos
from oms.slice import Appliers


class Endings:
    """The instants at which we end orders; applied after the blotter."""

    def __init__(self, blotter: Blotter) -> None:
        self._blotter = blotter
        self._due: list[tuple[Nanos, ClientOrderId]] = []  # a heap; what is closed is forgotten when it comes first

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {oev.OrderHeld: self._held, oev.OrderFlagged: self._flagged}

    def next_deadline(self) -> Nanos | None:
        """Return the earliest instant at which an order is to end, or None."""
        due, orders = self._due, self._blotter.orders
        while due and orders[due[0][1]].is_closed:
            heappop(due)
        return due[0][0] if due else None

    def due_by(self, ts: Nanos) -> Iterator[Order]:
        """Yield the orders that are to end by `ts`, the earliest first, each for the last time."""
        while (earliest := self.next_deadline()) is not None and earliest <= ts:
            yield self._blotter.orders[heappop(self._due)[1]]

    def _held(self, event: oev.OrderHeld, _ts: Nanos) -> None:
        self._note(self._blotter.orders[event.client_order_id])

    def _flagged(self, event: oev.OrderFlagged, _ts: Nanos) -> None:
        if event.flag is OrderFlag.TIMED:
            self._note(self._blotter.orders[event.client_order_id])

    def _note(self, order: Order) -> None:
        end = order.ticket.expires_at
        if end is None and order.ticket.tif is TimeInForce.DAY:
            end = order.ts_init - order.ts_init % DAY + DAY
        if end is not None:
            heappush(self._due, (end, order.client_order_id))
