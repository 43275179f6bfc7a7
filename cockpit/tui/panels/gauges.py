"""Risk gauges: how much of each limit is used, the nearest to its limit on top when it is near."""

from decimal import Decimal
from typing import Final

from textual.widget import Widget

from cockpit import format as fmt
from cockpit.plot import gauge
from cockpit.tui.lines import Line, Lines
from cockpit.tui.panels.panel import Panel
from cockpit.tui.rows import Cell
from cockpit.tui.view import Meter, View
from oms.domain import events as ev
from oms.domain.risk import TradingState
from oms.domain.text import sanitize
from oms.domain.units import ZERO
from oms.state import State
from risk.status import RiskStatus, RuleStatus

NEAR: Final = 0.75
AT_ONCE: Final = 0.90
NAME_CELLS: Final = 9
SHARE_CELLS: Final = 6
LEAST_BAR: Final = 4
LONGEST_BAR: Final = 24

# Names as a trader says them, and how the figures are written. What is not named here is shown in the bare list only.
_MONEY, _SHARE, _COUNT = "money", "share", "count"
_NAMES: Final = {
    "daily_loss": ("Day loss", _MONEY),
    "drawdown": ("Drawdown", _SHARE),
    "max_leverage": ("Gross", _SHARE),
    "max_position": ("Largest", _SHARE),
    "max_positions": ("Positions", _COUNT),
    "buying_power": ("Capital", _MONEY),
    "order_rate": ("Orders", _COUNT),
}
_STATES: Final = {TradingState.ACTIVE: "ok", TradingState.REDUCING: "warn", TradingState.HALTED: "danger"}


class Gauges(Panel):
    """Limits as bars with the used share in figures; `!` from 75 %, `!!` from 90 %."""

    NAME = "gauges"
    TITLE = "Risk"
    WATCHES = (
        ev.OrderFilled,
        ev.OrderSubmitted,
        ev.OrderCanceled,
        ev.TradingHalted,
        ev.TradingReduced,
        ev.TradingResumed,
        ev.DayOpened,
        ev.LimitsSet,
    )

    def make_body(self) -> Widget:
        return Lines()

    def draw(self, state: State, view: View) -> None:
        body = self.query_one(Lines)
        width, height = body.size
        if not width:
            return
        framed = height > 2  # noqa: PLR2004 - two bare lines are the smallest screen's
        body.set_lines(lines(state, view, width, height) if framed else brief(state, view, width))

    def count(self, state: State) -> None:  # noqa: ARG002 - the number of gauges says nothing
        return None


def meters(status: RiskStatus) -> list[Meter]:
    """Return the gauges of a status, in the order in which they are shown."""
    by_name = {row.rule: row for row in status.rules}
    return [_meter(name, by_name[name]) for name in _NAMES if name in by_name]


def lines(state: State, view: View, width: int, height: int) -> list[Line]:
    """Return a line per gauge, what is near its limit first, and the gate's state below."""
    ordered = _nearest_first(view)
    figures = max((len(meter.figures) for meter in ordered), default=0)
    bar = width - NAME_CELLS - SHARE_CELLS - figures - 4
    shown = [_line(meter, min(LONGEST_BAR, bar), figures, view) for meter in ordered]
    gate = _gate(state, width)
    return [*shown[: max(0, height - 1)], gate]


def brief(state: State, view: View, width: int) -> list[Line]:
    """Return two lines without bars: names and shares, what is near its limit first, and the gate's state."""
    cells: list[Cell] = []
    left = width - 1
    for meter in _nearest_first(view):
        text, word = f" {meter.name} {_share(meter).strip()} ", _word(meter)
        if len(text) > left:
            continue
        cells.append(Cell(text, word))
        left -= len(text)
    return [tuple(cells), _gate(state, width)]


def _nearest_first(view: View) -> list[Meter]:
    """Return what is near its limit first, the nearest on top, and all else in its usual place."""
    return sorted(view.meters, key=lambda meter: -(meter.used_frac or 0) if (meter.used_frac or 0) >= NEAR else 0)


def _line(meter: Meter, bar: int, figures: int, view: View) -> Line:
    word = _word(meter)
    name = Cell(f" {meter.name:<{NAME_CELLS}} ", "text" if word == "ok" else word)
    share = Cell(f"{_share(meter):>{SHARE_CELLS}} ", word)
    used = Cell(f"{meter.figures:>{figures}}", "muted" if word == "ok" else word)
    if bar < LEAST_BAR:
        return (name, share, used) if bar >= 0 else (name, share)
    return (name, Cell(gauge(meter.used_frac, bar, glyphs=view.glyphs), word), share, used)


def _word(meter: Meter) -> str:
    if meter.used_frac is None or meter.used_frac >= AT_ONCE:
        return "estop"
    return "warn" if meter.used_frac >= NEAR else "ok"


def _share(meter: Meter) -> str:
    if meter.used_frac is None:
        return fmt.UNKNOWN
    sign = "!!" if meter.used_frac >= AT_ONCE else "!" if meter.used_frac >= NEAR else ""
    return f"{sign}{fmt.percent(Decimal(str(meter.used_frac)), 0, signed=False)}"


def _gate(state: State, width: int) -> Line:
    trading = state.trading
    said = sanitize(trading.cause, max(1, width - NAME_CELLS - 14)) if trading.cause else ""
    name = Cell(f" {'Gate':<{NAME_CELLS}} ", "text")
    return (name, Cell(trading.state, _STATES[trading.state]), Cell(f"  {said}", "muted"))


def _meter(name: str, row: RuleStatus) -> Meter:
    title, kind = _NAMES[name]
    used, limit = _figure(row.observed, kind), _figure(row.limit, kind)
    return Meter(
        name=title,
        used_frac=float(row.used_frac) if row.used_frac is not None else None,
        figures=f"{used}/{limit}" if row.limit is not None else used,
    )


def _figure(amount: Decimal | None, kind: str) -> str:
    if amount is None:
        return fmt.UNKNOWN
    if kind == _SHARE:
        return fmt.percent(amount, 1, signed=False)
    if kind == _COUNT:
        return fmt.count(int(amount))
    return fmt.banner_money(max(ZERO, amount), "").strip()
