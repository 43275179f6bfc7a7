"""The most that one order may be worth."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.units import ZERO, Quantity
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, Judgment, RiskRule
from risk.words import apart, at_most, money


class MaxOrderValue(RiskRule, frozen=True, kw_only=True):
    """An order that opens is worth at most `limit`, the whole of it, also when part of it closes."""

    name: ClassVar[str] = "max_order_value"
    needs: ClassVar[str] = "the price"

    limit: Decimal = Decimal(10_000)  # of the base currency

    def __post_init__(self) -> None:
        """Refuse a limit that is none."""
        self.require("limit", 0, Decimal("1E+12"), above=True)

    @property
    def bound(self) -> Decimal:
        """The limit."""
        return self.limit

    def check(self, facts: Facts) -> Judgment:
        """Judge the value at the ticket's price."""
        value = facts.value
        return CANNOT_JUDGE if value is None else Judgment(value, value <= self.limit)

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return the quantity that is worth the limit."""
        return self.limit / facts.unit_value if facts.unit_value is not None else ZERO

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two amounts."""
        return "value " + at_most(*apart(observed, limit, money), passed)
