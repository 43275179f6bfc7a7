"""What we do and what becomes of us: tickets, cancels, stops, time, prices, deaths and lost links."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from oms.decide.input import Input
from oms.domain import commands as do
from oms.domain.ids import ClientOrderId
from tests.model.facts import RESTING, status
from tests.model.ports import Died
from tests.model.program import SYMBOLS
from tests.model.rules import among, rule
from tests.model.scene import SIZES, Scene
from tests.model.translate import ticket, to_report
from tests.model.words import TIMES, Wish

WAITS: Final = (0.5, 0.5, 1.0, 3.0, 10.0, 45.0)


class OurRules(Scene):
    """What happens on our side."""

    @rule(weight=7)
    def send(self, symbol: int, size: int, price: int) -> bool:
        """Put a ticket to the gate, for either side and either strategy, at the market or with a limit."""
        self.reference.hand_over(self.submit(self.wish(symbol, size, price)))
        return True

    @rule(weight=11)
    def send_guarded(self, symbol: int, size: int, price: int, legs: int) -> bool:
        """The same with a stop, a target, a trail, or several of them."""
        wish = self.wish(symbol, size, price)
        bid, ask = self.reference.marks[wish.symbol]
        sign, asked = TIMES[wish.side], legs % 7 + 1
        entry = wish.limit if wish.limit is not None else ask if sign > 0 else bid
        wish = wish._replace(
            protect=entry - sign * (1 + legs % 5) if asked & 1 else None,
            target=entry + sign * (1 + legs % 4) if asked & 2 else None,
            trail=Decimal(1 + legs % 3) if asked & 4 else None,
        )
        self.reference.hand_over(self.submit(wish))
        return True

    @rule(weight=2)
    def send_stop(self, symbol: int, size: int, price: int, how: int) -> bool:
        """A stop order: plain, with a limit, or one that trails."""
        wish = self.wish(symbol, size, 1)
        stop = Decimal(9_000 + price * 2) / 100
        limit = stop + TIMES[wish.side] if how % 3 == 1 else None
        trail = Decimal(1 + how % 4) if how % 3 == 2 else None
        self.reference.hand_over(self.submit(wish._replace(stop=stop, limit=limit, trail=trail)))
        return True

    @rule(weight=1)
    def send_no_number(self, symbol: int) -> bool:
        """A ticket without a number is refused, and there is no order."""
        wish = Wish(among(SYMBOLS, symbol), "BUY", Decimal("NaN"))
        self.program.put(do.SubmitTicket(actor="model", ticket=ticket(wish)))
        return True

    @rule(weight=3)
    def cancel(self, which: int) -> bool:
        """Ask to cancel an order, whatever has become of it."""
        if not self.reference.orders:
            return False
        name = among(list(self.reference.orders), which)
        self.program.put(do.CancelOrder(actor="model", client_order_id=ClientOrderId(name)))
        self.reference.cancel(name)
        return True

    @rule(weight=4)
    def change(self, which: int, size: int, price: int) -> bool:
        """Ask for another quantity of an order, and for other prices where it has some."""
        orders = self.reference.orders
        if not orders:
            return False
        resting = [name for name, one in orders.items() if status(one) in RESTING or (one.here and one.held)]
        name = among(resting if resting and which % 8 else list(orders), which)
        own_qty, limit, stop = orders[name].terms
        px = Decimal(9_000 + price * 2) / 100
        limit, stop = (px if own is not None and price % 2 else own for own in (limit, stop))
        qty = own_qty if orders[name].is_leg and size % 4 else among(SIZES[:-2], size)
        self.program.put(
            do.ReplaceOrder(
                actor="model", client_order_id=ClientOrderId(name), quantity=qty, limit_px=limit, stop_px=stop
            )
        )
        return self.reference.change(name, (qty, limit, stop))

    @rule(weight=1)
    def halt(self, how: int, size: int) -> bool:
        """Stop: alone, in one batch with a ticket, or with the latch set while a ticket is on its way."""
        program, reference = self.program, self.reference
        stop = do.HaltTrading(actor="model", reason="drawn")
        if how % 3 == 0:
            program.put(stop)
            reference.halt()
        elif how % 3 == 1:
            wish = self.wish(how, size, 0)
            program.put(do.SubmitTicket(actor="model", ticket=ticket(wish)), stop)
            name = reference.ticket(wish)
            reference.halt()
            reference.hand_over(name)
        else:
            program.latch.set()
            reference.hand_over(self.submit(self.wish(how, size, 0)), latched=True)
            program.put(stop)
            reference.halt()
        program.latch.set()
        return True

    @rule(weight=8)
    def resume(self) -> bool:
        """Trade again."""
        happens = self.reference.trading != "ACTIVE"
        self.program.latch.clear()
        self.program.put(do.ResumeTrading(actor="model"))
        self.reference.resume()
        return happens

    @rule(weight=4)
    def wait(self, how_long: int) -> bool:
        """Let time pass."""
        self.let_pass(among(WAITS, how_long))
        return True

    @rule(weight=5)
    def quote(self, symbol: int, price: int) -> bool:
        """Show a price between 90 and 110."""
        self.show(among(SYMBOLS, symbol), 9_000 + price * 2)
        return True

    @rule(weight=2)
    def crash(self, where: int, what: int, deaths: int) -> bool:
        """Die at a commit, right behind it, or at rest, and start again, perhaps dying at that too."""
        act = self._act(what, deaths) if where % 3 else None
        if act is not None:
            cause, believe = act
            self.program.disk.dies = "before" if where % 3 == 1 else "behind"
            try:
                self.program.put(cause)
            except Died:
                if where % 3 == 2:
                    believe()
            else:  # there was nothing to write
                believe()
        self.tell_deeds()
        self.lose_what_is_on_its_way(late=deaths % 2 == 0)
        self.recover(deaths)
        return True

    @rule(weight=1)
    def cut(self, what: int, size: int) -> bool:
        """Lose the link, which is noticed at once or under the next order."""
        if not self.venue.linked:
            return False
        self.lose_what_is_on_its_way(late=what % 2 == 0)
        self.venue.cut()
        if what % 3 == 0:
            self.submit(self.wish(what, size, 0))  # it is in flight: whether it left, nobody knows
        self.program.link.lose()
        self.reference.linked = False
        return True

    @rule(weight=4)
    def reconnect(self) -> bool:
        """Find the venue again: ask about all that is open, and compare the books."""
        if self.venue.linked:
            return False
        late, self.venue.going = self.venue.going, []
        self.agree()
        self.venue.going = late + self.venue.going
        return True

    def _act(self, what: int, how: int) -> tuple[Input, Callable[[], object]] | None:
        """Return something to be in the middle of, and what to believe if it was written down."""
        if what % 3 == 0:
            wish = self.wish(what, how, how)
            cause = do.SubmitTicket(actor="model", ticket=ticket(wish))
            return cause, lambda: self.reference.ticket(wish)
        if what % 3 == 1 and self.venue.coming:
            word = self.venue.coming[0]
            return to_report(word, self.program.now), lambda: self.reference.hear(word)
        if what % 3 == 2 and self.reference.orders:
            name = among(list(self.reference.orders), how)
            cancel = do.CancelOrder(actor="model", client_order_id=ClientOrderId(name))
            return cancel, lambda: self.reference.cancel(name)
        return None
