"""How many positions may be open at once."""

from decimal import Decimal
from typing import ClassVar

from oms.state import State
from risk.facts import Facts
from risk.rule import Gauge, Judgment, RiskRule, at_most, used


class MaxPositions(RiskRule, frozen=True, kw_only=True):
    """At most `limit` positions are held or have orders working for them; two strategies in one instrument are two."""

    name: ClassVar[str] = "max_positions"

    limit: int = 10

    def __post_init__(self) -> None:
        """Refuse a count that is none."""
        self.require("limit", 1, 10_000)

    @property
    def bound(self) -> Decimal:
        """The limit."""
        return Decimal(self.limit)

    def check(self, facts: Facts) -> Judgment:
        """Judge all positions with the ticket's."""
        return Judgment(Decimal(facts.positions), not facts.adds or facts.positions <= self.limit)

    def gauge(self, state: State) -> Gauge:
        """Return how many positions there are."""
        return used(Decimal(len(state.exposure.engaged)), Decimal(self.limit))

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two counts."""
        return "positions: " + at_most(str(observed), str(limit), passed)
