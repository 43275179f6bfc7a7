"""One comparison of our books with a venue's: whom to ask, who has answered, and when what differs is certain.

The two are never seen at one instant: a fill may be on its way while the snapshot already counts it. So a difference is
no finding yet. Every open order is asked for again and the books compared again, and only what still differs when every
one of them has been answered, several times in a row, is certain.

A fill may also be missing of an order that ended here: it was canceled, and traded all the same. So where a position
differs the orders that ended there lately are asked about too. A venue need not know them any more, and one that says
nothing of them is not waited for as it is for what works: each is asked about a few times.
"""

from collections.abc import Sequence
from typing import Final

from oms.domain.account import AccountSnapshot
from oms.domain.ids import ClientOrderId, InstrumentId, Route
from oms.domain.order import Order
from oms.reconcile import differences, differing, ended_lately
from oms.state import State

LOOKS: Final = 3  # in a row that found the same difference, with every order answered


class Comparison:
    """Over a state, which it only reads, and the account at one venue."""

    def __init__(self, state: State, route: Route) -> None:
        self._state = state
        self._route = route
        self._unanswered: set[ClientOrderId] = set()  # of the open orders
        self._ended: dict[ClientOrderId, int] = {}  # how often each is asked about yet, if no answer comes
        self._differ: Sequence[InstrumentId] = ()
        self._found: Sequence[str] | None = None
        self._alike = 0

    def questions(self) -> Sequence[Order]:
        """Return the orders to ask about now: the open ones that have not been answered, or all of them, and those that
        ended lately where a position differs."""
        orders = self._state.blotter.open
        asked = {order_id for order_id, order in orders.items() if not order.is_local}
        self._unanswered = (self._unanswered & asked) or asked
        return [*(orders[order_id] for order_id in sorted(self._unanswered)), *self._ended_to_ask()]

    def hear(self, order_id: ClientOrderId) -> None:
        """The venue has said something of an order."""
        self._unanswered.discard(order_id)
        if order_id in self._ended:
            self._ended[order_id] = 0

    def look(self, snapshot: AccountSnapshot) -> bool:
        """Look at the venue's books, and tell whether the answer is certain: they agree, or surely do not."""
        found = differences(snapshot, self._state)
        is_answered = not (self._unanswered or any(self._ended.values()))
        self._alike = self._alike + 1 if found == self._found and is_answered else 1
        self._found = found
        self._differ = differing(snapshot, self._state)
        return not found or self._alike >= LOOKS

    def doubt(self) -> None:
        """Forget how often the same was found: the state is folded anew."""
        self._alike = 0

    def _ended_to_ask(self) -> Sequence[Order]:
        asked = []
        for order in ended_lately(self._state, self._route, self._differ) if self._differ else ():
            left = self._ended.setdefault(order.client_order_id, LOOKS)
            if left:
                self._ended[order.client_order_id] = left - 1
                asked.append(order)
        return asked
