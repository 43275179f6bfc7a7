"""What becomes of words on their way: heard, heard again, out of order, lost, garbled, or never said."""

from decimal import Decimal
from typing import Final

from tests.model.facts import status
from tests.model.program import SYMBOLS
from tests.model.rules import among, rule
from tests.model.scene import Scene
from tests.model.words import TIMES, Word

LIES: Final = ("symbol", "side", "nan", "zero", "negative", "unnamed", "after the end", "unlisted", "nobody")


class WireRules(Scene):
    """What happens between us and the venue."""

    @rule(weight=14)
    def arrive(self, which: int, refuses: int) -> bool:
        """Let something arrive at the venue; what an order is about may overtake it only where nobody trusts that."""
        if not self.venue.going:
            return False
        place = 0 if self.at_once or which % 2 else which % len(self.venue.going)
        self.venue.arrive(place, refuses=refuses % 8 == 0)
        if not self.venue.linked:
            self.venue.coming.clear()
        return True

    @rule(weight=9)
    def calm(self) -> bool:
        """Let all arrive that is on its way, and hear all that is said of it."""
        if not (self.venue.linked and self.venue.going + self.venue.coming):
            return False
        self.answer_all()
        return True

    @rule(weight=2)
    def lose_request(self, which: int) -> bool:
        """Lose an order, a cancel or a question on its way."""
        if not self.venue.going:
            return False
        self.venue.going.pop(which % len(self.venue.going))
        return True

    @rule(weight=2)
    def overtake(self) -> bool:
        """Let questions overtake the orders that are on their way until they are given up; they may still arrive."""
        late = [one for one in self.venue.going if one[0] == "new"]
        if self.at_once or not late or not self.venue.linked:
            return False
        self.venue.going = [one for one in self.venue.going if one[0] != "new"]
        for _ in range(3):
            self.let_pass(45.0)
            self.answer_all()
        self.venue.going = late + self.venue.going
        return True

    @rule(weight=14)
    def hear(self) -> bool:
        """Hear what was said first."""
        return self.tell_from(0)

    @rule(weight=4)
    def hear_out_of_order(self, which: int) -> bool:
        """Hear something before what was said earlier."""
        return self.tell_from(which)

    @rule(weight=3)
    def hear_twice(self, which: int) -> bool:
        """Hear something that will be told again."""
        return self.tell_from(which, keep=True)

    @rule(weight=3)
    def lose_answer(self, which: int) -> bool:
        """Lose something that was said."""
        if not self.venue.coming:
            return False
        self.venue.coming.pop(which % len(self.venue.coming))
        return True

    @rule(weight=1)
    def garble(self, which: int) -> bool:
        """Hear an answer that makes no sense."""
        return bool(self.reference.orders) and self.tell(Word("garbled", among(list(self.reference.orders), which)))

    @rule(weight=1)
    def lie(self, which: int, how: int) -> bool:
        """Hear what cannot be true: nothing of it may be in the books."""
        lie = among(LIES, how)
        fits = {"after the end": {"DENIED", "REJECTED"}}.get(lie)
        names = [name for name, facts in self.reference.orders.items() if fits is None or status(facts) in fits]
        if lie == "nobody":
            return self.tell(Word(among(("refused", "unknown", "garbled"), which), "NOBODY"))
        if lie == "unlisted":
            return self.tell(Word("trade", "THEIRS", "VOD.XLON", "BUY", "L", Decimal(1), Decimal(1)))
        return bool(names) and self.tell(self._lie(among(names, which), lie))

    def _lie(self, name: str, how: str) -> Word:
        facts = self.reference.orders[name]
        word = Word("trade", name, facts.wish.symbol, facts.wish.side, f"L{self.steps}", Decimal(1), Decimal(100))
        wrong = {
            "symbol": word._replace(symbol=next(symbol for symbol in SYMBOLS if symbol != word.symbol)),
            "side": word._replace(side=next(side for side in TIMES if side != word.side)),
            "nan": word._replace(qty=Decimal("NaN")),
            "zero": word._replace(qty=Decimal(0)),
            "negative": word._replace(px=Decimal(-1)),
            "unnamed": word._replace(exec_id=""),
        }
        return wrong.get(how, word)
