"""What happens at the venue, whether or not anybody hears of it."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from tests.model.program import SYMBOLS
from tests.model.rules import among, rule
from tests.model.scene import Scene
from tests.model.words import TIMES


class VenueRules(Scene):
    """What happens on the other side."""

    @rule(weight=5)
    def fill(self, which: int) -> bool:
        """Trade all that is left."""
        return self._trade(self.venue.working(), which, lambda left: left)

    @rule(weight=5)
    def fill_partly(self, which: int, part: int) -> bool:
        """Trade a part of what is left."""
        return self._trade(self.venue.working(), which, lambda left: max(Decimal(1), left * (part % 4) // 4))

    @rule(weight=9)
    def fill_bracket(self, which: int, part: int) -> bool:
        """Trade some of an order that asks for legs, or of one of its legs, or all of it."""
        orders = self.reference.orders
        names = [name for name in self.venue.working() if name in orders]
        names = [name for name in names if orders[name].is_guarded or orders[name].is_leg]
        return self._trade(names, which, lambda left: max(Decimal(1), left * (part % 4 + 1) // 4))

    @rule(weight=2)
    def overfill(self, which: int) -> bool:
        """Trade more than is left."""
        return self._trade(self.venue.working(), which, lambda left: left + 5)

    @rule(weight=2)
    def fill_late(self, which: int) -> bool:
        """Trade what was canceled or has expired."""
        ended = [name for name, order in self.venue.orders.items() if order["state"] in {"canceled", "expired"}]
        return self._trade(ended, which, lambda left: max(Decimal(1), left // 2))

    @rule(weight=1)
    def expire(self, which: int) -> bool:
        """End an order with its session."""
        return self._at_venue(which, self.venue.expire)

    @rule(weight=3)
    def trigger(self, which: int) -> bool:
        """Say that an order's trigger was reached."""
        return self._at_venue(which, lambda name: self.venue.say(name, "triggered"))

    @rule(weight=1)
    def forget(self, which: int) -> bool:
        """Drop a working order without a word."""
        return self._at_venue(which, self.venue.forget)

    @rule(weight=1)
    def trade_elsewhere(self, symbol: int, size: int) -> bool:
        """Let another program trade in the account."""
        name = f"THEIRS-{self.steps}"
        self.venue.take(name, among(SYMBOLS, symbol), among(tuple(TIMES), size), Decimal(5))
        if size % 3:
            self.venue.trade(name, Decimal(5), Decimal(100))
        else:
            self.venue.say(name, "new")
        return True

    def _trade(self, names: Sequence[str], which: int, qty: Callable[[Decimal], Decimal]) -> bool:
        if not names:
            return False
        name = among(names, which)
        self.venue.trade(name, qty(self.venue.left[name]), Decimal(9_500 + which) / 100)
        return True

    def _at_venue(self, which: int, act: Callable[[str], object]) -> bool:
        names = self.venue.working()
        if names:
            act(among(names, which))
        return bool(names)
