"""The venue's own truth: every order it took, every execution, and the cash and positions they come to.

It is written without our vocabulary, so that a mistake in that cannot hide here. One client id is one order for
ever; a second `new` under it is counted and refused. What the book does never depends on whether anybody hears of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import count

from tests.doubles.venue.wire import Account, Report, Request, WireQuote


@dataclass(frozen=True)
class Traded:
    """A symbol: its steps, what it is priced in, and what fees are taken in; an execution costs `fee_frac` of it."""

    tick: Decimal = Decimal("0.01")
    lot: Decimal = Decimal(1)
    currency: str = "USD"
    fee_currency: str = "USD"
    fee_frac: Decimal = Decimal("0.0005")


def whole(leaves: Decimal) -> Iterable[Decimal]:
    """Trade all that is left at once."""
    return (leaves,)


def half(leaves: Decimal) -> Iterable[Decimal]:
    """Trade half of what is left with each quote, at least one."""
    return (max(Decimal(1), leaves // 2),)


def one_by_one(leaves: Decimal) -> Iterable[Decimal]:
    """Trade all that is left, one after the other."""
    return (Decimal(1),) * int(leaves)


@dataclass
class VenueOrder:
    """An order as the venue knows it, with all it ever said about it."""

    number: str
    asked: Request
    quantity: Decimal
    limit: Decimal | None
    leaves: Decimal
    state: str = "working"
    reports: list[Report] = field(default_factory=list)


class Refusal(Exception):
    """The venue does not do it: a code and words."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class VenueBook:
    """One account. `slices` says in which parts an order trades on one quote."""

    def __init__(
        self,
        traded: Mapping[str, Traded],
        cash: Mapping[str, Decimal],
        *,
        slices: Callable[[Decimal], Iterable[Decimal]] = whole,
        short_sale: bool = True,
        now: Callable[[], int] = lambda: 0,
    ) -> None:
        self.traded = dict(traded)
        self.cash = dict(cash)
        self.net: dict[str, Decimal] = {}
        self.orders: dict[str, VenueOrder] = {}
        self.executions: list[Report] = []
        self.twin_attempts = 0
        self._quotes: dict[str, WireQuote] = {}
        self._slices = slices
        self._short_sale = short_sale
        self.now = now
        self._numbers = count(1)

    def new(self, asked: Request) -> tuple[Report, list[Report]]:
        """Take an order; return the acknowledgement, and what happened to it at once.

        Raises:
            Refusal: it is not taken, and never will be under this client id.
        """
        if asked.client in self.orders:
            self.twin_attempts += 1
            raise Refusal("duplicate", f"client id {asked.client} was used before")
        quantity, limit = self._sound(asked)
        placed = VenueOrder(f"V{next(self._numbers)}", asked, quantity, limit, leaves=quantity)
        self.orders[asked.client] = placed
        first = self._say(placed, "new", qty=asked.qty, px=asked.limit)
        then = self._match(placed, maker=False)
        if placed.state == "working" and asked.tif == "ioc":
            then.append(self._end(placed, "canceled", "IOC: what cannot trade at once is canceled"))
        return first, then

    def cancel(self, client: str) -> Report:
        """Cancel what is left of an order. Raises Refusal."""
        placed = self.known(client)
        if placed.state != "working":
            raise Refusal("too_late", f"the order is already {placed.state}")
        return self._end(placed, "canceled", "")

    def known(self, client: str) -> VenueOrder:
        """Return the order of a client id. Raises Refusal."""
        if client not in self.orders:
            raise Refusal("unknown_order", f"no order {client} here")
        return self.orders[client]

    def show(self, quote: WireQuote) -> list[Report]:
        """Let the market move; return what happened to resting orders."""
        self._quotes[quote.symbol] = quote
        resting = [o for o in self.orders.values() if o.state == "working" and o.asked.symbol == quote.symbol]
        return [report for placed in resting for report in self._match(placed, maker=placed.limit is not None)]

    def end_session(self) -> list[Report]:
        """Let the day's orders expire."""
        return [self._end(o, "expired", "") for o in self._working() if o.asked.tif == "day"]

    def drop_open(self) -> None:
        """Lose every working order, as a venue that restarts may; nobody is told, who asks will hear it."""
        for placed in self._working():
            self._end(placed, "canceled", "dropped by a restart of the venue")

    def account(self) -> Account:
        """Return what the account holds."""
        return Account(
            ts=self.now(),
            cash={currency: str(amount) for currency, amount in self.cash.items()},
            net={symbol: str(net) for symbol, net in self.net.items() if net},
            open=[placed.asked.client for placed in self._working()],
        )

    def _working(self) -> list[VenueOrder]:
        return [placed for placed in self.orders.values() if placed.state == "working"]

    def _sound(self, asked: Request) -> tuple[Decimal, Decimal | None]:
        traded = self.traded.get(asked.symbol)
        if traded is None:
            raise Refusal("unknown_symbol", f"{asked.symbol} is not traded here")
        if asked.limit is None and asked.symbol not in self._quotes:
            raise Refusal("no_price", f"no price of {asked.symbol} yet")
        quantity = _multiple(asked.qty, traded.lot, "quantity")
        limit = _multiple(asked.limit, traded.tick, "limit") if asked.limit is not None else None
        if asked.side == "sell" and not self._short_sale:
            offered = [o.leaves for o in self._working() if (o.asked.symbol, o.asked.side) == (asked.symbol, "sell")]
            if quantity > self.net.get(asked.symbol, Decimal(0)) - sum(offered):
                raise Refusal("short_sale", f"no short sale of {asked.symbol} here")
        return quantity, limit

    def _match(self, placed: VenueOrder, *, maker: bool) -> list[Report]:
        quote = self._quotes.get(placed.asked.symbol)
        if quote is None:
            return []
        buys, limit = placed.asked.side == "buy", placed.limit
        price = self.traded[quote.symbol].tick * (quote.ask if buys else quote.bid)
        if limit is not None and (price > limit if buys else price < limit):
            return []
        at = limit if maker and limit is not None else price
        return [self._execute(placed, qty, at, maker=maker) for qty in self._slices(placed.leaves)]

    def _execute(self, placed: VenueOrder, qty: Decimal, px: Decimal, *, maker: bool) -> Report:
        symbol, sign = placed.asked.symbol, 1 if placed.asked.side == "buy" else -1
        traded = self.traded[symbol]
        fee = qty * px * traded.fee_frac
        placed.leaves -= qty
        placed.state = "working" if placed.leaves else "filled"
        self.net[symbol] = self.net.get(symbol, Decimal(0)) + sign * qty
        self._pay(traded.currency, sign * qty * px)
        self._pay(traded.fee_currency, fee)
        report = self._say(
            placed,
            "trade",
            qty=str(qty),
            px=str(px),
            exec=f"{placed.number}.{len(placed.reports)}",
            fee=str(fee),
            currency=traded.fee_currency,
            maker=maker,
        )
        self.executions.append(report)
        return report

    def _pay(self, currency: str, amount: Decimal) -> None:
        self.cash[currency] = self.cash.get(currency, Decimal(0)) - amount

    def _end(self, placed: VenueOrder, state: str, text: str) -> Report:
        placed.state = state
        return self._say(placed, state, qty=placed.asked.qty, px=placed.asked.limit, text=text)

    def _say(self, placed: VenueOrder, kind: str, **rest: str | bool | None) -> Report:
        said = Report(
            kind=kind,
            client=placed.asked.client,
            order=placed.number,
            symbol=placed.asked.symbol,
            side=placed.asked.side,
            ts=self.now(),
            **rest,  # type: ignore[arg-type]
        )
        placed.reports.append(said)
        return said


def _multiple(text: str, step: Decimal, name: str) -> Decimal:
    try:
        number = Decimal(text)
        if number.is_finite() and number > 0 and not number % step:
            return number
    except InvalidOperation:
        pass  # no number, or one of more digits than any quantity has
    raise Refusal("bad_number", f"{name} {text} is not a multiple of {step}")
