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
PAUSES = (0.5, 1.0, 2.0, 4.0, 10.0)  # s after each time that it went to the market for nothing, the last ever on


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
            if order.spent and status(order) in OPEN:
                assert order.canceling or order.recalled, f"{name} has nothing to close, and works"
                order.recalled = True  # whoever asked for it: the venue is asked once
            if order.here and order.held and order.wish.exit:
                assert self._waits(order) or self.excess(order) <= 0, f"{name} waits for more than there is"
            if order.is_lost and self.left_for(order.wish) > 0 and not order.moot:
                assert order.followed, f"{name} has ended as {status(order)}, and no other was made"
            if order.is_tried and order.held:
                assert self.tried_excess(order) <= 0, f"{name} is to be sent again for more than there is"
            may_return = order.smaller or order.again or (order.here and order.is_by_hand)
            order.moot |= may_return and order.ended is not None and self.is_gone(order.wish)
        for parent, bracket in self.brackets.by_parent.items():
            if bracket.left:
                self._stop_stands(parent, bracket)
                self._target_stands(parent, bracket)
            else:
                self._legs_wait(parent, bracket)

    def excess(self, order: Order) -> Decimal:
        """Return by how much the exits of this one's kind stand for more than there is for them; those that the venue
        would not give back stand for something too."""
        key, side, stops = order.key, order.wish.side, order.wish.stop is not None
        held, legs = max(ZERO, -self.positions[key] * TIMES[side]), self.of_legs(key, "stop" if stops else "target")
        exits = self.exits(key, side, stops=stops).values()
        meant = [one for one in exits if not one.canceling]
        stand = sum((one.most - one.filled for one in meant), ZERO)
        return stand - max(ZERO, held - legs if held else ZERO)

    def left_for(self, wish: Wish) -> Decimal:
        """Return what a stop by itself could stand for beside the others."""
        held = -self.positions[wish.symbol, wish.strategy] * TIMES[wish.side]
        return held - self.behind(wish, stops=True) - self._tried(wish)

    def _tried(self, wish: Wish) -> Decimal:
        """Return what the stops of a position stand for that a price has touched."""
        tried = [one for one in self.orders.values() if one.is_tried and status(one) not in CLOSED]
        meant = [one for one in tried if one.key == (wish.symbol, wish.strategy) and one.wish.side == wish.side]
        return sum((one.most - one.filled for one in meant if "FOUND_LATE" not in one.flags), ZERO)

    def tried_excess(self, order: Order) -> Decimal:
        """Return by how much the touched stops of a position stand for more than there is beside its brackets."""
        held = max(ZERO, -self.positions[order.key] * TIMES[order.wish.side])
        return self._tried(order.wish) - max(ZERO, held - self.of_legs(order.key, "stop") if held else ZERO)

    def spend(self, key: tuple[str, str]) -> None:
        """Note which orders on their way to close a position have nothing left, where an exit has traded besides."""
        for order in self.orders.values():
            raced = order.key == key and self.brackets.exits.get(key, -1.0) >= order.born
            order.spent |= raced and order.closes_at_once and self.is_gone(order.wish)

    def is_gone(self, wish: Wish) -> bool:
        """Tell whether nothing is held any more that a wish gives back."""
        return self.positions[wish.symbol, wish.strategy] * TIMES[wish.side] >= 0

    def _exit_stands(self, name: str, order: Order) -> None:
        """An exit goes with its position at once; it is made smaller as soon as the venue can be asked, unless it is
        one that changes nothing and sees to it."""
        held = -self.positions[order.key] * TIMES[order.wish.side]
        assert held > 0, f"{name} has nothing to give back, and works"
        assert self._waits(order) or not self.changes or self.excess(order) <= 0, f"{name} stands for too much"

    def _waits(self, order: Order) -> bool:
        """Tell whether an answer is owed about an exit of this one's kind."""
        kind = self.exits(order.key, order.wish.side, stops=order.wish.stop is not None)
        return any(status(one) not in RESTING | {"HELD"} for one in kind.values())

    def touched(self, symbol: str) -> None:
        """Demand that what a price was waited for has moved with it. Raises AssertionError."""
        for parent, bracket in self.brackets.by_parent.items():
            for name in bracket.legs.values():
                leg = self.orders[name]
                if bracket.left and bracket.key[0] == symbol and self.linked and status(leg) == "HELD":
                    asked = leg.wish._replace(limit=None, stop=None, trail=None)
                    is_met = leg.wish.is_market or self.meets(leg.wish)
                    assert not (is_met and self.is_due(name) and self.passes(asked)), f"{name} of {parent} was touched"
        for name, order in self.orders.items():
            by_itself = order.again or order.here
            if order.wish.symbol == symbol and by_itself and self.linked and status(order) == "HELD":
                is_met = self.meets(order.wish) or (order.is_tried and self.is_due(name))
                assert not is_met, f"{name} was touched"
            if order.wish.symbol == symbol and order.is_leg and status(order) in RESTING and not order.triggered:
                behind = self._behind(order)
                assert behind is None or behind < self._step(order), f"{name} trails by {behind} too much"

    def _legs_wait(self, parent: str, bracket: Bracket) -> None:
        """Legs that wait for their entry show what they would be sent as."""
        entry = self.orders[parent]
        for name in bracket.legs.values():
            leg, left = self.orders[name], entry.wish.qty - entry.filled
            assert status(leg) != "HELD" or left <= 0 or leg.wish.qty == left, f"{name} waits with {leg.wish.qty}"

    def _stop_stands(self, parent: str, bracket: Bracket) -> None:
        asked = self.orders[parent].wish
        if asked.protect is None and asked.trail is None:
            return
        name = bracket.legs.get("stop")
        assert name is not None, f"{parent} has {bracket.left} left, and no stop"
        leg = self.orders[name]
        if leg.waived:
            if "SOFT" in self.orders[parent].flags and status(leg) in CLOSED:
                self.orders[parent].alarm("UNPROTECTED")
            return
        assert status(leg) not in CLOSED, f"{name} has ended as {status(leg)}, and {parent} has no other"
        if status(leg) == "UNKNOWN":  # whether it stands, nobody knows
            self.orders[parent].alarm("UNPROTECTED")
        if not self._is_asked(leg):
            assert leg.most - leg.filled == bracket.left, f"{name} does not cover {bracket.left} of {parent}"
            if status(leg) in RESTING and leg.wish.stop is not None:
                self.orders[parent].alarm(None)

    def _target_stands(self, parent: str, bracket: Bracket) -> None:
        if self.orders[parent].wish.target is None or self.trading == "HALTED":
            return
        name = bracket.legs.get("target")
        assert name is not None, f"{parent} has {bracket.left} left, and no target"
        leg = self.orders[name]
        if leg.waived:
            return
        assert status(leg) not in CLOSED, f"{name} has ended as {status(leg)}, and {parent} has no other"
        if not self._is_asked(leg):  # what would open may not become larger
            assert leg.most - leg.filled <= bracket.left, f"{name} gives back more than {bracket.left} of {parent}"

    @staticmethod
    def _is_asked(leg: Order) -> bool:
        """Tell whether the venue owes an answer about a leg, or has refused to give it back."""
        return leg.recalled or status(leg) not in RESTING | {"HELD"}

    def is_due(self, name: str) -> bool:
        """Tell whether what a price has touched may go to the market: not soon after it did so for nothing, nor beside
        another that has come back."""
        leg, bracket = self.orders[name], self.brackets.of(name)
        failures = bracket.failures[leg.wish.role] if bracket is not None else leg.failures
        if not failures:
            return True
        beside = [one for one in self.orders.values() if one.wish.parent == leg.wish.parent and one.wish.is_market]
        if bracket is None:
            beside = [one for one in beside if one.is_tried and one.key == leg.key and "FOUND_LATE" in one.flags]
        pause = PAUSES[min(failures, len(PAUSES)) - 1]
        return self.now >= leg.born + pause and not any(status(one) in OPEN for one in beside)

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
