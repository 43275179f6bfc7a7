"""What the trading state lets through: everything, only what reduces, or nothing."""

from decimal import Decimal
from typing import ClassVar, Final

from oms.domain.order import Purpose
from oms.domain.risk import Judges, TradingState
from oms.domain.units import ZERO, Quantity
from risk.facts import Facts
from risk.rule import Judgment, RiskRule

_STEPS: Final = {state: Decimal(step) for step, state in enumerate(TradingState)}
_ACTIVE: Final = TradingState.ACTIVE  # a member of an enum costs two lookups, a name none
_NAMES: Final = tuple(TradingState)


class TradingStateRule(RiskRule, frozen=True, kw_only=True):
    """REDUCING passes only tickets that shrink the account's net; HALTED passes none but a confirmed flatten, and the
    stop of an order that was approved before. One that protects already may be changed.

    Of both only what closes passes, the account's net or what its own strategy holds, so that a stop can never end in
    a new position.

    Observed: 0 ACTIVE, 1 REDUCING, 2 HALTED.
    """

    name: ClassVar[str] = "trading_state"
    judges: ClassVar[Judges] = Judges.ALL

    @property
    def bound(self) -> Decimal:
        """The highest state in which an order may open."""
        return ZERO

    def check(self, facts: Facts) -> Judgment:
        """Judge by the state and by whether the ticket opens."""
        state = facts.state.trading.state
        if state is _ACTIVE:
            return _ALL_PASS
        return Judgment(_STEPS[state], not facts.opens and (state is TradingState.REDUCING or _may_leave(facts)))

    def headroom(self, facts: Facts) -> Quantity | None:
        """Return what could be closed in REDUCING, nothing in HALTED."""
        match facts.state.trading.state:
            case TradingState.ACTIVE:
                return None
            case TradingState.REDUCING:
                return facts.closable_qty
            case _:
                return ZERO

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:  # noqa: ARG002 - the state says it all
        """Name the state and what it means for this ticket."""
        state = _NAMES[int(observed)]
        if passed and state is TradingState.HALTED:
            return f"trading is {state}: a confirmed flatten passes, and a stop that protects"
        if passed:
            return f"trading is {state}"
        allows = "only orders that reduce pass" if state is TradingState.REDUCING else "no order passes"
        return f"trading is {state}: {allows}"


def _may_leave(facts: Facts) -> bool:
    ticket = facts.ticket
    if ticket.protects:
        # it was armed with its parent, which no halt let pass; or it works already, and follows
        return ticket.parent_id is not None or facts.is_change
    return facts.confirmed and ticket.purpose is Purpose.CLOSE


_ALL_PASS: Final = Judgment(_STEPS[_ACTIVE], True)
