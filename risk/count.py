"""What the counting rules share: they bound in how many things we are, and never keep anybody in.

Only what opens for the account is counted, so a strategy that came in by reducing the account's net (it sold what
another had bought) came in uncounted, and there may be more in than may enter. From then on only leaving passes: a
ticket that gives back what its own strategy holds. Whatever else opens is denied until enough have left, also for a
position that is there already; otherwise a sale of one share would be the ticket to a position of any size.
"""

from decimal import Decimal

from oms.domain.units import Quantity
from risk.facts import Facts
from risk.rule import WHOLE, Judgment, RiskRule


class CountRule(RiskRule, frozen=True, kw_only=True):
    """At most `limit` of what `count` counts, the ticket's included. Observed: that count."""

    limit: int

    def __post_init__(self) -> None:
        """Refuse a count that is none."""
        self.require("limit", 1, 10_000)

    def count(self, facts: Facts) -> int:
        """Return how many there are with the ticket."""
        raise NotImplementedError

    @property
    def bound(self) -> Decimal:
        """The limit."""
        return Decimal(self.limit)

    def check(self, facts: Facts) -> Judgment:
        """Judge the count; beyond the limit only leaving passes."""
        count = self.count(facts)
        return Judgment(WHOLE[count], count <= self.limit or self._leaves(facts))

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return what the strategy could give back where no more may enter."""
        return None if self.count(facts) <= self.limit else facts.leavable_qty

    @staticmethod
    def _leaves(facts: Facts) -> bool:
        return facts.sane and facts.ticket.quantity <= facts.leavable_qty
