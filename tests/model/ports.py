"""The two ports of the program: a disk at which it can die, and a broker that puts what it is given on the wire."""

from collections.abc import Callable, Sequence

from oms.domain import events as ev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import AccountId, BrokerId
from oms.domain.order import Order, OrderTicket
from oms.domain.units import SECOND
from oms.journal.memory import MemoryJournal
from tests.doubles.core import Desk
from tests.model.venue import Venue

SIM, ACCOUNT = BrokerId("sim"), AccountId("MODEL-1")
START = 1_276_867_800 * SECOND  # 2010-06-18T13:30Z


class Died(Exception):
    """The process is gone."""


class Disk(MemoryJournal):
    """A journal at which the process dies: before the next commit or right behind it."""

    dies = ""

    async def append(self, records: Sequence[ev.Record]) -> None:
        """Keep the records, unless the process dies first."""
        dies, self.dies = self.dies, ""
        if dies == "before":
            raise Died
        self.keep(records)
        if dies == "behind":
            raise Died


class Port(Desk):
    """The broker that the router hands over to: it puts what it is given on the venue's wire."""

    def __init__(self, venue: Venue, check: Callable[[Order], None], capabilities: Capabilities) -> None:
        super().__init__(SIM, ACCOUNT)
        self.capabilities = capabilities
        self._venue = venue
        self._check = check
        self.given: list[tuple[str, str]] = []  # what was put on the wire of the newest batch

    def submit(self, order: Order) -> None:
        """Send an order."""
        self._check(order)
        order_id, ticket = order.client_order_id, order.ticket
        self._put("new", order)
        self._venue.handed[order_id] = self._venue.handed.get(order_id, 0) + 1
        self._venue.wanted[order_id] = str(ticket.instrument_id), ticket.side.value, ticket.quantity

    def cancel(self, order: Order) -> None:
        """Send a cancel."""
        self._put("cancel", order)

    def query(self, order: Order) -> None:
        """Send a question."""
        self._put("query", order)

    def replace(self, order: Order, ticket: OrderTicket) -> None:
        """Send a change, under the number that it has among the order's."""
        self._put(f"change {order.replaces}", order)
        terms = ticket.quantity, ticket.limit_px, ticket.stop_px
        key = order.client_order_id, order.replaces
        assert self._venue.changes.setdefault(key, terms) == terms, f"I-04: change {order.replaces} is sent as two"

    def _put(self, what: str, order: Order) -> None:
        if not self._venue.linked:
            raise ConnectionError("the link is cut")
        self._venue.going.append((what, order.client_order_id))
        self.given.append((what, order.client_order_id))
