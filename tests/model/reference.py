"""What the cockpit should believe, from what it did and heard: facts in dicts and sets, and no code of `oms`.

Its orders are `tests.model.facts`; beside them stand positions, cash, prices and what may trade.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from tests.model.facts import OPEN, RESTING, ZERO, Order, status
from tests.model.words import TIMES, Word

DEADLINE, FIRST_QUERY, SPAN = 10.0, 0.5, 30.0  # seconds: of an answer, to the next question, of three "not found"
MOST_FRAC = Decimal("0.3")  # of equity that an instrument may come to
DOUBT = {"UNKNOWN", "NOT_FOUND"}


class Reference:
    """`at_once`: the venue's first "not found" is certain."""

    def __init__(self, symbols: Iterable[str], *, at_once: bool) -> None:
        self.at_once = at_once
        self.symbols = set(symbols)
        self.orders: dict[str, Order] = {}
        self.execs: set[str] = set()
        self.positions: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)  # (symbol, strategy)
        self.cash: dict[str, Decimal] = {}
        self.flows = ZERO  # US dollars that came from nowhere: the opening, and what reconciling booked
        self.marks: dict[str, tuple[Decimal, Decimal]] = {}  # symbol -> bid, which is the mark, and ask
        self.trading, self.linked, self.now = "ACTIVE", True, 0.0
        self.run = self.made = 0

    # -- what we do -----------------------------------------------------------------------------------------------

    def ticket(self, symbol: str, side: str, qty: Decimal, limit: Decimal | None, strategy: str) -> str:
        """Put a ticket to the gate; return its order's id."""
        self.made += 1
        name = f"M-{self.run}-{self.made}"
        passed = self.passes(symbol, side, qty, limit)
        self.orders[name] = Order(symbol, side, qty, strategy, self.now, limit, None if passed else "DENIED")
        return name

    def change(self, name: str, qty: Decimal, limit: Decimal | None) -> bool:
        """Ask to change an order that rests; return whether that was asked for."""
        order = self.orders[name]
        same = (qty, limit) == (order.qty, order.limit)
        if order.external or status(order) not in RESTING or same or qty <= order.filled:
            return False
        smaller = qty <= order.qty and limit == order.limit and self.trading != "HALTED"
        beside = order.qty - order.filled
        if not (smaller or self.passes(order.symbol, order.side, qty - order.filled, limit, beside)):
            return False
        order.change, order.changes = (qty, limit), order.changes + 1
        return True

    def passes(self, symbol: str, side: str, qty: Decimal, limit: Decimal | None, given_back: Decimal = ZERO) -> bool:
        """Tell what the gate says: by the trading state, and by what an instrument may come to be worth."""
        (bid, ask), sign = self.marks[symbol], TIMES[side]
        held = self.net(symbol) * sign + self.reserved(symbol, side) - given_back
        if qty <= 0 or self.trading == "HALTED":
            return False
        if qty <= -held:  # it only reduces
            return True
        px = max(limit or (ask if sign > 0 else bid), bid)
        return self.trading == "ACTIVE" and (held + qty) * px <= MOST_FRAC * self.equity()

    def hand_over(self, name: str, *, latched: bool = False) -> None:
        """Send an approved order, unless something stands in its way."""
        order = self.orders[name]
        if order.ended is None and (latched or not self.linked or order.canceling):
            order.ended = "CANCELED"

    def cancel(self, name: str) -> None:
        """Ask to cancel an order, if it may still trade."""
        if name in self.orders and status(self.orders[name]) in OPEN and not self.orders[name].external:
            self.orders[name].canceling = True

    def halt(self) -> None:
        """Stop everything."""
        self.trading = "HALTED"
        for name in self.orders:
            self.cancel(name)

    def resume(self) -> None:
        """Trade again."""
        self.trading = "ACTIVE"

    def wait(self, secs: float) -> None:
        """Let time pass: what was not answered within the deadline is unknown."""
        self.now += secs
        for order in self.orders.values():
            asked = order.asked  # who is asked about is waited for no longer than a question is
            due = order.sent + DEADLINE if asked is None else asked + FIRST_QUERY
            order.silent |= status(order) == "SUBMITTED" and due <= self.now

    def restart(self) -> None:
        """Forget what is not durable: the questions and their answers."""
        self.run, self.made, self.linked = self.run + 1, 0, True
        for order in self.orders.values():
            order.unseen, order.asked = 0, None

    def compare(self, cash: Mapping[str, Decimal], net: Mapping[str, Decimal], working: Iterable[str]) -> None:
        """Take the venue's books over where they differ, and close the gate a little if they do."""
        differs = False
        for currency, amount in cash.items():
            ours = self.cash.get(currency)
            differs |= ours not in (None, amount)
            self.flows += amount - (ours or ZERO) if currency == "USD" else ZERO
            self.cash[currency] = amount
        for symbol in self.symbols:
            missing = net.get(symbol, ZERO) - self.net(symbol)
            self.positions[symbol, "reconciled"] += missing
            self.flows += missing * self.marks.get(symbol, (ZERO,))[0]
            differs |= missing != 0
        differs |= any(name not in self.orders or status(self.orders[name]) not in OPEN for name in working)
        self._alarm(when=differs)
        if self.trading == "HALTED":
            self.halt()

    # -- what we hear ---------------------------------------------------------------------------------------------

    def hear(self, word: Word) -> None:
        """Take in what the venue says."""
        order = self.orders.get(word.order)
        if order is None:
            self._hear_of_stranger(word)
            return
        if word.what in {"refused", "unknown", "garbled", "unchanged"}:
            getattr(self, f"_{word.what}")(order, word)
            return
        before = status(order)
        if (word.symbol, word.side) != (order.symbol, order.side) or before == "DENIED":
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

    def _move(self, order: Order, word: Word, before: str) -> None:
        if word.what == "trade":
            self._trade(order, word, before)
        elif before in OPEN | {"NOT_FOUND"}:
            if word.what in {"new", "triggered"}:
                order.acked, order.ended = True, None
                order.triggered |= word.what == "triggered"
            else:
                order.ended = word.what.upper()
        if before == "NOT_FOUND" and status(order) != before:
            order.flags.add("FOUND_LATE")
        if self.trading == "HALTED" and before in DOUBT and status(order) != before and status(order) in OPEN:
            order.canceling = True

    def _trade(self, order: Order, word: Word, before: str) -> None:
        self.execs.add(word.exec_id)
        order.filled += word.qty
        order.value += word.qty * word.px
        signed = word.qty * TIMES[word.side]
        self.positions[word.symbol, order.strategy] += signed
        self.cash["USD"] -= signed * word.px
        self.cash[word.currency] -= word.fee
        if before == "NOT_FOUND":
            order.ended = None
        if order.external:
            return
        if before in {"CANCELED", "EXPIRED"}:
            order.flags.add("FILLED_LATE")
        self._flag_overfill(order)

    def _flag_overfill(self, order: Order) -> None:
        if order.filled > order.most:
            order.flags.add("OVERFILLED")
            self._alarm()

    def _replaced(self, order: Order, word: Word) -> None:
        """A change was made: the one that is waited for, or one that is told again."""
        if word.number < order.changes or (word.number == order.changes and order.change is None):
            order.unseen = 0
        elif order.change is None or word.number > order.changes or order.change != (word.qty, word.limit):
            self._quarantine(order)
        else:
            order.unseen = 0
            if status(order) in {"PENDING_REPLACE", "PENDING_CANCEL"}:
                order.qty, order.limit, order.change = word.qty, word.limit, None
                self._flag_overfill(order)

    def _unchanged(self, order: Order, word: Word) -> None:
        """A change was refused."""
        if word.number == order.changes and status(order) in {"PENDING_REPLACE", "PENDING_CANCEL"}:
            order.change = None
            self._flag_overfill(order)

    def _refused(self, order: Order, _word: Word) -> None:
        """A cancel was refused: the order works on, or nobody knows whether it ever did."""
        if status(order) == "PENDING_CANCEL":
            order.canceling = False
            order.silent = True

    def _unknown(self, order: Order, _word: Word) -> None:
        """The venue does not know the order: believed at once, or at the third time within a span."""
        if status(order) not in OPEN:
            return
        order.unseen += 1
        if order.unseen == 1:
            order.unseen_from = self.now
        order.asked = self.now if order.asked is None else order.asked
        if self.at_once or (order.unseen >= 3 and self.now - order.unseen_from >= SPAN):
            had = order.acked or order.filled
            order.ended, order.canceling = "CANCELED" if had else "NOT_FOUND", False

    def _garbled(self, order: Order, _word: Word) -> None:
        """An answer that proves nothing: as good as silence."""
        if status(order) == "SUBMITTED":
            order.silent = True

    def _hear_of_stranger(self, word: Word) -> None:
        if word.what == "trade" and is_sound(word) and word.symbol in self.symbols:
            if word.exec_id not in self.execs:
                self.orders[word.order] = Order(word.symbol, word.side, word.qty, "external", self.now, external=True)
                self.hear(word)
        elif word.what in {"trade", "refused", "unchanged", "unknown", "garbled"}:
            self._alarm()

    # -- what follows ---------------------------------------------------------------------------------------------

    def net(self, symbol: str) -> Decimal:
        """Return what the account holds."""
        return sum((qty for (name, _), qty in self.positions.items() if name == symbol), ZERO)

    def open(self) -> dict[str, Order]:
        """Return our orders that may still trade."""
        return {n: order for n, order in self.orders.items() if status(order) in OPEN and not order.external}

    def reserved(self, symbol: str, side: str) -> Decimal:
        """Return what open orders may still trade."""
        ours = (order for order in self.open().values() if (order.symbol, order.side) == (symbol, side))
        return sum((max(ZERO, order.most - order.filled) for order in ours), ZERO)

    def equity(self) -> Decimal:
        """Return what the account is worth in US dollars."""
        return self.cash["USD"] + sum((self.net(symbol) * bid for symbol, (bid, _) in self.marks.items()), ZERO)

    def _quarantine(self, order: Order) -> None:
        """Set a report aside, close the gate a little, and ask what is true, once."""
        self._alarm()
        if not order.doubted:
            order.asked = self.now if order.asked is None else order.asked
        order.doubted = True

    def _alarm(self, *, when: bool = True) -> None:
        if when and self.trading == "ACTIVE":
            self.trading = "REDUCING"


def is_sound(word: Word) -> bool:
    """Tell whether a trade's numbers can be true."""
    return all(number.is_finite() and 0 < number <= 10**12 for number in (word.qty, word.px)) and bool(word.exec_id)
