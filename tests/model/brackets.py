"""What of each guarded order's fills is still held, worked out from the fills alone, and which legs stand for it.

What an order opened is left until something closes it: a leg closes of its own bracket first, an exit what no bracket
stands for, anything else of the oldest. With nothing left the legs are let go, and with nothing left of an order that
has ended the bracket is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tests.model.facts import CLOSED, ZERO, Order, status


@dataclass
class Bracket:
    """One guarded order: what is left of its fills, and by role its legs in force, where they were last agreed to stand
    while something was left, and how often in a row what came before them went to the market for nothing."""

    key: tuple[str, str]
    left: Decimal = ZERO
    legs: dict[str, str] = field(default_factory=dict)
    stands: dict[str, Decimal] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def let_go(self) -> None:
        """Forget the legs: there is nothing left for them."""
        self.legs.clear()
        self.stands.clear()
        self.failures.clear()


class Brackets:
    """All brackets that are not over, oldest first."""

    def __init__(self, orders: Mapping[str, Order]) -> None:
        self._orders = orders
        self.by_parent: dict[str, Bracket] = {}
        self.exits: dict[tuple[str, str], float] = {}  # when a leg last traded for a position

    def begin(self, parent: str) -> Bracket:
        """Return the bracket of an order, a new one where there is none."""
        return self.by_parent.setdefault(parent, Bracket(self._orders[parent].key))

    def count(self, name: str, qty: Decimal, opened: Decimal, held: Decimal, now: float) -> None:
        """Count a fill in, of which so much opened; `held` is the position since."""
        order, closed = self._orders[name], qty - opened
        parent = order.wish.parent
        if parent is not None or order.is_by_hand:
            self.exits[order.key] = now
        if order.is_by_hand:
            before = closed if opened else closed + abs(held)
            left = sum((bracket.left for bracket in self.by_parent.values() if bracket.key == order.key), ZERO)
            closed -= min(closed, max(ZERO, before - left))
        of_key = [(one != parent, bracket) for one, bracket in self.by_parent.items() if bracket.key == order.key]
        for _, bracket in sorted(of_key, key=lambda pair: pair[0]):
            taken = min(closed, bracket.left)
            closed -= taken
            bracket.left -= taken
            if taken and not bracket.left:
                bracket.let_go()
        if opened and order.is_guarded:
            self.begin(name).left += opened

    def put_in_force(self, bracket: Bracket, name: str) -> None:
        """Let an order be the leg of its role."""
        role = self._orders[name].wish.role
        before = self._orders.get(bracket.legs.get(role, ""))
        in_vain = before is not None and before.wish.is_market and not (before.unwanted or before.filled)
        bracket.failures[role] = bracket.failures.get(role, 0) + 1 if in_vain else 0
        bracket.legs[role] = name
        self.agree(name)

    def agree(self, name: str) -> None:
        """Note where a leg in force stands now."""
        bracket, wish = self.of(name), self._orders[name].wish
        px = wish.limit if wish.role == "target" else wish.stop
        if bracket is not None and bracket.left and px is not None:
            bracket.stands[wish.role] = px

    def sweep(self) -> None:
        """Forget the brackets that are over."""
        for parent, bracket in list(self.by_parent.items()):
            if not bracket.left and status(self._orders[parent]) in CLOSED:
                del self.by_parent[parent]

    def of(self, leg: str) -> Bracket | None:
        """Return the bracket in which a leg is in force."""
        bracket = self.by_parent.get(self._orders[leg].wish.parent or "")
        return bracket if bracket is not None and leg in bracket.legs.values() else None
