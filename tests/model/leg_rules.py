"""What we and the venue do to the legs of brackets, and to an entry whose legs wait: move them, reach their price, and
refuse what goes to the market for it."""

from decimal import Decimal

from oms.domain import commands as do
from oms.domain.ids import ClientOrderId
from tests.model.facts import OPEN, RESTING, status
from tests.model.rules import among, rule
from tests.model.scene import SIZES, Scene
from tests.model.words import TIMES


class LegRules(Scene):
    """What happens to a bracket besides."""

    @rule(weight=3)
    def move(self, which: int, price: int, size: int) -> bool:
        """Move a leg, or an order that asks for legs, of which the quantity may be changed as well."""
        orders = self.reference.orders
        resting = [name for name, order in orders.items() if status(order) in RESTING]
        names = [name for name in resting if orders[name].is_leg or orders[name].is_guarded]
        if not names:
            return False
        name = among(names, which)
        qty, *prices = orders[name].terms
        px = Decimal(9_000 + price * 2) / 100
        limit, stop = (px if own is not None and size % 3 else own for own in prices)
        qty = qty if orders[name].is_leg else among((qty, *SIZES[:-2]), size)
        self.program.put(
            do.ReplaceOrder(
                actor="model", client_order_id=ClientOrderId(name), quantity=qty, limit_px=limit, stop_px=stop
            )
        )
        asked = self.reference.change(name, (qty, limit, stop))
        if asked and which % 2:
            self.answer_all()
        return asked

    @rule(weight=3)
    def reach(self, which: int) -> bool:
        """Show the price that a leg, or a stop by itself, waits for here."""
        orders = self.reference.orders
        held = [(name, order) for name, order in orders.items() if order.held]
        wishes = [order.wish for name, order in held if order.here or self.reference.brackets.of(name)]
        prices = [(wish, px) for wish in wishes for px in (wish.stop, wish.limit) if px is not None]
        if not prices:
            return False
        wish, px = among(prices, which)
        self.show(wish.symbol, int(px * 100) - (2 if TIMES[wish.side] > 0 else 0))
        return True

    @rule(weight=3)
    def refuse(self, which: int) -> bool:
        """Let the venue refuse a leg or another stop that gives back, and hear that it has."""
        orders = self.reference.orders
        meant = {name: order for name, order in orders.items() if order.is_leg or order.protects}
        names = [name for name, order in meant.items() if status(order) in OPEN - {"PENDING_CANCEL"}]
        new = [name for what, name in self.venue.going if what == "new"]
        taken = [name for name in self.venue.working() if not self.venue.filled[name]]
        names = [name for name in names if name in new] or [name for name in names if name in taken]
        if not (names and self.venue.linked):
            return False
        name = among(names, which)
        if name in new:
            self.venue.arrive(self.venue.going.index(("new", name)), refuses=True)
        else:
            self.venue.refuse(name)
        self.answer_all()
        return True
