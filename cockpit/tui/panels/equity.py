"""Equity: the run so far as a line, and its figures."""

from collections.abc import Sequence
from decimal import Decimal

from textual.widget import Widget

from cockpit import format as fmt
from cockpit.plot import line as braille
from cockpit.tui.lines import Line, Lines
from cockpit.tui.panels.panel import Panel
from cockpit.tui.panels.positions import direction_word
from cockpit.tui.rows import Cell
from cockpit.tui.view import View
from oms.domain import events as ev
from oms.domain.units import ZERO
from oms.state import State


class EquityLine(Panel):
    """The account's worth since the run began."""

    NAME = "equity"
    TITLE = "Equity of this run"
    WATCHES = (ev.OrderFilled,)
    PRICED = True

    def make_body(self) -> Widget:
        return Lines()

    def draw(self, state: State, view: View) -> None:  # noqa: ARG002 - it shows what went by
        body = self.query_one(Lines)
        if body.size.width:
            body.set_lines(lines(view, *body.size))

    def count(self, state: State) -> None:  # noqa: ARG002 - there is one account
        return None


def lines(view: View, width: int, height: int) -> list[Line]:
    """Return the line with its highest and lowest level at the right edge, and one line of figures below."""
    curve, glyphs = view.recent.curve, view.glyphs
    figures = _figures(view)
    if len(curve) < 2 or height < 3:  # noqa: PLR2004 - a line needs two points, and room besides the figures
        return [(Cell(" The line begins with the first prices.", "muted"),), *[()] * max(0, height - 2), figures]
    high, low = (fmt.money(Decimal(str(level)), 0) for level in (max(curve), min(curve)))
    change = Decimal(str(curve[-1])) - Decimal(str(curve[0]))
    middle = (height - 1) // 2
    labels = {middle: fmt.signed_money(change, 0), 0: high, height - 2: low}
    scale = 1 + max(len(label) for label in labels.values())
    words = {middle: direction_word(change)} if labels[middle] not in (high, low) else {}
    cells = max(1, width - scale - 2)
    drawn = braille(steady(curve, cells * 2), cells, height - 1, glyphs=glyphs)
    shown: list[Line] = [
        (Cell(f" {row}", "accent"), Cell(f"{labels.get(place, ''):>{scale}}", words.get(place, "muted")))
        for place, row in enumerate(drawn)
    ]
    return [*shown, figures]


def steady(curve: Sequence[float], dots: int) -> list[float | None]:
    """Return `dots` levels, of which the line has grown over the first: each the newest of equally many points.

    How many that are doubles when the room is full. So a new point moves the line's end only, not all of it, which
    is easier on the eye and on a slow link.
    """
    points = 1
    while len(curve) > dots * points:
        points *= 2
    levels: list[float | None] = [curve[min(end, len(curve)) - 1] for end in range(points, len(curve) + points, points)]
    return levels + [None] * (dots - len(levels))


def _figures(view: View) -> Line:
    recent = view.recent
    won = fmt.percent(Decimal(recent.won) / recent.closings, 0, signed=False) if recent.closings else view.glyphs.absent
    fees = " ".join(f"{fmt.money(amount)} {currency}" for currency, amount in recent.fees.items())
    pairs = (("fills", fmt.count(recent.fills)), ("win", won), ("fees", fees or fmt.money(ZERO)))
    return tuple(cell for name, value in pairs for cell in (Cell(f" {name} ", "muted"), Cell(f"{value} ")))
