"""Orders of which nobody knows whether their venue has them, found by what they ask for.

What was handed over and not answered in time may be at the venue or may never have arrived. Whoever sends the same once
more, because the first seems lost, has it twice when both turn up; so the gate asks here, for as long as it takes, and
not only within the window in which any repetition is a slip. An order that nobody waits for any more is forgotten.

A venue may deny an order and hold what it traded all the same. So what was booked because the venue's books had more
than ours counts against every order that had left by then and that it may be of: none of them is given up before a
person has looked and resumed, or the fill was told after all.
"""

from oms.blotter import Alike, Blotter, alike, net_key
from oms.domain.account_events import PositionAdjusted
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderTicket, Side
from oms.domain.units import ZERO
from oms.interpret import was_acknowledged
from oms.ledger import NetKey


class Doubts:
    """The orders in doubt, oldest first in each wish. One that was answered a moment ago may still be among
    `by_wish`."""

    def __init__(self, blotter: Blotter) -> None:
        self._blotter = blotter
        self.by_wish: dict[Alike, dict[ClientOrderId, None]] = {}
        self._booked: dict[tuple[NetKey, Side], set[ClientOrderId]] = {}  # what unexplained differences may be of

    def twin_of(self, ticket: OrderTicket) -> ClientOrderId | None:
        """Return the oldest order like a ticket that its venue may have, and has never shown to have; None without."""
        orders = self._blotter.orders
        return next((one for one in self.by_wish.get(alike(ticket), ()) if _is_in_doubt(orders[one])), None)

    def may_be_booked(self, order: Order) -> bool:
        """Tell whether a difference that was booked since an order has left may be what it has traded."""
        return order.client_order_id in self._booked.get((net_key(order.ticket), order.ticket.side), ())

    def book(self, event: PositionAdjusted) -> None:
        """Take note of a difference, or that a fill which was told after all explains it."""
        key = NetKey(event.broker, event.account, event.instrument_id)
        is_bought = (event.quantity > ZERO) is (event.exec_id is None)
        side = Side.BUY if is_bought else Side.SELL
        if event.exec_id is None:
            self._booked.setdefault((key, side), set()).update(
                order.client_order_id
                for order in self._blotter.open.values()
                if order.ticket.side is side and net_key(order.ticket) == key and not order.is_local
            )
        else:
            self._booked.pop((key, side), None)

    def look(self) -> None:
        """Take note that a person has looked."""
        self._booked.clear()

    def note(self, order: Order) -> None:
        """Take note of an order that was not answered in time, unless it was before."""
        if _is_in_doubt(order):
            self.by_wish.setdefault(alike(order.ticket), {})[order.client_order_id] = None

    def forget(self, order: Order) -> None:
        """Forget an order whose answer is not waited for any more; one that was never noted is forgotten already."""
        key = alike(order.ticket)
        noted = self.by_wish.get(key, {})
        if noted.pop(order.client_order_id, True) is None and not noted:
            del self.by_wish[key]


def _is_in_doubt(order: Order) -> bool:
    return not (order.is_closed or was_acknowledged(order))
