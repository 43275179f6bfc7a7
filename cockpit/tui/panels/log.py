"""Log: what happened, newest first, in sentences.

While trading stands, why it does stays on top: the cancels that follow a stop would push it out of sight. It is marked
where it is not the newest, since its time would look like a fault of the order.
"""

from functools import lru_cache
from itertools import islice

from textual.widget import Widget

from cockpit import format as fmt
from cockpit.glyphs import ASCII, UNICODE, written
from cockpit.tui.columns import Column
from cockpit.tui.panels.panel import Panel
from cockpit.tui.particulars import readable
from cockpit.tui.recent import LogLine
from cockpit.tui.rows import Cell, TableRow
from cockpit.tui.table import Table
from cockpit.tui.view import View
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain.risk import TradingState
from oms.state import State

COLUMNS = (
    Column(title="TIME", priority=2, width=12),
    Column(title="KIND", priority=1, width=8),
    Column(title="WHAT HAPPENED", priority=0, width=20, stretches=True),
)
SHOWN = 200
"""Lines that can be scrolled to."""


class Log(Panel):
    """Signals, fills, refusals with their rule and numbers, halts; the newest is always in sight."""

    NAME = "log"
    TITLE = "Log"
    WATCHES = tuple(kind for kind in ev.KINDS.values() if kind is not aev.MarkRecorded)

    def make_body(self) -> Widget:
        return Table(COLUMNS, empty="Nothing has happened yet.")

    def draw(self, state: State, view: View) -> None:  # noqa: ARG002 - it shows what went by
        table = self.table
        if table is None:
            return
        followed = not table.rows or table.cursor_key == table.rows[0].key
        table.set_rows(rows(view))
        if followed and table.rows:
            table.select(table.rows[0].key)

    @property
    def beyond(self) -> int:
        """Nothing to speak of: every log is longer than its panel."""
        return 0

    def count(self, state: State) -> None:  # noqa: ARG002 - a number of lines says nothing
        return None


def rows(view: View) -> list[TableRow]:
    """Return the newest lines, the first halt that still holds before them."""
    recent = view.recent
    pinned = [recent.halts[0].line] if view.trading is TradingState.HALTED and recent.halts else []
    newest = [line for line in islice(recent.lines, SHOWN) if line not in pinned]
    is_plain, is_old = view.glyphs is ASCII, bool(pinned) and pinned[0] is not recent.lines[0]
    above = [_row(line, is_plain=is_plain, is_pinned=is_old) for line in pinned]
    return [*above, *(_row(line, is_plain=is_plain) for line in newest)]


@lru_cache(maxsize=2 * SHOWN)
def _row(line: LogLine, *, is_plain: bool, is_pinned: bool = False) -> TableRow:
    """Return the row of a line, which never changes and stands in very many pictures."""
    glyphs = ASCII if is_plain else UNICODE
    kind, text, word = line.said
    when = fmt.minute(line.ts)[5:] if line.ts else ""
    when = f"{glyphs.up}{when}" if is_pinned else when
    cells = Cell(when, "muted"), Cell(kind, word), Cell(written(text, glyphs), word)
    return TableRow(str(line.number), cells, readable(line.more, glyphs))
