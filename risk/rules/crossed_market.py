"""A quote whose bid is at its ask or above is not a market: one of the two sides is old or wrong."""

from decimal import Decimal
from typing import ClassVar, Final

from oms.domain.order import OrderType
from oms.domain.risk import Judges
from oms.domain.units import ZERO
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, DOES_NOT_APPLY, WHOLE, Judgment, RiskRule
from risk.words import plain

_MARKET: Final = OrderType.MARKET  # a member of an enum costs two lookups, a name none


class CrossedMarket(RiskRule, frozen=True, kw_only=True):
    """On a quote that is crossed or locked no market order leaves, and nothing opens; a limit order that reduces may,
    and so may a flatten that somebody has confirmed.

    Observed: the spread, ask less bid, in ticks; it must be more than zero.
    """

    name: ClassVar[str] = "crossed_market"
    judges: ClassVar[Judges] = Judges.ALL
    needs: ClassVar[str] = "a quote"

    @property
    def bound(self) -> Decimal:
        """The spread that is too little."""
        return ZERO

    def check(self, facts: Facts) -> Judgment:
        """Judge the spread. What only reduces is not kept back where nothing is quoted."""
        quote = facts.quote
        if quote is None:
            return CANNOT_JUDGE if facts.opens else DOES_NOT_APPLY
        ticks = quote.ask - quote.bid
        return Judgment(WHOLE[ticks], ticks > 0 or facts.confirmed or _may_wait(facts))

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:  # noqa: ARG002 - zero is the only limit
        """Say how the two sides stand."""
        if observed > ZERO or passed:
            return f"bid and ask are {_ticks(observed)} apart"
        if observed:
            return f"the market is crossed by {_ticks(-observed)}"
        return "the market is locked: bid and ask meet"


def _may_wait(facts: Facts) -> bool:
    return not facts.opens and facts.ticket.order_type is not _MARKET


def _ticks(number: Decimal) -> str:
    return f"{plain(number)} tick{'s' * (number != 1)}"
