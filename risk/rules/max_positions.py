"""How many positions may be open at once."""

from decimal import Decimal
from typing import ClassVar

from oms.state import State
from risk.count import CountRule
from risk.facts import Facts
from risk.rule import Gauge, used
from risk.words import at_most


class MaxPositions(CountRule, frozen=True, kw_only=True):
    """At most `limit` positions are held or have orders working for them; two strategies in one instrument are two."""

    name: ClassVar[str] = "max_positions"

    limit: int = 10

    def count(self, facts: Facts) -> int:
        """Return all positions with the ticket's."""
        return facts.engaged

    def gauge(self, state: State) -> Gauge:
        """Return how many positions there are."""
        return used(Decimal(len(state.engagements.engaged)), Decimal(self.limit))

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two counts."""
        return "positions: " + at_most(str(observed), str(limit), passed)
