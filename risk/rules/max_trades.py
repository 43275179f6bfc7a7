"""How many positions one strategy may be in at once."""

from decimal import Decimal
from typing import ClassVar

from risk.count import CountRule
from risk.facts import Facts
from risk.words import at_most


class MaxTrades(CountRule, frozen=True, kw_only=True):
    """A strategy holds, or has orders working for, at most `limit` positions. What a person trades by hand counts as
    one strategy."""

    name: ClassVar[str] = "max_trades"

    limit: int = 3

    def count(self, facts: Facts) -> int:
        """Return the strategy's positions with the ticket's."""
        return facts.engaged_by_strategy

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two counts."""
        return "positions of the strategy: " + at_most(str(observed), str(limit), passed)
