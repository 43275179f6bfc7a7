"""What the program does by itself for what an order has traded: it is told here, and judged as it is done.

How it comes to what must stand is its own affair. But a leg is made for what is left and no more, at the price that
was asked for; it is changed to make it fit, or to follow the market; and it is canceled only when it does not fit.
"""

from tests.model.facts import CLOSED, ZERO, Order, status
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
        if wish.parent is None and (wish.exit or wish.role == "stop"):
            self._make_again(name, wish)
            return
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
        before = self.orders.get(bracket.legs.get(wish.role, ""))
        is_lost = before is not None and status(before) in LOST and not before.recalled
        tried_again = wish.role == "stop" and before is not None and is_lost and before.wish.is_market
        if tried_again:
            assert wish.is_market, f"{name} was touched, and waits for its price"
        else:
            self._lies_well(name, wish, parent)
        if before is not None:
            assert status(before) in CLOSED, f"{name} is one {wish.role} too many"
            assert not before.waived, f"{name} was not wanted any more"
            if is_lost and wish.role == "stop":
                parent.alarm("UNPROTECTED" if tried_again else "SOFT")
            elif is_lost:
                before.alarm("SOFT")
        self.brackets.put_in_force(bracket, name)

    def _make_again(self, name: str, wish: Wish) -> None:
        """Demand that a stop by itself stands in the place of one that went, for what is left."""
        terms = wish._replace(qty=ZERO)
        lost = [one for one in self.orders.values() if one.is_lost and one.wish._replace(qty=ZERO) == terms]
        assert lost, f"{name} stands in for nothing"
        left = self.left_for(wish)
        before = next((one for one in lost if wish.qty == min(one.wish.qty - one.filled, left)), None)
        assert before is not None, f"{name} is for {wish.qty}, {left} are left"
        was_cut = before.smaller and status(before) == "CANCELED" and not (before.is_dropped or before.withheld)
        if not was_cut and status(before) != "DENIED":
            before.alarm("SOFT" if wish.exit else "UNPROTECTED")
        before.followed = True
        failures = before.failures + 1 if before.is_tried and not before.filled else 0
        self.orders[name] = Order(wish, self.now, self.now, passes=self.passes(wish), again=True, failures=failures)

    def _lies_well(self, name: str, wish: Wish, parent: Order) -> None:
        """Demand that a leg has the price that was asked for, or where it was last agreed to stand."""
        asked, stands = parent.wish, self.brackets.by_parent[wish.parent or ""].stands
        if wish.role == "target":
            assert (wish.limit, wish.stop) == (stands.get("target", asked.target), None), name
            return
        assert wish.stop is not None, name
        assert wish.limit is None, name
        assert wish.trail == asked.trail, name
        px = stands.get("stop", asked.protect)
        if px is not None:
            assert wish.stop == px, f"{name} stands at {wish.stop}, not {px}"
        else:
            assert self._begins(wish), f"{name} does not begin its length away: {wish.stop}"

    def _begins(self, wish: Wish) -> bool:
        """Tell whether a trail stands where it begins: its length away from what its parent paid, or is to pay."""
        parent = self.orders[wish.parent or ""]
        paid = parent.value / parent.filled if parent.filled else parent.wish.limit
        if paid is None or wish.stop is None or wish.trail is None:
            return False
        return 0 <= (wish.stop - paid) * TIMES[wish.side] - wish.trail < TICK

    def _held(self, order: Order, deed: Deed) -> None:
        by_itself = order.again or order.here
        assert by_itself or self.brackets.of(deed.order) is not None, f"{deed.order} waits for nothing"
        order.held = True

    def _moved(self, order: Order, deed: Deed) -> None:
        assert deed.wish is not None
        if order.held:  # else it is the venue that changed it
            self._may_become(order, deed.wish)
            order.wish = deed.wish
            self.brackets.agree(deed.order)

    def _released(self, order: Order, deed: Deed) -> None:
        assert deed.wish is not None
        assert order.held
        if (deed.wish.role == "stop" or order.here) and deed.wish.stop is None:
            assert order.wish.is_market or self.meets(order.wish), f"{deed.order} was not touched"
        if deed.wish.is_market:
            assert self.is_due(deed.order), f"{deed.order} is sent again too soon"
        given_back = order.wish.qty if order.here and not order.wish.exit else ZERO
        passes = order.again or self.passes(deed.wish, given_back, deed.order if order.here else "")
        order.held, order.wish, order.passes = False, deed.wish, passes
        self.brackets.agree(deed.order)

    def _sent(self, order: Order, deed: Deed) -> None:
        if (order.wish.role or order.again or order.here) and order.ended is None:
            assert order.passes, f"{deed.order} leaves, and should not pass"
            order.sent = self.now

    def _denied(self, order: Order, deed: Deed) -> None:
        if order.wish.role or order.again or order.here:
            assert not order.passes, f"{deed.order} is denied, and should pass"
            assert order.wish.role != "stop", f"the stop {deed.order} is denied"
            order.ended = "DENIED"

    def _recalled(self, order: Order, deed: Deed) -> None:
        if order.canceling or status(order) in CLOSED:
            return
        if order.closes_at_once and self.is_gone(order.wish):
            assert deed.moot, f"{deed.order} is canceled as if something were left for it"
            self.recall(order)
            return
        if order.wish.exit:
            excess, is_late = self.excess(order), "FOUND_LATE" in order.flags
            assert excess > 0 or is_late, f"{deed.order} is canceled, and fits"
            assert not deed.moot or excess >= order.most - order.filled, f"{deed.order} has something left for it"
            order.smaller, order.over = order.protects and not is_late, order.over or deed.moot
            self.recall(order)
            return
        bracket = self.brackets.of(deed.order)
        assert order.is_leg, f"{deed.order} is canceled, and nobody wanted that"
        fits = bracket is not None and order.most - order.filled == bracket.left
        assert not fits or "FOUND_LATE" in order.flags, f"{deed.order} is canceled, and fits"
        self.recall(order)

    def _canceled(self, order: Order, deed: Deed) -> None:
        if status(order) not in CLOSED:  # not by the venue
            by_itself = bool(order.wish.role) or order.again or order.here
            is_exit = order.here and order.wish.exit
            assert not is_exit or self.excess(order) >= order.wish.qty, f"{deed.order} has something left for it"
            assert order.withheld or (by_itself and status(order) in {"HELD", "SUBMITTED"}), deed
            assert not (order.is_tried and order.held) or self.tried_excess(order) >= order.wish.qty, deed
            order.unwanted |= order.held
            order.withheld |= order.again and not order.held
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
            cut, excess = order.most - wish.qty, self.excess(order)
            assert cut == excess, f"an exit is made smaller by {cut}, not by {excess}"
            assert cut > 0, f"an exit is made larger by {-cut}"
        elif wish.qty != order.wish.qty and order.is_tried:
            assert 0 < order.wish.qty - wish.qty == self.tried_excess(order), f"{wish.qty} for what is tried again"
        elif wish.qty != order.wish.qty:
            bracket = self.brackets.by_parent.get(order.wish.parent or "")
            assert bracket is not None, "somebody's order is made larger or smaller"
            parent = self.orders[order.wish.parent or ""]
            left = bracket.left or parent.wish.qty - parent.filled  # what waits for its entry is as large as that
            assert wish.qty - order.filled == left, f"{wish.qty} for {left}"
        if wish.stop != order.wish.stop:
            assert wish.stop is not None
            assert order.wish.stop is not None
            assert wish.trail, "a stop that does not trail is moved"
            if order.held and order.is_leg and self._begins(wish):  # now it is known what the parent has paid
                return
            sign = TIMES[wish.side]
            assert (wish.stop - order.wish.stop) * sign < 0, "a trail goes back"
            assert (self.best(wish) - wish.stop) * -sign >= wish.trail, "a trail comes nearer than its length"
