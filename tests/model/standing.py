"""What must stand of an order's legs once the program has answered, looked for after every step.

A bracket has one stop and one target at most, each for exactly what is left; they live and die with it, and a stop
that is lost is said until another stands. What a price was waited for moves with it.
"""

from decimal import Decimal

from tests.model.account import Account
from tests.model.brackets import Bracket
from tests.model.facts import CLOSED, OPEN, RESTING, ZERO, Order, status
from tests.model.words import TIMES, Wish

STEPS = 10  # in so many per length a trail follows
TICK = Decimal("0.01")


class Standing(Account):
    """Looks at the legs in force. `owed` is what a fill has turned round, to be given back."""

    owed: list[Wish]
    changes: bool

    def stands(self) -> None:
        """Demand that what should have been done was done. Raises AssertionError."""
        assert not self.owed, f"not given back: {self.owed}"
        for name, order in self.orders.items():
            assert not order.withheld or order.ended, f"{name} has left"
            if order.is_leg and self.brackets.of(name) is None and status(order) in OPEN | {"HELD"}:
                assert order.canceling or order.recalled or order.waived, f"{name} protects nothing, and works"
            if order.wish.exit and status(order) in OPEN and not (order.canceling or order.recalled):
                self._exit_stands(name, order)
        for parent, bracket in self.brackets.by_parent.items():
            if bracket.left:
                self._stop_stands(parent, bracket)
                self._target_stands(parent, bracket)

    def excess(self, order: Order) -> Decimal:
        """Return by how much the exits of this one's kind stand for more than there is for them; those that the venue
        would not give back count where this is one of them."""
        key, side, stops = order.key, order.wish.side, order.wish.stop is not None
        role = "stop" if stops else "target"
        held = max(ZERO, -self.positions[key] * TIMES[side])
        legs = ZERO
        for bracket in self.brackets.by_parent.values():
            leg = self.orders.get(bracket.legs.get(role, ""))
            if bracket.key == key and leg is not None and not (leg.waived and status(leg) in CLOSED):
                legs += bracket.left
        exits = self.exits(key, side, stops=stops).values()
        meant = [one for one in exits if not one.canceling and (order.recalled or not one.recalled)]
        stand = sum((one.most - one.filled for one in meant), ZERO)
        return stand - max(ZERO, held - legs if held else ZERO)

    def _exit_stands(self, name: str, order: Order) -> None:
        """An exit goes with its position at once; it is made smaller as soon as the venue can be asked, unless it is
        one that changes nothing and sees to it."""
        held = -self.positions[order.key] * TIMES[order.wish.side]
        assert held > 0, f"{name} has nothing to give back, and works"
        kind = self.exits(order.key, order.wish.side, stops=order.wish.stop is not None)
        waits = any(status(one) not in RESTING for one in kind.values())
        assert waits or not self.changes or self.excess(order) <= 0, f"{name} stands for too much"

    def touched(self, symbol: str) -> None:
        """Demand that what a price was waited for has moved with it. Raises AssertionError."""
        for parent, bracket in self.brackets.by_parent.items():
            for name in bracket.legs.values():
                leg = self.orders[name]
                if bracket.left and bracket.key[0] == symbol and self.linked and status(leg) == "HELD":
                    asked = leg.wish._replace(limit=None, stop=None, trail=None)
                    assert not (self.meets(leg.wish) and self.passes(asked)), f"{name} of {parent} was touched"
        for name, order in self.orders.items():
            if order.wish.symbol == symbol and order.is_leg and status(order) in RESTING and not order.triggered:
                behind = self._behind(order)
                assert behind is None or behind < self._step(order), f"{name} trails by {behind} too much"

    def _stop_stands(self, parent: str, bracket: Bracket) -> None:
        asked = self.orders[parent].wish
        if asked.protect is None and asked.trail is None:
            return
        name = bracket.legs.get("stop")
        assert name is not None, f"{parent} has {bracket.left} left, and no stop"
        leg = self.orders[name]
        if leg.waived:
            return
        if status(leg) in CLOSED:  # on its way to the market it was lost, which is said; it is made anew with the link
            assert leg.wish.stop is None, f"{name} has ended as {status(leg)}, and {parent} has no other"
            self.orders[parent].flags.add("UNPROTECTED")
        elif not self._is_asked(leg):
            assert leg.most - leg.filled == bracket.left, f"{name} does not cover {bracket.left} of {parent}"
            if status(leg) in RESTING and leg.wish.stop is not None:
                self.orders[parent].flags.discard("UNPROTECTED")

    def _target_stands(self, parent: str, bracket: Bracket) -> None:
        if self.orders[parent].wish.target is None or self.trading == "HALTED":
            return
        name = bracket.legs.get("target")
        assert name is not None, f"{parent} has {bracket.left} left, and no target"
        leg = self.orders[name]
        if not (leg.waived or status(leg) in CLOSED or self._is_asked(leg)):  # what would open may not become larger
            assert leg.most - leg.filled <= bracket.left, f"{name} gives back more than {bracket.left} of {parent}"

    @staticmethod
    def _is_asked(leg: Order) -> bool:
        """Tell whether the venue owes an answer about a leg, or has refused to give it back."""
        return leg.recalled or status(leg) not in RESTING | {"HELD"}

    def best(self, wish: Wish) -> Decimal:
        """Return the price that a market order of this side meets."""
        bid, ask = self.marks[wish.symbol]
        return bid if wish.side == "SELL" else ask

    def meets(self, wish: Wish) -> bool:
        """Tell whether the market is where a leg waits for it."""
        best, sign = self.best(wish), TIMES[wish.side]
        if wish.stop is not None:
            return (best - wish.stop) * sign >= 0
        return wish.limit is not None and (best - wish.limit) * sign <= 0

    def _behind(self, order: Order) -> Decimal | None:
        """Return how far a trail could be pulled."""
        wish, sign = order.wish, TIMES[order.wish.side]
        if wish.trail is None or wish.stop is None:
            return None
        stands = [wish.stop, *([order.pulled] if order.pulled is not None else [])]
        nearest = min(px * sign for px in stands)
        return nearest - (self.best(wish) + sign * wish.trail) * sign

    @staticmethod
    def _step(order: Order) -> Decimal:
        return max(TICK, (order.wish.trail or ZERO) / STEPS)
