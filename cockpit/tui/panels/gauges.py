"""Risk gauges: how much of each limit is used, the nearest to its limit on top when it is near.

Where there is no room for a line each, they stand in two columns without bars and figures, and where that is not
enough either the title says how many are missing. Losses are never among those: they are what a trader may not miss.
"""

from collections.abc import Sequence
from typing import Final

from textual.widget import Widget

from cockpit import format as fmt
from cockpit.plot import gauge
from cockpit.tui.cause import cause_of
from cockpit.tui.lines import Line, Lines
from cockpit.tui.meters import NAME_CELLS
from cockpit.tui.panels.panel import Panel
from cockpit.tui.rows import Cell
from cockpit.tui.said import PART, parts
from cockpit.tui.view import Meter, View, priced
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.risk import TradingState
from oms.state import State
from risk.words import no_price

NEAR: Final = 0.75
AT_ONCE: Final = 0.90
SHARE_CELLS: Final = 6
PAIRED_NAME: Final = 9
PAIRED_CELLS: Final = PAIRED_NAME + SHARE_CELLS + 2
"""Of one gauge among two in a line: before the name a blank, after the share the mark of an old price."""
LEAST_BAR: Final = 4
LONGEST_BAR: Final = 48
_STATES: Final = {TradingState.ACTIVE: "ok", TradingState.REDUCING: "warn", TradingState.HALTED: "danger"}


class Gauges(Panel):
    """Limits as bars with the used share in figures; `!` from 75 %, `!!` from 90 %."""

    NAME = "gauges"
    TITLE = "Risk, % of limit"
    WATCHES = (
        oev.OrderFilled,
        oev.OrderSubmitted,
        oev.OrderCanceled,
        ev.TradingHalted,
        ev.TradingReduced,
        ev.TradingResumed,
        aev.DayOpened,
        ev.LimitsSet,
    )
    PRICED = True

    def __init__(self) -> None:
        super().__init__()
        self._beyond = 0

    def make_body(self) -> Widget:
        return Lines()

    def draw(self, state: State, view: View) -> None:
        body = self.query_one(Lines)
        width, height = body.size
        if not width:
            return
        framed = height > 2  # noqa: PLR2004 - two bare lines are the smallest screen's
        self._beyond = len(view.meters) - capacity(view, width, height)
        body.set_lines(lines(state, view, width, height) if framed else brief(view, width))

    def count(self, state: State) -> int | None:  # noqa: ARG002 - the number of gauges says nothing
        return None

    @property
    def beyond(self) -> int:
        return max(0, self._beyond)


def capacity(view: View, width: int, height: int) -> int:
    """Return how many gauges there is room for above the gate's line: one to a line, or two if that is not enough."""
    rows = max(0, height - 1)
    return rows * 2 if len(view.meters) > rows and width >= 2 * PAIRED_CELLS else rows


def lines(state: State, view: View, width: int, height: int) -> list[Line]:
    """Return the gauges, what is near its limit first, and the gate's state below."""
    rows, room = max(0, height - 1), capacity(view, width, height)
    shown = _kept(_nearest_first(view.meters), room)
    if len(shown) > rows:
        gap = Cell(" " * (width - 2 * PAIRED_CELLS))
        pairs = [shown[place : place + 2] for place in range(0, len(shown), 2)]
        drawn = [tuple(cell for meter in pair for cell in (*_half(meter, view), gap)) for pair in pairs]
    else:
        figures = max((len(_aged(meter.figures, meter, view)) for meter in shown), default=0)
        bar = width - NAME_CELLS - SHARE_CELLS - figures - 4
        drawn = [_line(meter, min(LONGEST_BAR, bar), figures, view) for meter in shown]
    return [*drawn, _gate(state, view, width)]


