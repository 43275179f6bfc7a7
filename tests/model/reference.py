"""What the cockpit should believe, from what it did and heard: facts in dicts and sets, and no code of `oms`.

Its orders are `tests.model.facts`, its sums `account`; what venues say of them is taken in by `hearing`, and what the
program does by itself is judged in `deeds` and `standing`. Here is what we do.
"""

from collections.abc import Iterable
from decimal import Decimal

from tests.model.account import Account
from tests.model.facts import OPEN, RESTING, ZERO, Order, Terms, status
from tests.model.hearing import Hearing
from tests.model.words import TIMES, Wish

DEADLINE, FIRST_QUERY = 10.0, 0.5  # seconds: of an answer, and to the next question


class Reference(Hearing):
    """`at_once`: the venue's first "not found" is certain. `stops`: it takes stop orders. `changes`: it changes orders
    that work."""

    def __init__(self, symbols: Iterable[str], *, at_once: bool, stops: bool, changes: bool) -> None:
        Account.__init__(self, symbols)
        self.at_once, self.stops, self.changes = at_once, stops, changes
        self.owed = []

    def ticket(self, wish: Wish) -> str:
        """Put a ticket to the gate; return its order's id."""
        self.made += 1
        name = f"M-{self.run}-{self.made}"
        passes = self.passes(wish)
        here = passes and self.lacks(wish)
        ended = None if passes else "DENIED"
        self.orders[name] = Order(wish, self.now, self.now, ended, passes=passes, here=here, held=here)
        if self.orders[name].is_guarded:
            self.brackets.begin(name)
            self.brackets.sweep()
        return name

    def change(self, name: str, terms: Terms) -> bool:
        """Ask to change an order that rests; return whether that was asked for."""
        order = self.orders[name]
        qty, limit, stop = terms
        is_here = order.held and (order.here or (order.again and order.wish.exit))
        if order.external or not (is_here or (status(order) in RESTING and self.changes)):
            return False
        if terms == order.terms or qty <= order.filled or (order.is_leg and qty != order.wish.qty):
            return False
        if stop != order.wish.stop and (order.triggered or order.filled):
            return False
        if limit != order.wish.limit and self._is_past_its_legs(name, limit):
            return False
        smaller = qty <= order.wish.qty and terms[1:] == order.terms[1:]
        smaller &= self.trading != "HALTED" or (order.wish.exit and order.protects)
        left = order.wish._replace(qty=qty - order.filled, limit=limit, stop=stop)
        given_back = ZERO if order.is_leg or order.wish.exit else order.wish.qty - order.filled
        if not (smaller or self.passes(left, given_back, name)):
            return False
        if is_here:
            order.wish = order.wish._replace(qty=qty, limit=limit, stop=stop)
        else:
            order.change, order.changes, order.pulled = terms, order.changes + 1, stop
        return True

    def lacks(self, wish: Wish) -> bool:
        """Tell whether the venue takes no stop like this one, or could not move it."""
        trails = wish.trail is not None and wish.limit is None
        return wish.stop is not None and not (self.stops and (self.changes or not trails))

    def _is_past_its_legs(self, name: str, limit: Decimal | None) -> bool:
        """Tell whether an order would be given back as soon as it traded at a limit or at the market, by its stop or
        its target."""
        wish, bracket = self.orders[name].wish, self.brackets.by_parent.get(name)
        stands = {"stop": wish.protect, "target": wish.target} | (bracket.stands if bracket is not None else {})
        stop, target, sign = stands["stop"], stands["target"], TIMES[wish.side]
        assert limit is not None
        left = self.marks[wish.symbol][0 if sign > 0 else 1]  # where a stop would be sold, or bought back
        sold = [limit if wish.stop is None else wish.stop, *([left] if wish.stop is None else [])]
        past_stop = stop is not None and any((px - stop) * sign <= 0 for px in sold)
        return past_stop or (target is not None and (target - limit) * sign <= 0)

    def hand_over(self, name: str, *, latched: bool = False) -> None:
        """Send an approved order, unless something stands in its way."""
        order = self.orders[name]
        order.withheld = order.ended is None and not order.held and (latched or not self.linked or order.canceling)

    def cancel(self, name: str) -> None:
        """Cancel what is held here; ask for what may still trade."""
        order = self.orders.get(name)
        if order is None or order.external:
            return
        order.smaller = False
        order.waived |= order.is_leg and status(order) in OPEN | {"HELD"}
        if status(order) in OPEN:
            order.canceling = order.unwanted = True
        elif order.held:
            order.ended, order.held, order.unwanted = "CANCELED", False, True

    def resume(self) -> None:
        """Trade again, if that was stopped: somebody has looked."""
        if self.trading != "ACTIVE":
            for order in self.orders.values():
                order.suspect = False
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
