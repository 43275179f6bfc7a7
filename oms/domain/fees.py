"""Fee schedules. The gate, a preview and the simulated venue compute a fee with the same function, so that what
was promised is what is charged. A fee is a cost: positive, rounded half-up to the cent of its currency, as brokers
print it on a confirmation."""

from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Protocol, TypeAlias

from msgspec import Struct

from oms.domain.units import ZERO, Price, Quantity

CENT = Decimal("0.01")
HIGHEST = Decimal(1_000_000)  # per unit or execution; more is a slip of the hand


class FeeSchedule(Protocol):
    """What an execution costs."""

    def fee(self, quantity: Quantity, price: Price) -> Decimal:
        """Return the cost of one execution, in the instrument's currency."""
        ...


class PercentFee(Struct, frozen=True, kw_only=True, tag="percent", gc=False):
    """A fraction of the value traded (`frac` 0.0005 is 5 basis points)."""

    frac: Decimal = ZERO

    def __post_init__(self) -> None:
        """Refuse what is no fee."""
        _require_fee("frac", self.frac, Decimal(1))

    def fee(self, quantity: Quantity, price: Price) -> Decimal:
        """Return `quantity * price * frac`."""
        return (quantity * price * self.frac).quantize(CENT, ROUND_HALF_UP)


class PerShareFee(Struct, frozen=True, kw_only=True, tag="per_share", gc=False):
    """A price per unit with a minimum per execution."""

    rate: Decimal
    minimum: Decimal = ZERO

    def __post_init__(self) -> None:
        """Refuse what is no fee."""
        _require_fee("rate", self.rate, HIGHEST)
        _require_fee("minimum", self.minimum, HIGHEST)

    def fee(self, quantity: Quantity, price: Price) -> Decimal:  # noqa: ARG002 - the port asks for both
        """Return `max(minimum, quantity * rate)`."""
        return max(self.minimum, quantity * self.rate).quantize(CENT, ROUND_HALF_UP)


class FixedFee(Struct, frozen=True, kw_only=True, tag="fixed", gc=False):
    """The same for every execution."""

    amount: Decimal

    def __post_init__(self) -> None:
        """Refuse what is no fee."""
        _require_fee("amount", self.amount, HIGHEST)

    def fee(self, quantity: Quantity, price: Price) -> Decimal:  # noqa: ARG002 - the port asks for both
        """Return the amount."""
        return self.amount.quantize(CENT, ROUND_HALF_UP)


class TieredFee(Struct, frozen=True, kw_only=True, tag="tiered", gc=False):
    """A price per unit that falls with the quantity: `tiers` are (from quantity, rate), and each unit of an execution
    costs the rate of the tier that it falls in, so that a larger execution never costs less than a smaller one."""

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
            msg = f"tiers must be pairs of a quantity and a rate whose quantities rise from 0, got {begins}"
            raise ValueError(msg)

    def fee(self, quantity: Quantity, price: Price) -> Decimal:  # noqa: ARG002 - the port asks for both
        """Return `max(minimum, sum of what lies in each tier * its rate)`."""
        ends = [begin for begin, _ in self.tiers[1:]] + [quantity]
        parts = (
            max(ZERO, min(end, quantity) - begin) * rate for (begin, rate), end in zip(self.tiers, ends, strict=True)
        )
        return max(self.minimum, sum(parts, ZERO)).quantize(CENT, ROUND_HALF_UP)


Commission: TypeAlias = PercentFee | PerShareFee | FixedFee | TieredFee


def _require_fee(name: str, value: Decimal, highest: Decimal) -> None:
    if not (value.is_finite() and ZERO <= value <= highest):
        msg = f"{name} must lie between 0 and {highest}, got {value}"
        raise ValueError(msg)
