"""What opens is paid from what the account has."""

from decimal import Decimal
from typing import ClassVar

from oms.domain.units import ZERO, Quantity
from oms.state import State
from risk.facts import Facts
from risk.funds import unused
from risk.rule import CANNOT_JUDGE, Gauge, Judgment, RiskRule, used
from risk.words import apart, money


class BuyingPower(RiskRule, frozen=True, kw_only=True):
    """The part of a ticket that opens, with the fee of the whole, costs at most the money that is free: the equity
    that no position, long or short, and no open order uses yet. Bought without short positions, that is cash.

    Observed: by how much it costs more than that; zero or less passes. No option: what is not there cannot be spent.
    """

    name: ClassVar[str] = "buying_power"
    needs: ClassVar[str] = "the price, the cash and the marks of all that is open"

    @property
    def bound(self) -> Decimal:
        """Nothing may be missing."""
        return ZERO

    def check(self, facts: Facts) -> Judgment:
        """Judge the cost of what opens against the free money."""
        free, unit = facts.free, facts.unit_value
        if free is None or unit is None:
            return CANNOT_JUDGE
        missing = _cost(facts, unit, facts.ticket.quantity, facts.opening_qty) - free
        return Judgment(missing, missing <= ZERO)

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return the largest quantity, in whole lots, whose cost is there; found by halving, as fees have steps."""
        free, unit, instrument = facts.free, facts.unit_value, facts.instrument
        if free is None or unit is None or instrument is None:
            return ZERO
        most = free / unit + facts.closable_qty
        low, high = 0, max(0, instrument.lots(most))
        lots = high
        while low < high:
            quantity = lots * instrument.lot
            if _cost(facts, unit, quantity, max(ZERO, quantity - facts.closable_qty)) <= free:
                low = lots
            else:
                high = lots - 1
            lots = (low + high + 1) // 2
        return low * instrument.lot

    def gauge(self, state: State) -> Gauge | None:
        """Return the equity in use: what positions and open orders take of it."""
        equity = state.equity.now
        free = unused(state)
        if equity is None or free is None or not equity > ZERO:
            return None
        return used(equity - free, equity)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Say what is left or missing."""
        amount, _ = apart(abs(observed), limit, money)
        return f"{amount} left after it" if passed else f"{amount} more than the buying power"


def _cost(facts: Facts, unit: Decimal, quantity: Quantity, opening_qty: Quantity) -> Decimal:
    return opening_qty * unit + facts.around.fees.fee(quantity, unit, facts.filled_qty)
