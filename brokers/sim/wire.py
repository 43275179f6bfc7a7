"""The way to the venue and back: what is handed over arrives later, what is said about it comes later, or not at all.

Both ways take equally long, so nothing overtakes, and everything has its instant in engine time: `due` names the next
one, and `pass_to` lets it come. Without a latency nothing is ever on its way. What is said of an order that is not
heard is gone; it is said again when somebody asks.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from oms.domain.ids import ClientOrderId
from oms.domain.order import Order
from oms.domain.report import VenueReport
from oms.domain.units import Nanos


class Wire:
    """What is on its way, and what has arrived here. `latency` is one way; `now` is the time at the venue."""

    def __init__(self, latency: Nanos) -> None:
        self.latency = latency
        self.now: Nanos = 0
        self._going: deque[tuple[Nanos, Callable[[Order], None], Order]] = deque()
        self._coming: deque[tuple[Nanos, list[VenueReport]]] = deque()
        self._unheard: set[ClientOrderId] = set()
        self._outbox: list[VenueReport] = []

    @property
    def heard_at(self) -> Nanos:
        """When what is said now will be heard, which is the time it bears."""
        return self.now + self.latency

    def send(self, what: Callable[[Order], None], order: Order) -> None:
        """Send something to the venue, which does `what` when the order arrives. Raises what the venue raises."""
        if self.latency:
            self._going.append((self.now + self.latency, what, order))
        else:
            what(order)

    def follow(self, what: Callable[[Order], None], order: Order) -> None:
        """Do `what` at once, or, when something about the order is still going there, behind it."""
        if any(other.client_order_id == order.client_order_id for _, _, other in self._going):
            self.send(what, order)
        else:
            what(order)

    def say(self, reports: list[VenueReport]) -> None:
        """Send reports back, but for those that are not heard."""
        if self._unheard:
            reports = [report for report in reports if report.client_order_id not in self._unheard]
        if not self.latency:
            self._outbox += reports
        elif reports:
            self._coming.append((self.heard_at, reports))

    def tell(self, reports: Iterable[VenueReport]) -> None:
        """Say something that arrives at once."""
        self._outbox.extend(reports)

    def lose(self, order_id: ClientOrderId) -> None:
        """Let nothing more be heard of an order."""
        self._unheard.add(order_id)

    def hear(self, order_id: ClientOrderId) -> bool:
        """Let an order be heard again; return whether it was not."""
        unheard = order_id in self._unheard
        self._unheard.discard(order_id)
        return unheard

    def due(self) -> Nanos | None:
        """Return when something arrives next, on either end; None when nothing is on its way."""
        if not self._coming:
            return self._going[0][0] if self._going else None
        return min(self._coming[0][0], self._going[0][0]) if self._going else self._coming[0][0]

    def pass_to(self, ts: Nanos) -> None:
        """Let time go on to `ts`, and what is due by then arrive. Raises what the venue raises; it has arrived then."""
        while (due := self.due()) is not None and due <= ts:
            self.now = max(self.now, due)
            if self._coming and self._coming[0][0] == due:
                self._outbox.extend(self._coming.popleft()[1])
            else:
                _, what, order = self._going.popleft()
                what(order)
        self.now = max(self.now, ts)

    def drain(self) -> Sequence[VenueReport]:
        """Take all reports that have arrived, oldest first."""
        reports, self._outbox = self._outbox, []
        return reports

    def cut(self) -> None:
        """Lose all that is on its way; what is said from now on is heard."""
        self._going.clear()
        self._coming.clear()
        self._unheard.clear()
