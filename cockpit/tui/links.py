"""Who is connected: the second row, and the line that stands for it on the smallest screens."""

from typing import Final

from rich.cells import cell_len

from cockpit import format as fmt
from cockpit.tui.lines import Line
from cockpit.tui.rows import Cell
from cockpit.tui.said import PART, without_folders
from cockpit.tui.view import Freshness, View, quiet
from oms.domain.risk import TradingState
from oms.domain.text import sanitize
from oms.state import State

REASON_CELLS: Final = 40
_GATE: Final = {TradingState.ACTIVE: "ok", TradingState.REDUCING: "warn", TradingState.HALTED: "danger"}


def links(state: State, view: View, width: int) -> Line:
    """Return the second row: the screens that are there, and whether each link stands."""
    on, off = view.glyphs.on, view.glyphs.off
    feed = {
        Freshness.AGEING: (on, quiet(view), "warn"),
        Freshness.STALE: (off, f"STALE {quiet(view)}", "warn"),
        Freshness.WAITING: (off, "waiting", "muted"),
        Freshness.PAUSED: (on, "paused", "warn"),
        Freshness.ENDED: (off, "ended", "muted"),
    }.get(view.freshness, (on, "", "ok"))
    why = sanitize(without_folders(view.link or ""), REASON_CELLS)
    venue = (on, "", "ok") if view.link is None else (off, f"away: {why}", "danger")
    engine = (on, f"record {fmt.count(state.seq)}", "ok") if state.seq else (off, "starting", "muted")
    line = [Cell(" Dashboard ", "title")]
    for name, (sign, said, word) in (("feed", feed), (view.broker, venue), ("engine", engine)):
        line += [Cell(f"  {name} ", "muted"), Cell(sign, word)]
        if said:
            line.append(Cell(f" {said}", "muted" if word == "ok" else word))
    for note in filter(None, view.feed_notes):
        if sum(cell_len(cell.text) for cell in line) + cell_len(note) + 2 <= width:
            line.append(Cell(f"  {note}", "muted"))
    return tuple(line)


def gate(state: State, view: View) -> Line:
    """Return what the smallest screens show instead: the gate, working orders, and a light for each link."""
    arrives = view.freshness not in (Freshness.STALE, Freshness.WAITING, Freshness.ENDED)
    lights = tuple(_light(name, view, is_on=is_on) for name, is_on in (("feed", arrives), (view.broker, not view.link)))
    orders = fmt.plural(len(state.blotter.open), "order")
    return (
        Cell(" Gate ", "muted"),
        Cell(view.trading, _GATE[view.trading]),
        Cell(f"{PART}{orders}{PART}", "text"),
        *(cell for light in lights for cell in light),
    )


def _light(name: str, view: View, *, is_on: bool) -> Line:
    sign, word = (view.glyphs.on, "ok") if is_on else (view.glyphs.off, "danger")
    return Cell(f"{name} ", "muted"), Cell(f"{sign} ", word)
