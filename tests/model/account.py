"""What the account is and what may trade: positions, cash, prices, and what the gate lets pass. No code of `oms`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from tests.model.brackets import Brackets
from tests.model.facts import CLOSED, OPEN, ZERO, Order, status
from tests.model.words import TIMES, WORTH, Wish, Word

MOST_FRAC = Decimal("0.3")  # of equity that an instrument may come to


class Account:
    """The sums over all orders. `symbols` is what is listed."""

    def __init__(self, symbols: Iterable[str]) -> None:
        self.symbols = set(symbols)
        self.orders: dict[str, Order] = {}
        self.brackets = Brackets(self.orders)
        self.execs: set[str] = set()
        self.positions: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)  # (symbol, strategy)
        self.booked: defaultdict[str, list[tuple[int, Decimal]]] = defaultdict(list)  # when and at what, by symbol
        self.cash: dict[str, Decimal] = {}
        self.flows = ZERO  # US dollars that came from nowhere: the opening, and what reconciling booked
        self.marks: dict[str, tuple[Decimal, Decimal]] = {}  # symbol -> bid, which is the mark, and ask
        self.trading, self.linked, self.now = "ACTIVE", True, 0.0

    def passes(self, wish: Wish, given_back: Decimal = ZERO, changes: str = "") -> bool:
        """Tell what the gate says: by the trading state, and by what an instrument may come to be worth.

        The stop of a bracket may leave in a stop of trading. It gives back its own strategy's, whatever the others
        hold, as a stop by itself does, and a close at the market while nothing has tripped, if it does not turn the net
        round. An exit has no more room than others of its kind leave it of its strategy's; what of a limit is more than
        the account's net opens all the same. What else rests may find gone what they stand for. `changes` is the order
        that is to become the wish.
        """
        (bid, ask), sign, qty = self.marks[wish.symbol], TIMES[wish.side], wish.qty
        held = self.net(wish.symbol) * sign + self.reserved(wish.symbol, wish.side) - given_back
        is_by_itself = wish.parent is None and not wish.exit
        if is_by_itself and (wish.limit is not None or wish.stop is not None):
            held += max(self.behind(wish, stops=stops) for stops in (True, False))
        reduces = qty <= -held
        if wish.exit and qty > self.room(wish, -held, changes):
            return False
        if wish.role == "stop" or (wish.exit and wish.stop is not None):
            reduces |= qty <= -self.positions[wish.symbol, wish.strategy] * sign
        if wish.role == "close" and wish.limit is None and held >= 0 and self.trading == "ACTIVE":
            on_way = self.reserved(wish.symbol, wish.side, wish.strategy) - given_back
            reduces |= qty <= -self.positions[wish.symbol, wish.strategy] * sign - on_way
        protects = wish.role == "stop" or bool(changes and wish.exit and wish.stop is not None)
        if qty <= 0 or (self.trading == "HALTED" and not (reduces and protects)):
            return False
        if reduces:
            return True
        own = [px for px in (wish.limit, wish.stop) if px is not None]
        px = max([*(own or [ask if sign > 0 else bid]), bid])
        return self.trading == "ACTIVE" and (held + qty) * px <= MOST_FRAC * self.equity()

    def room(self, wish: Wish, closable: Decimal, changes: str) -> Decimal:
        """Return how much an exit may be for, by what its strategy holds, and if the venue is told of it at the net."""
        own = -self.positions[wish.symbol, wish.strategy] * TIMES[wish.side]
        own -= self.reserved(wish.symbol, wish.side, wish.strategy)
        return (min(own, closable) if wish.told else own) - self.behind(wish, stops=wish.stop is not None, but=changes)

    def behind(self, wish: Wish, *, stops: bool, but: str = "") -> Decimal:
        """Return what legs and exits of one kind stand for of the position that a wish would give back."""
        key = wish.symbol, wish.strategy
        if self.positions[key] * TIMES[wish.side] >= 0:
            return ZERO
        legs, exits = self.of_legs(key, "stop" if stops else "target"), self.exits(key, wish.side, stops=stops)
        return legs + sum((one.most - one.filled for name, one in exits.items() if name != but), ZERO)

    def of_legs(self, key: tuple[str, str], role: str) -> Decimal:
        """Return what the legs of one kind stand for that are in force for a position, or will be made anew."""
        total = ZERO
        for bracket in self.brackets.by_parent.values():
            leg = self.orders.get(bracket.legs.get(role, ""))
            if bracket.key == key and leg is not None and not (leg.waived and status(leg) in CLOSED):
                total += bracket.left
        return total

    def exits(self, key: tuple[str, str], side: str, *, stops: bool) -> dict[str, Order]:
        """Return the exits of one kind that have not ended, oldest first."""
        meant = {name: order for name, order in self.orders.items() if order.wish.exit and order.key == key}
        return {
            name: order
            for name, order in meant.items()
            if order.wish.side == side and (order.wish.stop is not None) is stops and status(order) not in CLOSED
        }

    def net(self, symbol: str) -> Decimal:
        """Return what the account holds."""
        return sum((qty for (name, _), qty in self.positions.items() if name == symbol), ZERO)

    def open(self) -> dict[str, Order]:
        """Return our orders that have not ended."""
        return {n: order for n, order in self.orders.items() if status(order) not in CLOSED and not order.external}

    def reserved(self, symbol: str, side: str, strategy: str | None = None) -> Decimal:
        """Return what open orders may still trade, of one strategy or of all; legs give back only what is held."""
        total = ZERO
        for order in self.orders.values():
            meant = strategy in {None, order.wish.strategy} and not (order.external or order.is_leg or order.wish.exit)
            if (order.wish.symbol, order.wish.side) == (symbol, side) and meant:
                total += max(ZERO, order.most - order.filled) if status(order) not in CLOSED else ZERO
        return total

    def equity(self) -> Decimal:
        """Return what the account is worth in US dollars, coins at what they are worth."""
        cash = sum((amount * WORTH[currency] for currency, amount in self.cash.items()), ZERO)
        return cash + sum((self.net(symbol) * bid for symbol, (bid, _) in self.marks.items()), ZERO)

    def halt(self) -> None:
        """Stop everything but what protects."""
        self.trading = "HALTED"
        for order in self.orders.values():
            if not order.protects:
                self.recall(order)

    def is_stopped(self, order: Order) -> bool:
        """Tell whether a stop of trading means an order that comes to light in it."""
        return self.trading == "HALTED" and not order.protects

    def recall(self, order: Order) -> None:
        """Ask for an order back, unless that was done."""
        if order.here and order.held:
            order.ended, order.held = "CANCELED", False
        elif status(order) in OPEN - {"PENDING_CANCEL"} and not order.external:
            order.canceling = order.recalled = order.unwanted = True

    def compare(self, at: int, cash: Mapping[str, Decimal], net: Mapping[str, Decimal], working: Iterable[str]) -> None:
        """Take the venue's books of an instant over where they differ, and close the gate a little if they do."""
        differs = False
        for currency, amount in cash.items():
            ours = self.cash.get(currency)
            differs |= ours not in (None, amount)
            self.flows += (amount - (ours or ZERO)) * WORTH[currency]
            self.cash[currency] = amount
        for symbol in self.symbols:
            missing = net.get(symbol, ZERO) - self.net(symbol)
            px = self.marks.get(symbol, (ZERO,))[0]
            self.positions[symbol, "reconciled"] += missing
            self.flows += missing * px
            if missing:
                self.booked[symbol].append((at, px))
                self._suspect(symbol, "BUY" if missing > 0 else "SELL", may_be=True)
            differs |= missing != 0
        differs |= any(name not in self.orders or status(self.orders[name]) not in OPEN for name in working)
        self.alarm(when=differs)
        if self.trading == "HALTED":
            for order in self.orders.values():
                if self.is_stopped(order):
                    self.recall(order)

    def take_back(self, word: Word) -> None:
        """Take a trade out of what was booked without knowing it, if the venue's books had it by then."""
        covering = [px for at, px in self.booked[word.symbol] if word.at < at]
        if not covering:
            return
        signed, fee = word.qty * TIMES[word.side], word.fee * WORTH[word.currency]
        self.positions[word.symbol, "reconciled"] -= signed
        self.cash["USD"] += signed * word.px
        self.cash[word.currency] += word.fee
        self.flows += signed * (word.px - covering[0]) + fee
        self._suspect(word.symbol, word.side, may_be=False)

    def _suspect(self, symbol: str, side: str, *, may_be: bool) -> None:
        """Note that what was booked may be of the orders that have left, so that none of these is given up; or that it
        was of one whose trade was told after all."""
        for order in self.orders.values():
            if order.wish[:2] == (symbol, side) and (not may_be or status(order) in OPEN):
                order.suspect = may_be

    def alarm(self, *, when: bool = True) -> None:
        """Let only reducing orders through."""
        if when and self.trading == "ACTIVE":
            self.trading = "REDUCING"
