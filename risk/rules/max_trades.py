"""How many positions one strategy may be in at once."""

from decimal import Decimal
from typing import ClassVar

from risk.facts import Facts
from risk.rule import Judgment, RiskRule, at_most


class MaxTrades(RiskRule, frozen=True, kw_only=True):
    """A strategy holds, or has orders working for, at most `limit` positions. What a person trades by hand counts as
    one strategy."""

    name: ClassVar[str] = "max_trades"

    limit: int = 3

    def __post_init__(self) -> None:
        """Refuse a count that is none."""
        self.require("limit", 1, 10_000)

    @property
    def bound(self) -> Decimal:
        """The limit."""
        return Decimal(self.limit)

    def check(self, facts: Facts) -> Judgment:
        """Judge the strategy's positions with the ticket's."""
        return Judgment(Decimal(facts.trades), not facts.adds or facts.trades <= self.limit)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two counts."""
        return "positions of the strategy: " + at_most(str(observed), str(limit), passed)
