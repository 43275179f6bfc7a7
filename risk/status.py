"""Where the account stands against its limits, without any ticket: what the gauges and `risk status` show."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct

from oms.domain.risk import RiskLevel, TradingState, Verdict
from oms.domain.units import ZERO
from oms.state import State
from risk.funds import unused
from risk.rule import RiskRule
from risk.words import no_price

_LOSSES: Final = ("daily_loss", "drawdown")  # the limits whose use is a loss, not a choice
_HIGH: Final = Decimal("0.8")
_MEDIUM: Final = Decimal("0.5")


class RuleStatus(Struct, frozen=True, kw_only=True):
    """One rule: what it observes, its limit, and how much of that is used (1 is all); None where it cannot judge."""

    rule: str
    observed: Decimal | None
    limit: Decimal | None
    used_frac: Decimal | None
    verdict: Verdict


class RiskStatus(Struct, frozen=True, kw_only=True):
    """The account and its limits. Money in the base currency, None while something of it is not known.

    `free` is the equity that neither positions nor open orders use. `reason` says who closed the gate and why, or while
    it is open for want of which rate nothing that opens can be judged.
    """

    level: RiskLevel
    state: TradingState
    reason: str
    equity: Decimal | None
    day_pnl: Decimal | None
    drawdown: Decimal | None
    gross: Decimal
    free: Decimal | None
    rules: tuple[RuleStatus, ...]


def risk_status(rules: Sequence[RiskRule], state: State) -> RiskStatus:
    """Return the status; a rule that says nothing without a ticket has no row."""
    rows = tuple(row for rule in rules if (row := _row(rule, state)) is not None)
    trading, equity, day_equity = state.trading, state.equity.now, state.trading.day_equity
    reason = f"{trading.cause}: {trading.text}" if trading.cause else ""
    if not reason and state.equity.unrated:
        reason = no_price(state.equity.unrated)
    drawdown = next((row.observed for row in rows if row.rule == "drawdown"), None)
    return RiskStatus(
        level=_level(trading.state, rows),
        state=trading.state,
        reason=reason,
        equity=equity,
        day_pnl=equity - day_equity if equity is not None and day_equity is not None else None,
        drawdown=drawdown,
        gross=state.equity.gross,
        free=unused(state),
        rules=rows,
    )


def _row(rule: RiskRule, state: State) -> RuleStatus | None:
    if type(rule).gauge is RiskRule.gauge:
        return None
    gauge = rule.gauge(state)
    if gauge is None:
        return RuleStatus(rule=rule.name, observed=None, limit=rule.bound, used_frac=None, verdict=Verdict.DENY)
    verdict = Verdict.DENY if gauge.used_frac >= 1 else Verdict.PASS
    return RuleStatus(
        rule=rule.name, observed=gauge.observed, limit=gauge.limit, used_frac=gauge.used_frac, verdict=verdict
    )


def _level(trading: TradingState, rows: Sequence[RuleStatus]) -> RiskLevel:
    """Return the level in one word: of the losses, because a full position is a choice and a loss is not.

    CRITICAL when a loss limit is reached, cannot be judged, or trading is HALTED; HIGH from 80 % of one or when
    REDUCING; MEDIUM from 50 %.
    """
    shares = [row.used_frac for row in rows if row.rule in _LOSSES]
    worst = max((share for share in shares if share is not None), default=ZERO)
    if trading is TradingState.HALTED or None in shares or worst >= 1:
        return RiskLevel.CRITICAL
    if trading is TradingState.REDUCING or worst >= _HIGH:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM if worst >= _MEDIUM else RiskLevel.LOW
