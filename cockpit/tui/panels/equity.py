"""Equity: the run so far as a line, and its figures."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from rich.cells import cell_len
from textual.widget import Widget

from cockpit import format as fmt
from cockpit.plot import line as braille
from cockpit.tui.lines import Line, Lines
from cockpit.tui.panels.panel import Panel
from cockpit.tui.panels.positions import direction_word
from cockpit.tui.rows import Cell
from cockpit.tui.view import View, priced
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.units import DAY, ZERO
from oms.state import State

WITH_TIMES: Final = 5
"""Rows from which the times get one of them."""
LABEL_CELLS: Final = 5


class EquityLine(Panel):
    """The account's worth since the run began; its change is that of the banner's worth, and as new."""

    NAME = "equity"
    TITLE = "Equity of this run"
    WATCHES = (ev.MarketMoved, oev.OrderFilled, aev.PositionAdjusted, aev.MarkRecorded)
    PRICED = True

    def make_body(self) -> Widget:
        return Lines()

    def draw(self, state: State, view: View) -> None:
        body = self.query_one(Lines)
        if body.size.width:
            body.set_lines(lines(state, view, *body.size))

    def count(self, state: State) -> None:  # noqa: ARG002 - there is one account
        return None


def lines(state: State, view: View, width: int, height: int) -> list[Line]:
    """Return the line with its highest and lowest level at the right edge, the times below it, and its figures."""
    curve, glyphs = view.recent.curve, view.glyphs
    figures = _figures(state, view, width)
    if len(curve) < 2 or height < 3:  # noqa: PLR2004 - a line needs two points, and room besides the figures
        return [(Cell(" The line begins with the first prices.", "muted"),), *[()] * max(0, height - 2), figures]
    rows = height - (2 if height >= WITH_TIMES else 1)
    low, high = _ends(curve)
    scale = 1 + max(len(low), len(high))
    cells = max(1, width - scale - 2)
    levels = steady(curve, cells * 2)
    if low == high:  # less than a cent is no change worth a slope
        levels = [None if level is None else 0.0 for level in levels]
    drawn = braille(levels, cells, rows, glyphs=glyphs)
    level = next(place for place, row in enumerate(drawn) if row.strip())
    labels = {0: high, rows - 1: low} if low != high else {level: low}
    shown: list[Line] = [
        (Cell(f" {row}", "accent"), Cell(f"{labels.get(place, ''):>{scale}}", "muted"))
        for place, row in enumerate(drawn)
    ]
    return [*shown, *[_times(view, cells)] * (height - 1 - rows), figures]


def _ends(curve: Sequence[float]) -> tuple[str, str]:
    """Return the lowest and the highest level in words: whole, or to the cent where whole ones would be the same."""
    low, high = Decimal(str(min(curve))), Decimal(str(max(curve)))
    whole = fmt.money(low, 0), fmt.money(high, 0)
    return whole if whole[0] != whole[1] else (fmt.money(low), fmt.money(high))


def steady(curve: Sequence[float], dots: int) -> list[float | None]:
    """Return `dots` levels, of which the line has grown over the first: each the newest of equally many points.

    How many that are doubles when the room is full. So a new point moves the line's end only, not all of it, which
    is easier on the eye and on a slow link.
    """
    points = _points(curve, dots)
    levels: list[float | None] = [curve[min(end, len(curve)) - 1] for end in range(points, len(curve) + points, points)]
    return levels + [None] * (dots - len(levels))


def _points(curve: Sequence[float], dots: int) -> int:
    """Return how many points of a curve one dot stands for."""
    points = 1
    while len(curve) > dots * points:
        points *= 2
    return points


def _times(view: View, cells: int) -> Line:
    """Return the axis: the moment of the point above each label's first sign, as far as the line has come."""
    recent = view.recent
    points = 2 * _points(recent.curve, cells * 2)  # of a cell
    spans_days = recent.times[-1] - recent.times[0] >= DAY
    axis = ""
    for cell in range(0, cells - LABEL_CELLS, max(LABEL_CELLS + 2, cells // 4)):
        if cell * points < len(recent.times):
            ts = recent.times[cell * points]
            axis = axis.ljust(cell) + (fmt.date(ts)[5:] if spans_days else fmt.clock(ts)[:5])
    return (Cell(f" {axis}", "muted"),)


def _figures(state: State, view: View, width: int) -> Line:
    """Return what the run has brought and what it took, as much of it as there is room for."""
    recent, glyphs = view.recent, view.glyphs
    worth = state.equity.now
    change = worth - Decimal(str(recent.curve[0])) if recent.curve and worth is not None else ZERO
    text, word = priced(fmt.signed_money(change), direction_word(change), view)
    if state.equity.unrated:
        text, word = fmt.UNKNOWN, "estop"
    won = fmt.percent(Decimal(recent.won) / recent.closings, 0, signed=False) if recent.closings else glyphs.absent
    fees = " ".join(f"{fmt.money(amount)} {currency}" for currency, amount in recent.fees.items())
    pairs = (("fills", fmt.count(recent.fills)), ("win", won), ("fees", fees or fmt.money(ZERO)))
    cells = [Cell(f" {fmt.direction(change, glyphs=glyphs)} {text} ", word)]
    for name, value in pairs:
        pair = (Cell(f" {name} ", "muted"), Cell(f"{value} "))
        if sum(cell_len(cell.text) for cell in (*cells, *pair)) > width + 1:  # the last blank may go
            break
        cells += pair
    return tuple(cells)
