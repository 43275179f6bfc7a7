"""Enough lost for one day."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.risk import SharedFacts
from oms.domain.units import ZERO
from oms.state import State
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, Gauge, Judgment, RiskRule, used
from risk.words import apart, money


class DailyLoss(RiskRule, frozen=True, kw_only=True):
    """Equity has lost less than `limit` and less than `limit_frac` of what the day began with; the tighter binds, and
    reaching it denies.

    Observed: the loss since the day's start, negative for a gain. The rule denies what opens and latches nothing: it
    ends with the day, or when open positions win the loss back. The state with a latch is the drawdown ladder's.
    """

    name: ClassVar[str] = "daily_loss"
    needs: ClassVar[str] = "the equity now and at the day's start"

    limit: Decimal = Decimal(10_000)  # of the base currency
    limit_frac: Decimal = Decimal("0.05")  # of the day's first equity

    def __post_init__(self) -> None:
        """Refuse limits that are none."""
        self.require("limit", 0, Decimal("1E+12"), above=True)
        self.require("limit_frac", 0, 1, above=True)

    @property
    def bound(self) -> Decimal:
        """The absolute limit; the tighter of both is known with the day's equity."""
        return self.limit

    def bound_at(self, limit: Decimal | None, shared: SharedFacts) -> Decimal | None:
        """Return the tighter of the two limits."""
        return limit if shared.day_equity is None else self._tighter(shared.day_equity)

    def check(self, facts: Facts) -> Judgment:
        """Judge the loss of the day so far."""
        equity, day_equity = facts.equity, facts.state.trading.day_equity
        if equity is None or day_equity is None or not day_equity > ZERO:
            return CANNOT_JUDGE
        loss = day_equity - equity
        return Judgment(loss, loss < self.limit and loss < self.limit_frac * day_equity)

    def gauge(self, state: State) -> Gauge | None:
        """Return the loss of the day so far."""
        equity, day_equity = state.equity.now, state.trading.day_equity
        if equity is None or day_equity is None or not day_equity > ZERO:
            return None
        return used(day_equity - equity, self._tighter(day_equity))

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the loss with the tighter limit."""
        loss, most = apart(observed, limit, money)
        return f"loss of the day {loss} {'is below' if passed else 'has reached'} {most}"

    def _tighter(self, day_equity: Decimal) -> Decimal:
        return min(self.limit, self.limit_frac * day_equity)
