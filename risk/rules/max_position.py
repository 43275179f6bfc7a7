"""The most of the account's equity that one instrument may hold."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.units import ZERO, Quantity
from oms.state import State
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, Gauge, Judgment, RiskRule, used
from risk.words import apart, at_most, percent


class MaxPosition(RiskRule, frozen=True, kw_only=True):
    """What an instrument would be worth, over all strategies and with the open orders on the ticket's side, is at
    most `limit` of equity. Valued at the mark or the ticket's price, whichever is higher."""

    name: ClassVar[str] = "max_position"
    needs: ClassVar[str] = "the price, the mark and the equity"

    limit: Decimal = Decimal("0.05")  # a fraction of equity

    def __post_init__(self) -> None:
        """Refuse a fraction that is none, or more than the account."""
        self.require("limit", 0, 1, above=True)

    @property
    def bound(self) -> Decimal:
        """The limit."""
        return self.limit

    def check(self, facts: Facts) -> Judgment:
        """Judge the position as it would be with the ticket filled."""
        unit, equity = _unit_value(facts), facts.equity
        if unit is None or equity is None or not equity > ZERO or not facts.sane:
            return CANNOT_JUDGE
        observed = facts.after_qty * unit / equity
        return Judgment(observed, observed <= self.limit)

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return what the limit leaves beyond what is held."""
        unit, equity = _unit_value(facts), facts.equity
        if unit is None or equity is None or not equity > ZERO:
            return ZERO
        return max(ZERO, self.limit * equity / unit - facts.held_qty)

    def gauge(self, state: State) -> Gauge | None:
        """Return the largest position's share of equity."""
        equity = state.equity.now
        if equity is None or not equity > ZERO:
            return None
        held = (abs(state.equity.value(key.instrument_id)) for key, net in state.ledger.net.items() if net)
        return used(max(held, default=ZERO) / equity, self.limit)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two shares."""
        position, most = apart(observed, limit, percent)
        return "position " + at_most(f"{position} of equity", most, passed)


def _unit_value(facts: Facts) -> Decimal | None:
    unit, mark_px, px, instrument = facts.unit_value, facts.mark_px, facts.px, facts.instrument
    if unit is None or mark_px is None or px is None or instrument is None:
        return None
    return unit if px >= mark_px else mark_px * instrument.multiplier
