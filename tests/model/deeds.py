"""What the program does by itself for what an order has traded: it is told here, and judged as it is done.

How it comes to what must stand is its own affair. But a leg is made for what is left and no more, at the price that
was asked for; it is changed to make it fit, or to follow the market; and it is canceled only when it does not fit.
"""

from tests.model.facts import CLOSED, Order, status
from tests.model.standing import TICK, Standing
from tests.model.words import OTHER, TIMES, Deed, Wish

LOST = {"REJECTED", "EXPIRED", "CANCELED", "NOT_FOUND"}


class Deeds(Standing):
    """Checks what is done with legs, and what turned positions are given back with."""

    run = made = 0

    def did(self, deed: Deed) -> None:
        """Take in what the program did. Raises AssertionError: it should not have."""
        order = self.orders.get(deed.order)
        if order is None:
            assert deed.what == "made", deed
            assert deed.wish is not None
            self._make(deed.order, deed.wish)
        elif deed.what != "made":
            getattr(self, f"_{deed.what}")(order, deed)
        self.brackets.sweep()

    def _make(self, name: str, wish: Wish) -> None:
        self.made += 1
        assert name == f"M-{self.run}-{self.made}", name
        passes = self.passes(wish)
        self.orders[name] = Order(wish, self.now, self.now, passes=passes)
        if wish.parent is None:
            assert wish in self.owed, f"{name} gives back what nothing turned: {wish}"
            self.owed.remove(wish)
            return
        parent, bracket = self.orders[wish.parent], self.brackets.by_parent.get(wish.parent)
        assert bracket is not None, f"{name} is a leg of nothing"
        assert wish[:2] == (parent.wish.symbol, OTHER[parent.wish.side]), f"{name} gives nothing back"
        assert wish.strategy == parent.wish.strategy
        assert wish.qty == (bracket.left or parent.wish.qty), f"{name} is for {wish.qty}, and {bracket.left} are left"
        self._lies_well(name, wish, parent)
        before = self.orders.get(bracket.legs.get(wish.role, ""))
        if before is not None:
            assert status(before) in CLOSED, f"{name} is one {wish.role} too many"
            assert not before.waived, f"{name} was not wanted any more"
            if wish.role == "stop" and status(before) in LOST and not before.recalled:
                parent.flags.add("UNPROTECTED")
        bracket.legs[wish.role] = name

    def _lies_well(self, name: str, wish: Wish, parent: Order) -> None:
        """Demand that a leg has the price that was asked for; a trail may have come nearer."""
        sign, asked = TIMES[wish.side], parent.wish
        if wish.role == "target":
            assert (wish.limit, wish.stop) == (asked.target, None), name
            return
        assert wish.stop is not None, name
        assert wish.limit is None, name
        assert wish.trail == asked.trail, name
        if asked.protect is not None:
            away = (wish.stop - asked.protect) * sign
            assert away == 0 or (away < 0 and wish.trail), f"{name} stands at {wish.stop}, not {asked.protect}"
        elif wish.role not in self.brackets.by_parent[wish.parent or ""].legs:
            assert self._begins(wish), f"{name} does not begin its length away: {wish.stop}"

    def _begins(self, wish: Wish) -> bool:
        """Tell whether a trail stands where it begins: its length away from what its parent paid, or is to pay."""
        parent = self.orders[wish.parent or ""]
        paid = parent.value / parent.filled if parent.filled else parent.wish.limit
        if paid is None or wish.stop is None or wish.trail is None:
            return False
        return 0 <= (wish.stop - paid) * TIMES[wish.side] - wish.trail < TICK

    def _held(self, order: Order, deed: Deed) -> None:
        assert self.brackets.of(deed.order) is not None, f"{deed.order} waits for nothing"
        order.held = True

    def _moved(self, order: Order, deed: Deed) -> None:
        assert deed.wish is not None
        if order.held:  # else it is the venue that changed it
            self._may_become(order, deed.wish)
            order.wish = deed.wish

    def _released(self, order: Order, deed: Deed) -> None:
        assert deed.wish is not None
        assert order.held
        if deed.wish.role == "stop" and deed.wish.stop is None:
            assert self.meets(order.wish), f"{deed.order} was not touched"
        order.held, order.wish, order.passes = False, deed.wish, self.passes(deed.wish)

    def _sent(self, order: Order, deed: Deed) -> None:
        if order.wish.role and order.ended is None:
            assert order.passes, f"{deed.order} leaves, and should not pass"
            order.sent = self.now

    def _denied(self, order: Order, deed: Deed) -> None:
        if order.wish.role:
            assert not order.passes, f"{deed.order} is denied, and should pass"
            assert order.wish.role != "stop", f"the stop {deed.order} is denied"
            order.ended = "DENIED"

    def _recalled(self, order: Order, deed: Deed) -> None:
        if order.canceling or status(order) in CLOSED:
            return
        if order.wish.exit:
            assert self.excess(order) > 0 or "FOUND_LATE" in order.flags, f"{deed.order} is canceled, and fits"
            self.recall(order)
            return
        bracket = self.brackets.of(deed.order)
        assert order.is_leg, f"{deed.order} is canceled, and nobody wanted that"
        fits = bracket is not None and order.most - order.filled == bracket.left
        assert not fits or "FOUND_LATE" in order.flags, f"{deed.order} is canceled, and fits"
        self.recall(order)

    def _canceled(self, order: Order, deed: Deed) -> None:
        if status(order) not in CLOSED:  # not by the venue
            assert order.withheld or (order.wish.role and status(order) in {"HELD", "SUBMITTED"}), deed
            assert not order.held or self.brackets.of(deed.order) is None, f"{deed.order} still protects"
            order.ended, order.held = "CANCELED", False

    def _changing(self, order: Order, deed: Deed) -> None:
        assert deed.wish is not None
        self._may_become(order, deed.wish)
        order.change = deed.wish.qty, deed.wish.limit, deed.wish.stop
        order.changes, order.pulled = order.changes + 1, deed.wish.stop

    def _may_become(self, order: Order, wish: Wish) -> None:
        """Demand that a change makes a leg fit, or pulls a trail nearer to the market and not past its length."""
        if wish.qty != order.wish.qty and order.wish.exit:
            cut = order.most - wish.qty
            assert cut == self.excess(order) > 0, f"an exit is made smaller by {cut}, not by {self.excess(order)}"
        elif wish.qty != order.wish.qty:
            bracket = self.brackets.by_parent.get(order.wish.parent or "")
            assert bracket is not None, "somebody's order is made larger or smaller"
            assert wish.qty - order.filled == bracket.left, f"{wish.qty} for {bracket.left}"
        if wish.stop != order.wish.stop:
            assert wish.stop is not None
            assert order.wish.stop is not None
            assert wish.trail, "a stop that does not trail is moved"
            if order.held and self._begins(wish):  # now it is known what the parent has paid
                return
            sign = TIMES[wish.side]
            assert (wish.stop - order.wish.stop) * sign < 0, "a trail goes back"
            assert (self.best(wish) - wish.stop) * -sign >= wish.trail, "a trail comes nearer than its length"
