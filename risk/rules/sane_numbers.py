"""Quantity and prices are numbers that can be traded."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.risk import Judges
from oms.domain.units import LARGEST, ZERO, Quantity, is_tradable
from risk.facts import Facts, strange
from risk.rule import Judgment, RiskRule


class SaneNumbers(RiskRule, frozen=True, kw_only=True):
    """Quantity and prices are multiples of 1e-12 up to 1e12, a limit order has a limit price, a stop order and no other
    a stop price, and a GTD order and no other the instant at which it expires.

    Observed: how many of these are wrong. It has no option: no market trades beyond, and sums stay exact within.
    """

    name: ClassVar[str] = "sane_numbers"
    judges: ClassVar[Judges] = Judges.ALL
    grounds: ClassVar[bool] = True

    @property
    def bound(self) -> Decimal:
        """No number may be out of bounds."""
        return ZERO

    def check(self, facts: Facts) -> Judgment:
        """Count the numbers out of bounds."""
        if facts.sane:
            return _ALL_SANE
        return Judgment(Decimal(strange(facts.ticket)), False)

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return the largest quantity there is, or nothing when the price is at fault."""
        others = strange(facts.ticket) - (not is_tradable(facts.ticket.quantity))
        return ZERO if others else LARGEST

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:  # noqa: ARG002 - zero is the only limit
        """Say how many numbers are at fault."""
        if passed:
            return "quantity and price are sane"
        number = "1 number is" if observed == 1 else f"{observed} numbers are"
        return f"{number} missing or wrong: quantity and prices are above zero, at most 1e12, no finer than 1e-12"


_ALL_SANE = Judgment(ZERO, True)
