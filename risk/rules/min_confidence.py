"""A weak opinion is no reason to take risk."""

from decimal import Decimal
from math import isfinite
from typing import ClassVar

from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, DOES_NOT_APPLY, Judgment, RiskRule
from risk.words import apart, money


class MinConfidence(RiskRule, frozen=True, kw_only=True):
    """A ticket that carries a confidence carries at least `limit`; what a person writes carries none."""

    name: ClassVar[str] = "min_confidence"
    needs: ClassVar[str] = "a confidence between 0 and 1"

    limit: Decimal = Decimal("0.6")

    def __post_init__(self) -> None:
        """Refuse a confidence that is none."""
        self.require("limit", 0, 1)

    @property
    def bound(self) -> Decimal:
        """The limit."""
        return self.limit

    def check(self, facts: Facts) -> Judgment:
        """Judge the ticket's confidence as it is written: 0.6 is 0.6, not the nearest binary fraction."""
        confidence = facts.ticket.confidence
        if confidence is None:
            return DOES_NOT_APPLY
        if not (isfinite(confidence) and 0 <= confidence <= 1):
            return CANNOT_JUDGE
        observed = Decimal(repr(confidence))
        return Judgment(observed, observed >= self.limit)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two."""
        shown, least = apart(observed, limit, money)
        return f"confidence {shown} is {'at least' if passed else 'less than'} {least}"
