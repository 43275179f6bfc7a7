"""Only listed instruments are traded."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.risk import Judges
from oms.domain.units import ZERO
from risk.facts import Facts
from risk.rule import Judgment, RiskRule


class InstrumentKnown(RiskRule, frozen=True, kw_only=True):
    """The ticket's instrument is listed. Observed: instruments of the ticket that are not."""

    name: ClassVar[str] = "instrument_known"
    judges: ClassVar[Judges] = Judges.ALL
    grounds: ClassVar[bool] = True

    @property
    def bound(self) -> Decimal:
        """None may be unknown."""
        return ZERO

    def check(self, facts: Facts) -> Judgment:
        """Judge by the list."""
        return _LISTED if facts.instrument is not None else _UNLISTED

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:  # noqa: ARG002 - it is listed or not
        """Say whether it is listed."""
        return "the instrument is listed" if passed else "the instrument is not listed"


_LISTED = Judgment(ZERO, True)
_UNLISTED = Judgment(Decimal(1), False)
