"""What we do to give back what a strategy holds: exits that wait, also where another holds the other way, and sales."""

from decimal import Decimal

from tests.model.facts import ZERO
from tests.model.rules import among, rule
from tests.model.scene import SIZES, Scene
from tests.model.words import TIMES, Wish


class ExitRules(Scene):
    """What gives back by itself, and is no leg."""

    @rule(weight=6)
    def send_exit(self, which: int, size: int, price: int, how: int) -> bool:
        """What waits to give back what a strategy holds, mostly as much as there is room for: a limit, a stop, a
        trail."""
        held = self._held()
        if not held:
            return False
        wish = self._away(among(list(held), which), size)._replace(exit=True, told=how % 3 == 0)
        px = Decimal(9_000 + price * 2) / 100
        trail = Decimal(1 + how % 4) if how % 4 == 1 else None
        wish = wish._replace(limit=px) if how % 2 == 0 else wish._replace(stop=px, trail=trail)
        room = self.reference.room(wish, abs(held[wish.symbol, wish.strategy]), "")
        self.reference.hand_over(self.submit(wish._replace(qty=room) if room > 0 and size % 8 else wish))
        return True

    @rule(weight=7)
    def oppose(self, symbol: int, which: int, size: int) -> bool:
        """Let one strategy hold something and the other the other side of it, and hear that both have traded."""
        if not self.venue.linked:
            return False
        held = self._held()
        if not held:
            self._trade_now(self.wish(symbol, size, 1))
            held = self._held()
        if held:
            wish = self._away(among(list(held), which), which)
            self._trade_now(wish._replace(strategy="pairs" if wish.strategy == "trend" else "trend"))
        return bool(held)

    @rule(weight=8)
    def send_exit_beyond_net(self, which: int, size: int, price: int) -> bool:
        """A limit that gives back what a strategy holds where the account holds less of it, or nothing: for as much as
        there is room, or more."""
        reference = self.reference
        held = [(key, 1 if qty > 0 else -1) for key, qty in self._held().items()]
        beyond = [key for key, sign in held if abs(reference.positions[key]) > reference.net(key[0]) * sign]
        if not beyond:
            return False
        wish = self._away(among(beyond, which), size)._replace(exit=True, limit=Decimal(9_000 + price * 2) / 100)
        room = reference.room(wish, ZERO, "")
        name = self.submit(wish._replace(qty=room) if room > 0 and size % 4 else wish)
        reference.hand_over(name)
        wish = reference.orders[name].wish
        return reference.orders[name].passes and wish.qty > -reference.net(wish.symbol) * TIMES[wish.side]

    @rule(weight=4)
    def send_close(self, which: int, size: int) -> bool:
        """What gives back at once of what a strategy holds, mostly all of it."""
        held = self._held()
        if not held:
            return False
        wish = self._away(among(list(held), which), size)
        most = abs(held[wish.symbol, wish.strategy]) - self.reference.reserved(wish.symbol, wish.side, wish.strategy)
        if size % 4 and most > 0:
            wish = wish._replace(qty=most)
        self.reference.hand_over(self.submit(wish._replace(role="close" if 0 < wish.qty <= most else "")))
        return True

    @rule(weight=7)
    def sell_beside_a_stop(self, which: int, part: int, price: int) -> bool:
        """Leave a stop for all that a strategy holds, hear that it works, and sell a part: it is to be smaller."""
        if not self.venue.linked:
            return False
        if not self._held():
            self._trade_now(self.wish(which, part, 1))
        held = self._held()
        if not held:
            return False
        wish = self._away(among(list(held), which), part)
        px = self.reference.best(wish) + TIMES[wish.side] * (1 + Decimal(price % 300) / 100)
        stop = wish._replace(exit=True, stop=px, trail=Decimal(3) if price % 3 == 0 else None)
        room = self.reference.room(stop, ZERO, "")
        if room <= 1:
            return False
        self.reference.hand_over(self.submit(stop._replace(qty=room)))
        self.answer_all()
        self._trade_now(wish._replace(role="close", qty=max(Decimal(1), room * (part % 4) // 4)), hears=part % 5 > 0)
        return True

    def _held(self) -> dict[tuple[str, str], Decimal]:
        """Return what each strategy holds."""
        return {key: qty for key, qty in self.reference.positions.items() if qty and key[1] in {"trend", "pairs"}}

    def _away(self, key: tuple[str, str], size: int) -> Wish:
        """Return a wish for the side that gives a position back."""
        side = "SELL" if self.reference.positions[key] > 0 else "BUY"
        return Wish(key[0], side, among(SIZES, size), strategy=key[1])

    def _trade_now(self, wish: Wish, *, hears: bool = True) -> None:
        """Send an order, let it trade where the venue takes it, and hear of that and of what follows, or not yet."""
        name = self.submit(wish)
        self.reference.hand_over(name)
        self.answer_all()
        if name in self.venue.working():
            self.venue.trade(name, self.venue.left[name], self.reference.marks[wish.symbol][0])
        while hears and self.venue.coming:
            self.tell_from(0)
