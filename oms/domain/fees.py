"""Fee schedules. The gate, a preview and the simulated venue compute a fee with the same function, so that what was
promised is what is charged. A fee is a cost: positive, rounded half-up to the cent of its currency, as brokers print it
on a confirmation.

An order is charged, and not its parts: each execution pays what the order costs with it less what it has cost before.
Were every execution charged by itself, an order that trades in ten parts would pay ten minimums and never reach a
cheaper tier, and the gate, which is asked before anybody knows of parts, would have promised too little. Only a
percentage is the same either way, but for half a cent a part.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Protocol, TypeAlias

from msgspec import Struct

from oms.domain.units import ZERO, Price, Quantity

CENT = Decimal("0.01")
HIGHEST = Decimal(1_000_000)  # per unit or order; more is a slip of the hand


class FeeSchedule(Protocol):
    """What an order costs."""

    def fee(self, quantity: Quantity, price: Price, before: Quantity = ZERO) -> Decimal:
        """Return what trading a quantity costs, in the instrument's currency, an order that has traded so much
        `before`. `price` is what one unit is worth: with the multiplier of an instrument that has one."""
        ...


class PercentFee(Struct, frozen=True, kw_only=True, tag="percent", gc=False):
    """A fraction of the value traded (`frac` 0.0005 is 5 basis points)."""

    frac: Decimal = ZERO

    def __post_init__(self) -> None:
        """Refuse what is no fee."""
        _require_fee("frac", self.frac, Decimal(1))

    def fee(self, quantity: Quantity, price: Price, before: Quantity = ZERO) -> Decimal:  # noqa: ARG002 - see the port
        """Return `quantity * price * frac`."""
        return _to_cent(quantity * price * self.frac)


class PerShareFee(Struct, frozen=True, kw_only=True, tag="per_share", gc=False):
    """A price per unit with a minimum per order."""

    rate: Decimal
    minimum: Decimal = ZERO

    def __post_init__(self) -> None:
        """Refuse what is no fee."""
        _require_fee("rate", self.rate, HIGHEST)
        _require_fee("minimum", self.minimum, HIGHEST)

    def fee(self, quantity: Quantity, price: Price, before: Quantity = ZERO) -> Decimal:  # noqa: ARG002 - see the port
        """Return the growth of `max(minimum, quantity * rate)`."""
        return _growth(self._whole, before, quantity)

    def _whole(self, quantity: Quantity) -> Decimal:
        return _to_cent(max(self.minimum, quantity * self.rate))


class FixedFee(Struct, frozen=True, kw_only=True, tag="fixed", gc=False):
    """The same for every order, paid with its first execution."""

    amount: Decimal

    def __post_init__(self) -> None:
        """Refuse what is no fee."""
        _require_fee("amount", self.amount, HIGHEST)

    def fee(self, quantity: Quantity, price: Price, before: Quantity = ZERO) -> Decimal:  # noqa: ARG002 - see the port
        """Return the amount, and nothing for what follows."""
        return ZERO if before else _to_cent(self.amount)


class TieredFee(Struct, frozen=True, kw_only=True, tag="tiered", gc=False):
    """A price per unit that falls with the order's quantity: `tiers` are (from quantity, rate), and each unit costs the
    rate of the tier that it falls in, so that a larger order never costs less than a smaller one."""

    tiers: tuple[tuple[Decimal, Decimal], ...]
    minimum: Decimal = ZERO

    def __post_init__(self) -> None:
        """Refuse what is no fee, and tiers that do not begin with zero or do not rise."""
        _require_fee("minimum", self.minimum, HIGHEST)
        for _, rate in self.tiers:
            _require_fee("rate", rate, HIGHEST)
        begins = [begin for begin, _ in self.tiers]
        sound = begins and all(begin.is_finite() for begin in begins) and begins[0] == 0
        if not (sound and all(one < next_one for one, next_one in pairwise(begins))):
            got = ", ".join(map(str, begins)) or "none"
            msg = f"tiers must be pairs of a quantity and a rate whose quantities rise from 0, got {got}"
            raise ValueError(msg)

    def fee(self, quantity: Quantity, price: Price, before: Quantity = ZERO) -> Decimal:  # noqa: ARG002 - see the port
        """Return the growth of `max(minimum, sum of what lies in each tier * its rate)`."""
        return _growth(self._whole, before, quantity)

    def _whole(self, quantity: Quantity) -> Decimal:
        ends = [begin for begin, _ in self.tiers[1:]] + [quantity]
        parts = (
            max(ZERO, min(end, quantity) - begin) * rate for (begin, rate), end in zip(self.tiers, ends, strict=True)
        )
        return _to_cent(max(self.minimum, sum(parts, ZERO)))


Commission: TypeAlias = PercentFee | PerShareFee | FixedFee | TieredFee


def _growth(whole: Callable[[Quantity], Decimal], before: Quantity, quantity: Quantity) -> Decimal:
    """Return by how much the fee of the whole order grows with a quantity."""
    return whole(before + quantity) - whole(before) if before else whole(quantity)


def _to_cent(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _require_fee(name: str, value: Decimal, highest: Decimal) -> None:
    if not (value.is_finite() and ZERO <= value <= highest):
        msg = f"{name} must lie between 0 and {highest}, got {value}"
        raise ValueError(msg)