def brief(view: View, width: int) -> list[Line]:
    """Return one line without bars: names and shares, losses first, then what is nearest its limit, and how many gauges
    had no room."""
    ranked = sorted(view.meters, key=lambda meter: (not meter.is_loss, meter.is_loss or -(meter.used_frac or 0)))
    cells: list[Cell] = []
    left, beyond = width - 1, len(ranked)
    for meter in ranked:
        share, word = _share(meter, view)
        text = f" {meter.brief} {share}"
        beyond -= 1
        sign = f" +{fmt.count(beyond)}" if beyond else ""
        if len(text) + len(sign) > left:
            return [(*cells, Cell(f" +{fmt.count(beyond + 1)}", "muted"))]
        cells.append(Cell(text, word))
        left -= len(text)
    return [tuple(cells)]


def _nearest_first(meters: Sequence[Meter]) -> list[Meter]:
    """Return what is near its limit first, the nearest on top, and all else in its usual place."""
    return sorted(meters, key=lambda meter: -(meter.used_frac or 0) if (meter.used_frac or 0) >= NEAR else 0)


def _kept(ordered: Sequence[Meter], room: int) -> list[Meter]:
    """Return as many as there is room for, in their order; losses stay longest."""
    ranked = sorted(range(len(ordered)), key=lambda place: not ordered[place].is_loss)
    return [ordered[place] for place in sorted(ranked[:room])]


def _line(meter: Meter, bar: int, figures: int, view: View) -> Line:
    said, word = _share(meter, view)
    name = Cell(f" {meter.name:<{NAME_CELLS}} ", "text" if word == "ok" else word)
    share = Cell(f"{said:>{SHARE_CELLS}} ", word)
    used = Cell(f"{_aged(meter.figures, meter, view):>{figures}}", "muted" if word == "ok" else word)
    if bar < LEAST_BAR:
        return (name, share, used) if bar >= 0 else (name, share)
    return (name, Cell(gauge(meter.used_frac, bar, glyphs=view.glyphs), word), share, used)


def _half(meter: Meter, view: View) -> Line:
    said, word = _share(meter, view)
    name = meter.name if len(meter.name) <= PAIRED_NAME else meter.brief
    return Cell(f" {name:<{PAIRED_NAME}}", "text" if word == "ok" else word), Cell(f"{said:>{SHARE_CELLS + 1}}", word)


def _share(meter: Meter, view: View) -> tuple[str, str]:
    """Return the share that is used, with its alarm and the mark of an old price, and its word."""
    used = meter.used_frac
    if used is None:
        return fmt.UNKNOWN, "estop"
    sign, word = ("!!", "estop") if used >= AT_ONCE else ("!", "warn") if used >= NEAR else ("", "ok")
    text = f"{sign}{fmt.share(used)}"
    return priced(text, word, view) if meter.is_priced else (text, word)


def _aged(text: str, meter: Meter, view: View) -> str:
    return priced(text, "", view)[0] if meter.is_priced else text


def _gate(state: State, view: View, width: int) -> Line:
    """Return whether orders pass, and if not who closed the gate, why, and what opens it again."""
    trading = state.trading
    name = Cell(f" {'Gate':<{NAME_CELLS}} ", "text")
    shown = Cell(trading.state, _STATES[trading.state])
    if trading.state is TradingState.ACTIVE and state.equity.unrated:
        room = width - len(name.text) - len(shown.text) - 1
        missing = parts(no_price(state.equity.unrated), room, ellipsis=view.glyphs.ellipsis)
        return name, shown, Cell(f" {missing}", "warn")
    if trading.state is TradingState.ACTIVE or not trading.cause:
        return name, shown
    resumes = f"{view.keymap.shown('trading.resume')} resumes"
    by, text = cause_of(state, view.recent)
    why = [f"by {by}", text, resumes]
    room = width - len(name.text) - len(shown.text) - 1
    return name, shown, Cell(f" {parts(PART.join(filter(None, why)), room, ellipsis=view.glyphs.ellipsis)}", "muted")
