"""What the cockpit should believe, from what it did and heard: facts in dicts and sets, and no code of `oms`.

Its orders are `tests.model.facts`, its sums `account`; what venues say of them is taken in by `hearing`, and what the
program does by itself is judged in `deeds` and `standing`. Here is what we do.
"""

from collections.abc import Iterable

from tests.model.account import Account
from tests.model.facts import OPEN, RESTING, ZERO, Order, Terms, status
from tests.model.hearing import Hearing
from tests.model.words import Wish

DEADLINE, FIRST_QUERY = 10.0, 0.5  # seconds: of an answer, and to the next question


class Reference(Hearing):
    """`at_once`: the venue's first "not found" is certain. `changes`: it changes orders that work."""

    def __init__(self, symbols: Iterable[str], *, at_once: bool, changes: bool) -> None:
        Account.__init__(self, symbols)
        self.at_once, self.changes = at_once, changes
        self.owed = []

    def ticket(self, wish: Wish) -> str:
        """Put a ticket to the gate; return its order's id."""
        self.made += 1
        name = f"M-{self.run}-{self.made}"
        passes = self.passes(wish)
        self.orders[name] = Order(wish, self.now, self.now, None if passes else "DENIED")
        if self.orders[name].is_guarded:
            self.brackets.begin(name)
            self.brackets.sweep()
        return name

    def change(self, name: str, terms: Terms) -> bool:
        """Ask to change an order that rests; return whether that was asked for."""
        order = self.orders[name]
        qty, limit, stop = terms
        if order.external or status(order) not in RESTING or not self.changes:
            return False
        if terms == order.terms or qty <= order.filled or (order.is_leg and qty != order.wish.qty):
            return False
        if stop != order.wish.stop and (order.triggered or order.filled):
            return False
        smaller = qty <= order.wish.qty and terms[1:] == order.terms[1:]
        smaller &= self.trading != "HALTED" or (order.wish.exit and order.protects)
        left = order.wish._replace(qty=qty - order.filled, limit=limit, stop=stop)
        given_back = ZERO if order.is_leg or order.wish.exit else order.wish.qty - order.filled
        if not (smaller or self.passes(left, given_back, name)):
            return False
        order.change, order.changes, order.pulled = terms, order.changes + 1, stop
        return True

    def hand_over(self, name: str, *, latched: bool = False) -> None:
        """Send an approved order, unless something stands in its way."""
        order = self.orders[name]
        order.withheld = order.ended is None and (latched or not self.linked or order.canceling)

    def cancel(self, name: str) -> None:
        """Cancel what is held here; ask for what may still trade."""
        order = self.orders.get(name)
        if order is None or order.external:
            return
        order.waived |= order.is_leg and status(order) in OPEN | {"HELD"}
        if status(order) in OPEN:
            order.canceling = order.unwanted = True
        elif order.held:
            order.ended, order.held = "CANCELED", False

    def resume(self) -> None:
        """Trade again."""
        self.trading = "ACTIVE"

    def wait(self, secs: float) -> None:
        """Let time pass: what was not answered within the deadline is unknown."""
        self.now += secs
        for order in self.orders.values():
            asked = order.asked  # who is asked about is waited for no longer than a question is
            due = order.sent + DEADLINE if asked is None else asked + FIRST_QUERY
            order.silent |= status(order) == "SUBMITTED" and due <= self.now

    def restart(self) -> None:
        """Forget what is not durable: the questions and their answers."""
        self.run, self.made, self.linked = self.run + 1, 0, True
        for order in self.orders.values():
            order.unseen, order.asked = 0, None
