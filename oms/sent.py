"""What was handed over to a broker and may not be answered yet."""

from collections import deque
from collections.abc import Mapping

from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderStatus
from oms.domain.units import Nanos


class Sent:
    """Of one broker, oldest first. One patience serves for all of it, so the first is due first, and what was answered
    is forgotten when it comes to the front. `within` is that patience, in nanoseconds."""

    __slots__ = ("queue", "within")

    def __init__(self, within: Nanos) -> None:
        self.within = within
        self.queue: deque[tuple[Nanos, ClientOrderId]] = deque()

    def due(self, orders: Mapping[ClientOrderId, Order]) -> Nanos | None:
        """Return when the first that is not answered is due, or None."""
        queue = self.queue
        while queue and orders[queue[0][1]].status is not OrderStatus.SUBMITTED:
            queue.popleft()
        return queue[0][0] + self.within if queue else None
