"""What a venue's words make of the facts, whatever they say, in whatever order, and how often."""

from decimal import Decimal

from tests.model.deeds import Deeds
from tests.model.facts import LOCAL, OPEN, Order, status
from tests.model.words import OTHER, TIMES, Wish, Word

SPAN = 30.0  # seconds of three "not found"
DOUBT = {"UNKNOWN", "NOT_FOUND"}


class Hearing(Deeds):
    """Takes in words. `at_once`: the venue's first "not found" is certain."""

    at_once: bool

    def hear(self, word: Word) -> None:
        """Take in what the venue says."""
        order = self.orders.get(word.order)
        if order is None:
            self._hear_of_stranger(word)
            return
        if word.what in {"refused", "unknown", "garbled", "unchanged"}:
            getattr(self, f"_{word.what}")(order, word)
            self.brackets.sweep()
            return
        before = status(order)
        if (word.symbol, word.side) != order.wish[:2] or before in LOCAL:
            self._quarantine(order)
        elif word.what == "trade" and word.exec_id in self.execs:
            order.unseen = 0
        elif word.what == "replaced":
            self._replaced(order, word)
        elif (before == "REJECTED" and word.what != "rejected") or (word.what == "trade" and not is_sound(word)):
            self._quarantine(order)
        else:
            order.unseen = 0
            self._move(order, word, before)
        self.brackets.sweep()

    def _move(self, order: Order, word: Word, before: str) -> None:
        if word.what == "trade":
            self._trade(order, word, before)
        elif before in OPEN | {"NOT_FOUND"}:
            if word.what in {"new", "triggered"}:
                order.acked, order.ended = True, None
                order.triggered |= word.what == "triggered"
            else:
                order.ended = word.what.upper()
        moved = status(order) != before
        if before == "NOT_FOUND" and moved:
            order.flags.add("FOUND_LATE")
        too_late = before == "NOT_FOUND" and (order.is_leg or order.unwanted or order.spent)
        if before in DOUBT and moved and (too_late or self.is_stopped(order)):
            self.recall(order)

    def _trade(self, order: Order, word: Word, before: str) -> None:
        self.execs.add(word.exec_id)
        order.filled += word.qty
        order.value += word.qty * word.px
        signed = word.qty * TIMES[word.side]
        self.positions[order.key] += signed
        self.cash["USD"] -= signed * word.px
        self.cash[word.currency] -= word.fee
        self.take_back(word)
        if before == "NOT_FOUND":
            order.ended = None
        if order.external:
            return
        if before in {"CANCELED", "EXPIRED"}:
            order.flags.add("FILLED_LATE")
        self._flag_overfill(order)
        opened = min(word.qty, max(Decimal(0), self.positions[order.key] * TIMES[word.side]))
        self.brackets.count(word.order, word.qty, opened, self.positions[order.key], self.now)
        self._turn(order, opened)
        self.spend(order.key)

    def _turn(self, order: Order, opened: Decimal) -> None:
        """Give back what two orders closed that both meant to; a leg that trades ends what is left of its entry."""
        wish = order.wish
        raced = wish.role == "close" and self.brackets.exits.get(order.key, -1.0) >= order.born
        if opened and (order.is_leg or order.is_by_hand or raced):
            order.flags.add("TURNED")
            self.owed.append(Wish(wish.symbol, OTHER[wish.side], opened, strategy=wish.strategy, role="close"))
        if wish.parent is not None:
            parent = self.orders[wish.parent]
            if order.protects and "UNPROTECTED" in parent.flags:
                parent.alarm(None)
            self.recall(parent)

    def _flag_overfill(self, order: Order) -> None:
        if order.filled > order.most:
            order.flags.add("OVERFILLED")
            self.alarm()

    def _replaced(self, order: Order, word: Word) -> None:
        """A change was made: the one that is waited for, or one that is told again."""
        terms = word.qty, word.limit, word.stop
        if word.number < order.changes or (word.number == order.changes and order.change is None):
            order.unseen = 0
        elif order.change is None or word.number > order.changes or order.change != terms:
            self._quarantine(order)
        else:
            order.unseen = 0
            if status(order) in {"PENDING_REPLACE", "PENDING_CANCEL"}:
                order.wish = order.wish._replace(qty=word.qty, limit=word.limit, stop=word.stop)
                order.change = None
                self.brackets.agree(word.order)
                self._flag_overfill(order)

    def _unchanged(self, order: Order, word: Word) -> None:
        """A change was refused."""
        if word.number == order.changes and status(order) in {"PENDING_REPLACE", "PENDING_CANCEL"}:
            order.change = None
            self._flag_overfill(order)

    def _refused(self, order: Order, _word: Word) -> None:
        """A cancel was refused: the order works on, or nobody knows whether it ever did."""
        if status(order) == "PENDING_CANCEL":
            order.canceling = order.over = False
            order.silent = True
            order.unwanted &= not (order.acked or order.filled or order.triggered)

    def _unknown(self, order: Order, _word: Word) -> None:
        """The venue does not know the order: believed at once, or at the third time within a span."""
        if status(order) not in OPEN:
            return
        order.unseen += 1
        if order.unseen == 1:
            order.unseen_from = self.now
        order.asked = self.now if order.asked is None else order.asked
        if self.at_once or (order.unseen >= 3 and self.now - order.unseen_from >= SPAN and not order.suspect):
            had = order.acked or order.filled
            order.ended, order.canceling = "CANCELED" if had else "NOT_FOUND", False

    def _garbled(self, order: Order, _word: Word) -> None:
        """An answer that proves nothing: as good as silence."""
        if status(order) == "SUBMITTED":
            order.silent = True

    def _hear_of_stranger(self, word: Word) -> None:
        if word.what == "trade" and is_sound(word) and word.symbol in self.symbols:
            if word.exec_id not in self.execs:
                wish = Wish(word.symbol, word.side, word.qty, strategy="external")
                self.orders[word.order] = Order(wish, self.now, self.now, external=True)
                self.hear(word)
        elif word.what in {"trade", "refused", "unchanged", "unknown", "garbled"}:
            self.alarm()

    def _quarantine(self, order: Order) -> None:
        """Set a report aside, close the gate a little, and ask what is true, once."""
        self.alarm()
        if not order.doubted and status(order) not in LOCAL:
            order.asked = self.now if order.asked is None else order.asked
        order.doubted = True


def is_sound(word: Word) -> bool:
    """Tell whether a trade's numbers can be true."""
    return all(number.is_finite() and 0 < number <= 10**12 for number in (word.qty, word.px)) and bool(word.exec_id)
