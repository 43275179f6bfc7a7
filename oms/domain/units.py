"""Units: what a number counts.

The aliases cost nothing at run time and say in a signature what is meant. Money and quantities of orders are
Decimal and exact; market data counts integer ticks and lots of its instrument; an instant is an integer of UTC
nanoseconds. A float is none of these: it appears only in opinions (confidence, indicators).
"""

from decimal import Decimal, getcontext
from typing import Final, TypeAlias

from msgspec import Struct

Price: TypeAlias = Decimal  # currency per unit, a multiple of the instrument's tick
Quantity: TypeAlias = Decimal  # units of the instrument, a multiple of its lot
Nanos: TypeAlias = int  # an instant: nanoseconds since 1970-01-01T00:00Z; or a duration in nanoseconds

SECOND: Nanos = 1_000_000_000
MINUTE: Nanos = 60 * SECOND
DAY: Nanos = 86_400 * SECOND

ZERO = Decimal(0)

# What a quantity or price may be at most, and the step that it is a multiple of: 13 digits before the point and 12
# after it. Sums have 28 digits, so what is reserved for a thousand orders is still exact, and what any of them gives
# back is what it took. A number outside is a slip of the hand or an overflow.
LARGEST: Final = Decimal("1E+12")
FINEST: Final = Decimal("1E-12")
PRECISION: Final = 28  # those digits; what decimal begins with


def require_precision() -> None:
    """Demand that sums still have their digits.

    Raises:
        ValueError: somebody in this process has changed the context that every Decimal is computed in.
    """
    if getcontext().prec != PRECISION:
        msg = f"amounts are computed with {PRECISION} digits, and something has set decimal.getcontext().prec to "
        raise ValueError(f"{msg}{getcontext().prec}")


def is_tradable(number: Decimal) -> bool:
    """Tell whether a quantity or price is a positive number that can be traded. Total: NaN and infinity are none."""
    return number.is_finite() and FINEST <= number <= LARGEST and not number % FINEST


class Money(Struct, frozen=True, gc=False):
    """An amount in one currency, times a number or plus another of the same. Two currencies are never put together:
    that needs a rate and its age. As text it is `cockpit.format.money_in`."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        """Return the sum.

        Raises:
            ValueError: the currencies differ.
        """
        return Money(self.amount + self._alike(other, "add"), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Return the difference.

        Raises:
            ValueError: the currencies differ.
        """
        return Money(self.amount - self._alike(other, "subtract"), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        """Return so many times the amount, to as many digits as sums have."""
        return Money(self.amount * factor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def _alike(self, other: "Money", act: str) -> Decimal:
        if other.currency != self.currency:
            msg = f"cannot {act} {other.currency} and {self.currency} without a rate"
            raise ValueError(msg)
        return other.amount


def add_money(purse: tuple[Money, ...], more: Money) -> tuple[Money, ...]:
    """Return the purse with `more` added to the amount of its currency; a zero adds no new currency."""
    if not more.amount:
        return purse
    if not purse:
        return (more,)
    if len(purse) == 1 and purse[0].currency == more.currency:  # as nearly every purse
        return (Money(purse[0].amount + more.amount, more.currency),)
    for place, held in enumerate(purse):
        if held.currency == more.currency:
            return (*purse[:place], held + more, *purse[place + 1 :])
    return (*purse, more)
