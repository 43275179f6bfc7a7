"""What the gauges measure: each limit of the account as a name, a share used, and the figures behind it.

The gate's rules say what they observe and what they allow; here they get the names a trader says. Two gauges say
more than their rule: gross exposure in money, which leverage bounds, and buying power, the same number as the banner's.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from cockpit import format as fmt
from cockpit.tui.view import Meter
from oms.domain.ids import symbol_of
from oms.domain.text import sanitize
from oms.domain.units import ZERO
from oms.state import State
from risk.status import RiskStatus, RuleStatus

NAME_CELLS: Final = 10
"""The longest name; that of an instrument is cut to it."""


def meters(status: RiskStatus, state: State) -> list[Meter]:
    """Return the gauges of a status, in the order in which they are shown: losses, exposure, counts."""
    rows = {row.rule: row for row in status.rules}
    of_rules = {name: make(rows[name], state) for name, make in _OF_RULES.items() if name in rows}
    losses = [of_rules.pop(name) for name in ("daily_loss", "drawdown") if name in of_rules]
    exposure = [
        _gross(status, rows.get("max_leverage")),
        *(of_rules.pop(name) for name in ("max_position",) if name in of_rules),
        _free(status),
    ]
    return [*losses, *exposure, *of_rules.values()]


def _daily_loss(row: RuleStatus, _state: State) -> Meter:
    figures = f"{_money(row.observed)}/{_money(row.limit)}"
    return Meter(name="Day loss", brief="Day", used_frac=_frac(row), figures=figures, is_loss=True, is_priced=True)


def _drawdown(row: RuleStatus, _state: State) -> Meter:
    figures = f"{_percent(row.observed)}/{_percent(row.limit)}"
    return Meter(name="Drawdown", brief="DD", used_frac=_frac(row), figures=figures, is_loss=True, is_priced=True)


def _largest(row: RuleStatus, state: State) -> Meter:
    """Name the instrument that takes most of the limit; all strategies' positions in it count."""
    held = [key.instrument_id for key, net in state.ledger.net.items() if net]
    top = max(held, key=lambda instrument_id: abs(state.equity.value(instrument_id)), default=None)
    name = f"Top {sanitize(symbol_of(top), NAME_CELLS - 4)}" if top is not None else "Largest"
    figures = f"{_percent(row.observed)}/{_percent(row.limit)}"
    return Meter(name=name, brief="Top", used_frac=_frac(row), figures=figures, is_priced=True)


def _positions(row: RuleStatus, state: State) -> Meter:
    """Count as the rule does: what is held, and after the plus what open orders may yet open."""
    held = len(state.ledger.open)
    opening = int(row.observed) - held if row.observed is not None else 0
    used = f"{fmt.count(held)}+{fmt.count(opening)}" if opening > 0 else _count(row.observed)
    return Meter(name="Positions", brief="Pos", used_frac=_frac(row), figures=f"{used}/{_count(row.limit)}")


def _order_rate(row: RuleStatus, _state: State) -> Meter:
    figures = f"{_count(row.observed)}/{_count(row.limit)}"
    return Meter(name="Orders/min", brief="Orders", used_frac=_frac(row), figures=figures)


_OF_RULES: Final[dict[str, Callable[[RuleStatus, State], Meter]]] = {
    "daily_loss": _daily_loss,
    "drawdown": _drawdown,
    "max_position": _largest,
    "max_positions": _positions,
    "order_rate": _order_rate,
}


def _gross(status: RiskStatus, leverage: RuleStatus | None) -> Meter:
    """Say what all positions are worth, long and short, of what may be at stake: the leverage allowed times the equity,
    or the equity where no rule bounds it."""
    times = leverage.limit if leverage is not None and leverage.limit is not None else Decimal(1)
    bound = status.equity * times if status.equity is not None and status.equity > ZERO else None
    used = float(status.gross / bound) if bound is not None else None
    figures = f"{_money(status.gross)}/{_money(bound)}"
    return Meter(name="Gross", brief="Gross", used_frac=used, figures=figures, is_priced=True)


def _free(status: RiskStatus) -> Meter:
    """Say what is left to open with; its share is what positions and open orders use."""
    free, equity = status.free, status.equity
    used = float((equity - free) / equity) if free is not None and equity is not None and equity > ZERO else None
    left = f"{_money(free)} free"
    return Meter(name="Buying pw", brief="BP", used_frac=used, figures=left, is_priced=True)


def _frac(row: RuleStatus) -> float | None:
    return float(row.used_frac) if row.used_frac is not None else None


def _money(amount: Decimal | None) -> str:
    return fmt.UNKNOWN if amount is None else fmt.banner_money(max(ZERO, amount), "").strip()


def _percent(fraction: Decimal | None) -> str:
    return fmt.UNKNOWN if fraction is None else fmt.percent(fraction, 1, signed=False)


def _count(number: Decimal | None) -> str:
    return fmt.UNKNOWN if number is None else fmt.count(int(number))
