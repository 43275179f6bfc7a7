"""What the account is and what may trade: positions, cash, prices, and what the gate lets pass. No code of `oms`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from tests.model.brackets import Brackets
from tests.model.facts import CLOSED, OPEN, ZERO, Order, status
from tests.model.words import TIMES, Wish

MOST_FRAC = Decimal("0.3")  # of equity that an instrument may come to


class Account:
    """The sums over all orders. `symbols` is what is listed."""

    def __init__(self, symbols: Iterable[str]) -> None:
        self.symbols = set(symbols)
        self.orders: dict[str, Order] = {}
        self.brackets = Brackets(self.orders)
        self.execs: set[str] = set()
        self.positions: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)  # (symbol, strategy)
        self.cash: dict[str, Decimal] = {}
        self.flows = ZERO  # US dollars that came from nowhere: the opening, and what reconciling booked
        self.marks: dict[str, tuple[Decimal, Decimal]] = {}  # symbol -> bid, which is the mark, and ask
        self.trading, self.linked, self.now = "ACTIVE", True, 0.0

    def passes(self, wish: Wish, given_back: Decimal = ZERO) -> bool:
        """Tell what the gate says: by the trading state, and by what an instrument may come to be worth.

        The stop of a bracket may leave in a stop of trading, and gives back its own strategy's, whatever the others
        hold.
        """
        (bid, ask), sign, qty = self.marks[wish.symbol], TIMES[wish.side], wish.qty
        held = self.net(wish.symbol) * sign + self.reserved(wish.symbol, wish.side) - given_back
        reduces = qty <= -held
        if wish.role == "stop":
            reduces |= qty <= -self.positions[wish.symbol, wish.strategy] * sign
        if qty <= 0 or (self.trading == "HALTED" and not (reduces and wish.role == "stop")):
            return False
        if reduces:
            return True
        own = [px for px in (wish.limit, wish.stop) if px is not None]
        px = max([*(own or [ask if sign > 0 else bid]), bid])
        return self.trading == "ACTIVE" and (held + qty) * px <= MOST_FRAC * self.equity()

    def net(self, symbol: str) -> Decimal:
        """Return what the account holds."""
        return sum((qty for (name, _), qty in self.positions.items() if name == symbol), ZERO)

    def open(self) -> dict[str, Order]:
        """Return our orders that have not ended."""
        return {n: order for n, order in self.orders.items() if status(order) not in CLOSED and not order.external}

    def reserved(self, symbol: str, side: str) -> Decimal:
        """Return what open orders may still trade; legs give back only what is held."""
        total = ZERO
        for order in self.orders.values():
            if (order.wish.symbol, order.wish.side) == (symbol, side) and not (order.external or order.is_leg):
                total += max(ZERO, order.most - order.filled) if status(order) not in CLOSED else ZERO
        return total

    def equity(self) -> Decimal:
        """Return what the account is worth in US dollars."""
        return self.cash["USD"] + sum((self.net(symbol) * bid for symbol, (bid, _) in self.marks.items()), ZERO)

    def halt(self) -> None:
        """Stop everything but what protects."""
        self.trading = "HALTED"
        for order in self.orders.values():
            if order.wish.role != "stop":
                self.recall(order)

    def is_stopped(self, order: Order) -> bool:
        """Tell whether a stop of trading means an order that comes to light in it."""
        return self.trading == "HALTED" and order.wish.role != "stop"

    def recall(self, order: Order) -> None:
        """Ask for an order back, unless that was done."""
        if status(order) in OPEN - {"PENDING_CANCEL"} and not order.external:
            order.canceling = order.recalled = order.unwanted = True

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
        self.alarm(when=differs)
        if self.trading == "HALTED":
            for order in self.orders.values():
                if self.is_stopped(order):
                    self.recall(order)

    def alarm(self, *, when: bool = True) -> None:
        """Let only reducing orders through."""
        if when and self.trading == "ACTIVE":
            self.trading = "REDUCING"
