"""What a venue's books and ours differ in while the link stands, and when that is certain.

Trading goes on meanwhile, so nearly every difference is a fill that is on its way. One that stays from look to look is
asked about: every open order it may be of, and those that ended there lately. What then still differs by the same
amount several times in a row is certain, total by total, so that a busy instrument hides nothing of a quiet one. An
order that does not answer explains as much of a net as it may have traded, and no more; of cash it explains anything.
"""

from collections.abc import Sequence
from decimal import Decimal

from cockpit.comparison import LOOKS
from oms.domain.account import AccountSnapshot
from oms.domain.ids import ClientOrderId, InstrumentId, Route
from oms.domain.order import Order, Side
from oms.domain.units import ZERO, Quantity
from oms.ledger import CashKey, NetKey
from oms.reconcile import ended_lately, gaps
from oms.state import State


class Drift:
    """Over a state, which it only reads, and the account at one venue: one series of looks."""

    def __init__(self, state: State, route: Route) -> None:
        self._state = state
        self._route = route
        self._asked: set[ClientOrderId] = set()
        self._answered: set[ClientOrderId] = set()
        self._left: dict[ClientOrderId, int] = {}  # how often each order that ended is asked about yet without answer
        self._gaps: dict[CashKey | NetKey, Decimal] = {}
        self._alike: dict[CashKey | NetKey, int] = {}  # looks in a row that found the same, with all answered
        self._stays: frozenset[CashKey | NetKey] = frozenset()

    @property
    def is_over(self) -> bool:
        """Whether the last look found the books equal."""
        return not self._gaps

    def hear(self, order_id: ClientOrderId) -> None:
        """The venue has said something of an order; before it was asked that is no answer."""
        if order_id in self._asked:
            self._answered.add(order_id)
            self._left.pop(order_id, None)

    def look(self, snapshot: AccountSnapshot) -> frozenset[tuple[CashKey | NetKey, Decimal]]:
        """Look at the venue's books; return the gaps that are certain, each with what the venue has more."""
        before, self._gaps = self._gaps, gaps(snapshot, self._state)
        self._stays = frozenset(key for key, _ in before.items() & self._gaps.items())
        waiting = self._waiting()
        self._alike = {
            key: self._alike.get(key, 1) + 1 if key in self._stays and not _explains(waiting, key, gap) else 1
            for key, gap in self._gaps.items()
        }
        return frozenset((key, gap) for key, gap in self._gaps.items() if self._alike[key] >= LOOKS)

    def questions(self) -> Sequence[Order]:
        """Return the orders to ask about now, because a gap has stayed that they may be the reason for."""
        if not self._stays:
            return ()
        waiting = self._waiting()
        for order in waiting:
            self._asked.add(order.client_order_id)
            if order.client_order_id in self._left:
                self._left[order.client_order_id] -= 1
        return waiting

    def _waiting(self) -> list[Order]:
        """Return the orders of which a gap may be that have not answered: of the instruments that differ, or where only
        cash does, of all."""
        differ = [key.instrument_id for key in self._gaps if isinstance(key, NetKey)]
        for order in self._ended(differ):
            self._left.setdefault(order.client_order_id, LOOKS)
        open_orders = [
            order
            for order in self._state.blotter.open.values()
            if not order.is_local and (not differ or order.ticket.instrument_id in differ)
        ]
        ended = [self._state.blotter.orders[order_id] for order_id, left in self._left.items() if left > 0]
        return [order for order in (*open_orders, *ended) if order.client_order_id not in self._answered]

    def _ended(self, differ: Sequence[InstrumentId]) -> Sequence[Order]:
        found = ended_lately(self._state, self._route, differ) if differ else ()
        return [order for order in found if order.client_order_id not in self._answered]


def _explains(waiting: Sequence[Order], key: CashKey | NetKey, gap: Decimal) -> bool:
    """Tell whether the orders that have not answered may be all there is to a gap."""
    if isinstance(key, CashKey):
        return bool(waiting)
    own = [order for order in waiting if order.ticket.instrument_id == key.instrument_id]
    return -_untraded(own, Side.SELL) <= gap <= _untraded(own, Side.BUY)


def _untraded(orders: Sequence[Order], side: Side) -> Quantity:
    """Return what orders of a side have not traded as far as we know, whether they still may or have ended here."""
    return sum((max(ZERO, one.most_qty - one.filled_qty) for one in orders if one.ticket.side is side), ZERO)
