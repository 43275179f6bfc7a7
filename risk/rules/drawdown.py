"""The drawdown ladder: the further equity falls below its peak, the less may trade, until a person says otherwise.

Steps of the ladder, by default 5, 10 and 15 % below the peak: at the first only what reduces passes, at the second
nothing, at the third the trader is told to flatten, and from there on again at every further step of the same width.
The ladder looks at every fill and mark, without any ticket, and acts once for each step. It never loosens by itself:
what it closed stays closed until somebody resumes. A resume accepts the step that was reached, so the ladder does not
trip over it again; it acts at the next one down, and from the first again after a new peak.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from oms.domain.events import TradingHalted, TradingReduced
from oms.domain.ids import GATE
from oms.domain.risk import TradingState
from oms.domain.units import ZERO
from oms.state import State
from oms.trading_state import Trading
from risk.facts import Facts
from risk.rule import CANNOT_JUDGE, Gauge, Judgment, RiskRule, used
from risk.words import apart, money, percent

_REDUCE, _HALT, _FLATTEN = 1, 2, 3
_AMOUNTS_TO = {TradingState.ACTIVE: 0, TradingState.REDUCING: _REDUCE, TradingState.HALTED: _HALT}


class Drawdown(RiskRule, frozen=True, kw_only=True):
    """Fractions of the peak; the peak is the highest equity on record, or now. Observed: the fraction lost."""

    name: ClassVar[str] = "drawdown"
    needs: ClassVar[str] = "the equity and its peak"

    reduce_frac: Decimal = Decimal("0.05")
    halt_frac: Decimal = Decimal("0.10")
    flatten_frac: Decimal = Decimal("0.15")

    def __post_init__(self) -> None:
        """Refuse steps that are none or not in order."""
        self.require("reduce_frac", 0, 1, above=True)
        self.require("halt_frac", self.reduce_frac, 1, above=True)
        self.require("flatten_frac", self.halt_frac, 1, above=True)

    @property
    def bound(self) -> Decimal:
        """The first step."""
        return self.reduce_frac

    def check(self, facts: Facts) -> Judgment:
        """Judge the fraction lost: below the first step, or on a step that a person accepted."""
        lost = lost_frac(facts.equity, facts.peak_equity)
        if lost is None:
            return CANNOT_JUDGE
        passed = lost < self.reduce_frac or self.step(lost) <= accepted_step(facts.state.trading)
        return Judgment(lost, passed)

    def watch(self, state: State) -> Sequence[TradingReduced | TradingHalted]:
        """Return the trip that the market demands now, if it does: a step beyond the one in force or accepted."""
        trading = state.trading
        equity, peak = state.equity.now, trading.peak_equity
        if equity is None or peak is None or equity >= peak or not peak > ZERO:
            return ()  # nothing is lost, or nobody knows
        lost = (peak - equity) / peak
        if lost < self.reduce_frac:
            return ()
        if trading.state is TradingState.HALTED and trading.cause != self.name:
            return ()  # closed by somebody else: as closed as it gets
        step = self.step(lost)
        if step <= step_in_force(trading):
            return ()
        text = f"step {step}: equity {money(equity)} is {percent(lost)} below its peak {money(peak)}"
        if step == _REDUCE:
            text += "; only orders that reduce pass"
            return (TradingReduced(actor=GATE, cause=self.name, text=text, step=step),)
        text += "; flatten all positions?" if step >= _FLATTEN else "; no order passes"
        return (TradingHalted(actor=GATE, cause=self.name, text=text, step=step),)

    def step(self, lost: Decimal) -> int:
        """Return how many steps down the ladder a loss is; a step is reached, not only passed."""
        if lost < self.halt_frac:
            return _REDUCE if lost >= self.reduce_frac else 0
        if lost < self.flatten_frac:
            return _HALT
        return _FLATTEN + int((lost - self.flatten_frac) // (self.flatten_frac - self.halt_frac))

    def gauge(self, state: State) -> Gauge | None:
        """Return the fraction lost against the step at which trading halts."""
        lost = lost_frac(state.equity.now, peak_equity(state))
        return None if lost is None else used(lost, self.halt_frac)

    def words(self, observed: Decimal, limit: Decimal, passed: bool) -> str:
        """Compare the loss with the first step."""
        relation = "below" if observed < limit else "a step that a person accepted, beyond" if passed else "has reached"
        lost, step = apart(observed, limit, percent)
        return f"{lost} below the peak, {relation} {step}"


def lost_frac(equity: Decimal | None, peak: Decimal | None) -> Decimal | None:
    """Return the fraction of the peak that is lost, or None when it is not known."""
    if equity is None or peak is None or not peak > ZERO:
        return None
    return (peak - equity) / peak


def peak_equity(state: State) -> Decimal | None:
    """Return the highest equity on record, or now when that is higher."""
    now, peak = state.equity.now, state.trading.peak_equity
    return now if peak is None or (now is not None and now > peak) else peak


def step_in_force(trading: Trading) -> int:
    """Return the lowest step that the ladder went down to, or that the trading state amounts to whoever closed it."""
    return max(trading.reached.get(Drawdown.name, 0), _AMOUNTS_TO[trading.state])


def accepted_step(trading: Trading) -> int:
    """Return the step that a person resumed from since the last peak, 0 for none."""
    return trading.accepted.get(Drawdown.name, 0)
