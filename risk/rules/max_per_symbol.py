"""How many positions one instrument may carry at once."""

from decimal import Decimal
from typing import ClassVar

from risk.count import CountRule
from risk.facts import Facts
from risk.words import at_most


class MaxPerSymbol(CountRule, frozen=True, kw_only=True):
    """At most `limit` strategies are in one instrument, holding it or with orders working."""

    name: ClassVar[str] = "max_per_symbol"

    limit: int = 2

    def count(self, facts: Facts) -> int:
        """Return the instrument's positions with the ticket's."""
        return facts.engaged_by_instrument

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two counts."""
        return "positions in the symbol: " + at_most(str(observed), str(limit), passed)
