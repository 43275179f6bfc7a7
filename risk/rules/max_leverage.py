"""How much is at stake for each unit of what there is."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.units import ZERO, Quantity
from oms.state import State
from risk.facts import Facts
from risk.funds import unused
from risk.rule import CANNOT_JUDGE, Gauge, Judgment, RiskRule, used
from risk.words import apart, at_most, money


class MaxLeverage(RiskRule, frozen=True, kw_only=True):
    """What all positions and open orders are worth, long and short added up and the ticket's opening part with them, is
    at most `limit` times the equity. The ticket is valued at the mark or its own price, whichever is higher, so that
    what is sold short at the bid is not worth more than was counted a moment later. Fees are no part of it.

    Observed: that multiple.
    """

    name: ClassVar[str] = "max_leverage"
    needs: ClassVar[str] = "the price, the mark, the equity and the marks of all that is open"

    limit: Decimal = Decimal(1)  # times equity

    def __post_init__(self) -> None:
        """Refuse a multiple that is none."""
        self.require("limit", 0, 100, above=True)

    @property
    def bound(self) -> Decimal:
        """The limit."""
        return self.limit

    def check(self, facts: Facts) -> Judgment:
        """Judge what would be at stake as a multiple of equity."""
        equity, free, unit = facts.equity, facts.free, facts.unit_at_stake
        if equity is None or free is None or unit is None or not equity > ZERO:
            return CANNOT_JUDGE
        leverage = (equity - free + facts.opening_qty * unit) / equity
        return Judgment(leverage, leverage <= self.limit)

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return what closes, and what the limit leaves beyond what is at stake."""
        equity, free, unit = facts.equity, facts.free, facts.unit_at_stake
        if equity is None or free is None or unit is None or not equity > ZERO:
            return ZERO
        return max(ZERO, (self.limit * equity - (equity - free)) / unit) + facts.closable_qty

    def gauge(self, state: State) -> Gauge | None:
        """Return what is at stake, open orders included, as that multiple."""
        equity, free = state.equity.now, unused(state)
        if equity is None or free is None or not equity > ZERO:
            return None
        return used((equity - free) / equity, self.limit)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two multiples."""
        leverage, most = apart(observed, limit, money)
        return "leverage " + at_most(f"{leverage}x", f"{most}x", passed)
