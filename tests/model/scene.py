"""One program, one venue and one reference side by side, and what the rules do to all three at once."""

from decimal import Decimal
from typing import Final

from oms.domain import commands as do
from tests.model import invariants
from tests.model.ports import Died
from tests.model.program import SYMBOLS, Program, run
from tests.model.reference import Reference
from tests.model.rules import among
from tests.model.translate import ticket, to_deed
from tests.model.venue import Venue
from tests.model.words import TIMES, Wish, Word

SIZES: Final = tuple(map(Decimal, ("1", "7", "40", "40", "100", "100", "250", "0", "-3")))

INSTANT: Final = 1 / 512  # s; a whole number of nanoseconds, and exact where seconds are counted


class Scene:
    """What the rules act on. `at_once`: the venue's first "not found" is certain. `stops`: it takes stop orders.
    `changes`: it changes orders that work."""

    def __init__(self, *, at_once: bool, stops: bool = True, changes: bool = True) -> None:
        self.venue = Venue()
        self.program = Program(self.venue, at_once=at_once, stops=stops, changes=changes)
        self.reference = Reference(SYMBOLS, at_once=at_once, stops=stops, changes=changes)
        self.at_once, self.stops = at_once, stops
        self.steps = 0
        self._told = 0  # records of which the reference knows

    def submit(self, wish: Wish) -> str:
        name = self.reference.ticket(wish)
        if self.reference.orders[name].ended is None:
            invariants.passed_alike(self.reference, wish)
        self.program.put(do.SubmitTicket(actor="model", ticket=ticket(wish)))
        return name

    def wish(self, symbol: int, size: int, price: int) -> Wish:
        limit = None if price % 2 else Decimal(9_000 + price * 2) / 100
        side, strategy = among(tuple(TIMES), symbol // 2), among(("trend", "pairs"), symbol // 4)
        return Wish(among(SYMBOLS, symbol), side, among(SIZES, size), limit, strategy)

    def tell(self, word: Word) -> bool:
        self.program.hear(word)
        self.reference.hear(word)
        self.tell_deeds()
        return True

    def tell_from(self, which: int, *, keep: bool = False) -> bool:
        if not self.venue.coming:
            return False
        place = which % len(self.venue.coming)
        return self.tell(self.venue.coming[place] if keep else self.venue.coming.pop(place))

    def tell_deeds(self) -> None:
        """Tell the reference what the program has done since by itself."""
        for record in self.program.durable(self._told):
            deed = to_deed(record.event)
            if deed is not None:
                self.reference.did(deed)
        self._told = self.program.disk.seq
        self.reference.stands()

    def show(self, symbol: str, bid: int) -> None:
        """Show a price in cents, with an ask of two more, and look whether what waits for it has moved."""
        self.program.quote(symbol, bid, bid + 2)
        self.reference.marks[symbol] = Decimal(bid) / 100, Decimal(bid + 2) / 100
        self.tell_deeds()
        self.reference.touched(symbol)

    def lose_what_is_on_its_way(self, *, late: bool) -> None:
        """Lose what was said and not heard, and what was asked, but for what arrives later all the same."""
        self.venue.coming.clear()
        self.venue.going = [one for one in self.venue.going if late and not self.at_once and one[0] != "query"]

    def recover(self, deaths: int) -> None:
        """Start, dying at that before or behind its first commit as often as `deaths` says."""
        late, self.venue.going = self.venue.going, []
        for dies in ("before", "behind", "")[: deaths % 3]:
            self.program.disk.dies = dies
            try:
                self.program.start()
            except Died:
                if dies == "before":
                    continue
            self.reference.restart()
        self.program.disk.dies = ""
        self.program.start()
        self.reference.restart()
        if self.reference.trading == "HALTED":
            self.program.latch.set()
        for symbol, (bid, ask) in self.reference.marks.items():
            self.program.quote(symbol, int(bid * 100), int(ask * 100))
        self.tell_deeds()
        self.agree()
        self.venue.going = late + self.venue.going

    def agree(self) -> None:
        """Ask about all that is open and compare the books, at an instant that is later than that of any order."""
        venue = self.venue
        self.let_pass(INSTANT)
        venue.linked = self.reference.linked = True
        run(self.program.link.open())
        self.answer_all()
        at = next(venue.clock)
        self.program.link.compare(self.program.books(at))
        self.reference.compare(at, venue.cash, venue.net, venue.working())
        invariants.booked_alike(self.program, self.reference)
        self.tell_deeds()
        run(self.program.link.again())
        self.tell_deeds()

    def answer_all(self) -> None:
        """Let everything arrive, and hear all that is said."""
        while self.venue.going or self.venue.coming:
            if self.venue.going:
                self.venue.arrive(0)
            while self.venue.coming:
                self.tell_from(0)

    def let_pass(self, secs: float) -> None:
        self.program.wait(secs)
        self.reference.wait(secs)
        self.tell_deeds()
