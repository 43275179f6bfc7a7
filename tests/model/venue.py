"""The venue's truth: what it took, what traded, and what it said about it, in dicts.

It does nothing by itself. What is asked of it waits on the wire (`going`), what it says waits there too (`coming`), and
the rules decide what arrives, when, how often, and whether at all. The book is right whatever anybody hears.
"""

from decimal import Decimal
from itertools import count

from tests.model.words import OPENING, TIMES, Word

FEES = (("0.35", "USD"), ("0", "USD"), ("0.001", "BNB"))


class Venue:
    """One account. `orders` has what the venue still knows; `handed` counts how often it was given each order."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, str]] = {}  # id -> symbol, side, state
        self.left: dict[str, Decimal] = {}
        self.filled: dict[str, Decimal] = {}
        self.said: dict[str, list[Word]] = {}
        self.cash = dict(OPENING)
        self.net: dict[str, Decimal] = {}
        self.going: list[tuple[str, str]] = []  # (new, cancel, query, or change and its number; order)
        self.coming: list[Word] = []
        self.wanted: dict[str, tuple[str, str, Decimal]] = {}  # what each order that was handed over asks for
        self.handed: dict[str, int] = {}
        self.changes: dict[tuple[str, int], tuple[Decimal, Decimal | None, Decimal | None]] = {}  # by order and number
        self.linked = True
        self._numbers = count(1)
        self.clock = count(1)

    def working(self) -> list[str]:
        """Return the orders that may trade, oldest first."""
        return [name for name, order in self.orders.items() if order["state"] == "working"]

    def arrive(self, place: int, *, refuses: bool = False) -> None:
        """Let something that is on its way arrive; an order may be refused."""
        what, name = self.going.pop(place)
        known = self.orders.get(name)
        if what == "query":
            self.coming += self.said[name] if known else [Word("unknown", name)]
        elif what.startswith("change"):
            self._change(name, int(what.removeprefix("change ")))
        elif what == "cancel" and known and known["state"] == "working":
            self._end(name, "canceled")
        elif what == "cancel":
            self.coming.append(Word("refused", name))
        else:
            symbol, side, qty = self.wanted[name]
            self.take(name, symbol, side, qty)
            self.say(name, "new")
            if refuses:
                self.coming.pop()
                self.said[name].clear()
                self._end(name, "rejected")

    def take(self, name: str, symbol: str, side: str, qty: Decimal) -> None:
        """Take an order, ours or somebody else's. A second one of its name would be a twin."""
        assert name not in self.orders, f"I-03: {name} is at the venue twice"
        self.orders[name] = {"symbol": symbol, "side": side, "state": "working"}
        self.left[name], self.filled[name], self.said[name] = qty, Decimal(0), []

    def say(self, name: str, what: str) -> Word:
        """Say something about an order, and remember it."""
        order = self.orders[name]
        word = Word(what, name, order["symbol"], order["side"])
        self.said[name].append(word)
        self.coming.append(word)
        return word

    def trade(self, name: str, qty: Decimal, px: Decimal) -> None:
        """Let so much of an order trade, also when it has ended or has less left: the money is real."""
        order, number = self.orders[name], next(self._numbers)
        fee, currency = FEES[number % len(FEES)]
        about = "trade", name, order["symbol"], order["side"], f"X{number}"
        word = Word(*about, qty, px, Decimal(fee), currency, at=next(self.clock))
        self.said[name].append(word)
        self.coming.append(word)
        signed = qty * TIMES[order["side"]]
        self.net[word.symbol] = self.net.get(word.symbol, Decimal(0)) + signed
        self.cash["USD"] -= signed * px
        self.cash[currency] -= word.fee
        self.left[name] -= qty
        self.filled[name] += qty
        if self.left[name] <= 0:
            order["state"] = "filled"

    def expire(self, name: str) -> None:
        """End an order with its session."""
        self._end(name, "expired")

    def refuse(self, name: str) -> None:
        """End an order that was taken and has not traded, as some venues do that accept first; they speak of it as of
        one that they never took."""
        self.said[name].clear()
        self._end(name, "rejected")

    def forget(self, name: str) -> None:
        """Drop a working order without a word, as a venue does that was restarted."""
        del self.orders[name]

    def cut(self) -> None:
        """Lose the link, and what was said over it."""
        self.linked = False
        self.coming.clear()

    def _change(self, name: str, number: int) -> None:
        """Change what works, to more than has traded of it; say again what was changed before."""
        (qty, limit, stop), order = self.changes[name, number], self.orders.get(name)
        told = [word for word in self.said.get(name, ()) if word.number == number] if order else []
        if told:
            self.coming += told
        elif order is None or order["state"] != "working" or qty <= self.filled[name]:
            self.coming.append(Word("unchanged", name, number=number))
        else:
            self.left[name] = qty - self.filled[name]
            word = Word(
                "replaced", name, order["symbol"], order["side"], qty=qty, number=number, limit=limit, stop=stop
            )
            self.said[name].append(word)
            self.coming.append(word)

    def _end(self, name: str, how: str) -> None:
        self.orders[name]["state"] = how
        self.say(name, how)
