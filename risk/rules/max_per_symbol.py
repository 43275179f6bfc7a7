"""How many positions one instrument may carry at once."""

from decimal import Decimal
from typing import ClassVar

from risk.facts import Facts
from risk.rule import Judgment, RiskRule, at_most


class MaxPerSymbol(RiskRule, frozen=True, kw_only=True):
    """At most `limit` strategies are in one instrument, holding it or with orders working."""

    name: ClassVar[str] = "max_per_symbol"

    limit: int = 2

    def __post_init__(self) -> None:
        """Refuse a count that is none."""
        self.require("limit", 1, 10_000)

    @property
    def bound(self) -> Decimal:
        """The limit."""
        return Decimal(self.limit)

    def check(self, facts: Facts) -> Judgment:
        """Judge the instrument's positions with the ticket's."""
        return Judgment(Decimal(facts.per_symbol), not facts.adds or facts.per_symbol <= self.limit)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two counts."""
        return "positions in the symbol: " + at_most(str(observed), str(limit), passed)
