"""The most that one instrument may hold: a share of the account's equity, and amounts where they are set.

The share is the limit that grows and shrinks with the account. The amounts do not: `limit_value` is a cap on the same
position, over all strategies, and the tighter of the two binds; `strategy_limit_value` is a cap on what one strategy
has of an instrument, which may be more than the account's net when another strategy is on the other side.

Observed is always the account's position as a share of equity. So a denial at or below the share that held is the
strategy's cap, and can be told from the other without being recorded.
"""

from decimal import Decimal
from typing import ClassVar

from oms.blotter import position_key
from oms.domain.risk import SharedFacts
from oms.domain.units import ZERO, Quantity, is_tradable
from oms.state import State
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, Gauge, Judgment, RiskRule, used
from risk.words import apart, at_most, money, percent

_MOST = Decimal("1E+12")


class MaxPosition(RiskRule, frozen=True, kw_only=True):
    """What an instrument would be worth, over all strategies and with the open orders on the ticket's side, is at
    most `limit` of equity. Valued at the mark or the ticket's price, whichever is higher."""

    name: ClassVar[str] = "max_position"
    needs: ClassVar[str] = "the price, the mark and the equity"

    limit: Decimal = Decimal("0.05")  # a fraction of equity
    limit_value: Decimal | None = None  # of the base currency
    strategy_limit_value: Decimal | None = None  # of the base currency, for each strategy

    def __post_init__(self) -> None:
        """Refuse a fraction that is none, or more than the account, and amounts that are none."""
        self.require("limit", 0, 1, above=True)
        for option in ("limit_value", "strategy_limit_value"):
            if getattr(self, option) is not None:
                self.require(option, 0, _MOST, above=True)

    @property
    def bound(self) -> Decimal:
        """The fraction; the tighter of it and the amount is known with the equity."""
        return self.limit

    def bound_at(self, limit: Decimal | None, shared: SharedFacts) -> Decimal | None:
        """Return the tighter of the fraction and the amount, as a fraction."""
        equity = shared.equity
        return limit if equity is None or not equity > ZERO else self._share(equity)

    def check(self, facts: Facts) -> Judgment:
        """Judge the position as it would be with the ticket filled."""
        unit, equity = facts.unit_at_stake, facts.equity
        if unit is None or equity is None or not equity > ZERO:
            return CANNOT_JUDGE
        quantity, cap = facts.ticket.quantity, self.strategy_limit_value
        observed = (facts.held_qty + quantity) * unit / equity
        share = self.limit if self.limit_value is None else self._share(equity)
        return Judgment(observed, observed <= share and (cap is None or (_own_qty(facts) + quantity) * unit <= cap))

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return what the limits leave beyond what is held."""
        unit, equity = facts.unit_at_stake, facts.equity
        if unit is None or equity is None or not equity > ZERO:
            return ZERO
        room, cap = self._share(equity) * equity / unit - facts.held_qty, self.strategy_limit_value
        if cap is not None:
            room = min(room, cap / unit - _own_qty(facts))
        return max(ZERO, room)

    def gauge(self, state: State) -> Gauge | None:
        """Return the largest position's share of equity, or a strategy's where more of its limit is used."""
        equity, cap = state.equity.now, self.strategy_limit_value
        if equity is None or not equity > ZERO:
            return None
        held = (abs(state.equity.value(key.instrument_id)) for key, net in state.ledger.net.items() if net)
        largest = used(max(held, default=ZERO) / equity, self._share(equity))
        if cap is None:
            return largest
        own = used(_largest_own(state) / equity, cap / equity)
        return max(largest, own, key=lambda gauge: gauge.used_frac)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the two shares, or name the strategy's amount."""
        if not passed and observed <= limit and self.strategy_limit_value is not None:
            most, in_all = money(self.strategy_limit_value), percent(observed)
            return f"the strategy's own position would be worth more than {most}; in all it is {in_all} of equity"
        position, most = apart(observed, limit, percent)
        amount = f", which is {money(self.limit_value)}" if self.limit_value is not None and limit < self.limit else ""
        return "position " + at_most(f"{position} of equity", most, passed) + amount

    def _share(self, equity: Decimal) -> Decimal:
        return self.limit if self.limit_value is None else min(self.limit, self.limit_value / equity)


def _own_qty(facts: Facts) -> Quantity:
    """Return what the ticket's strategy holds, or may yet hold, on its side; negative while it lies against it."""
    ticket, state = facts.ticket, facts.state
    key, side = facts.key, ticket.side
    position = state.ledger.open.get(key)
    quantity = position.quantity * side.sign if position is not None else ZERO
    quantity += state.blotter.open_orders(key).on(side)
    for other in facts.beside:
        if other.side is side and position_key(other) == key and is_tradable(other.quantity):
            quantity += other.quantity
    return quantity


def _largest_own(state: State) -> Decimal:
    """Return what the largest position of one strategy is worth at its mark."""
    largest = ZERO
    for key, position in state.ledger.open.items():
        instrument, mark = state.instruments.get(key.instrument_id), state.marks.get(key.instrument_id)
        if instrument is not None and mark is not None:
            largest = max(largest, abs(position.quantity) * mark.px * instrument.multiplier)
    return largest
