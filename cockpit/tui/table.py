"""The table every panel has.

It draws single lines on demand and asks for a repaint of what changed, so that a tick costs what it shows. That is one
stretch of a line, from its first changed cell to its last: for each of several Textual writes the line anew. Whatever
happens (new rows, a filter, a moved cursor), the lines before are compared with the lines after; setting equal rows
does nothing. Texts are drawn as they are: no markup is parsed, so a symbol called `[red]` is only a strange symbol.
Colors are words of the theme, looked up when a line is painted.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.theme import Theme

from cockpit.glyphs import UNICODE
from cockpit.tui.columns import Column
from cockpit.tui.kept import Kept
from cockpit.tui.layout import Layout
from cockpit.tui.looks import Looks
from cockpit.tui.rows import Cell, Line, Move, Page, TableRow

MARGIN: Final = 1
"""Cells left of the first column: the cursor's."""
HEADER: Final = 1
"""Lines above the first row."""


class Table(Kept, can_focus=True):
    """A line of titles, rows that scroll, a footer that stays, and a sentence when there is nothing to show."""

    DEFAULT_CSS = "Table { width: 1fr; height: 1fr; }"
    ALLOW_SELECT: ClassVar[bool] = False

    @dataclass
    class Told(Message):
        """Whatever a table says."""

        table: "Table"

        @property
        def control(self) -> "Table":
            """The table, for `@on` with a selector."""
            return self.table

    @dataclass
    class CursorMoved(Told):
        """The cursor stands on another row, or on none."""

        key: str | None

    @dataclass
    class Chosen(Told):
        """A row was clicked twice or entered."""

        key: str

    @dataclass
    class LayoutChanged(Told):
        """Another number of columns or rows has no room, or of rows passes the filter: the title may say so."""

        hidden_columns: int
        hidden_rows: int

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        empty: str,
        id: str | None = None,  # noqa: A002 - Textual's word for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._empty = empty
        self._columns = tuple(columns)
        self._layout = Layout(columns, ellipsis=UNICODE.ellipsis)
        self._page = Page()
        self._footer: tuple[Cell, ...] = ()
        self._looks = Looks(self)

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor; None if there are no rows."""
        return self._page.cursor_key

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """The rows that pass the filter."""
        return self._page.rows

    @property
    def hidden_columns(self) -> int:
        """How many columns have no room; 0 before the first layout, and while there is nothing to show."""
        return self._layout.hidden if self.rows else 0

    @property
    def hidden_rows(self) -> int:
        """How many rows the filter keeps back."""
        return self._page.hidden

    @property
    def beyond(self) -> int:
        """How many rows that pass the filter have no line."""
        return self._page.beyond

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The row under the cursor: the title and the text of every column, also of those without room."""
        row = self._page.row
        cells = row.cells if row is not None else ()
        return [(column.title, cell.text) for column, cell in zip(self._columns, cells, strict=False)]

    @property
    def whole(self) -> list[tuple[str, str]]:
        """The same, and what the row has to say beside its columns."""
        return [*self.fields, *(self._page.row.more if self._page.row is not None else ())]

    @property
    def _instead(self) -> str:
        """What stands there while no row does."""
        if self.rows:
            return ""
        return "Nothing matches the filter." if self.hidden_rows else self._empty

    def set_rows(self, rows: Sequence[TableRow], footer: Sequence[Cell] = ()) -> None:
        """Show these rows and this footer (a cell for every column, or none). Repaints only what differs."""
        with self._changing():
            self._footer = tuple(footer)
            self._page.set_rows(rows)
            self._fill_room()

    def set_filter(self, substring: str) -> None:
        """Show only rows with a cell that contains this, whatever its case; nothing shows all."""
        with self._changing():
            self._page.set_filter(substring)

    def move_cursor(self, move: Move) -> None:
        """Send the cursor somewhere; it stops at the ends."""
        with self._changing():
            self._page.move(move)

    def select(self, key: str) -> bool:
        """Put the cursor on a row; False if no such row is shown."""
        index = self._page.index_of(key)
        if index is not None:
            with self._changing():
                self._page.put_cursor(index)
        return index is not None

    def action_move(self, move: str) -> None:
        """For bindings such as `move('half_page_down')`."""
        self.move_cursor(Move(move))

    def action_choose(self) -> None:
        """For the binding of enter."""
        if (key := self.cursor_key) is not None:
            self.post_message(self.Chosen(self, key))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Compare what stood there with what stands there afterwards; repaint and tell the difference."""
        key, lines, footer = self.cursor_key, self._page.lines, self._footer
        layout = self.hidden_columns, self.hidden_rows, self.beyond, self._instead, bool(footer)
        yield
        every = [*(row.cells for row in self.rows), *([self._footer] if self._footer else [])]
        moved = self._layout.settle(every, max(0, self.size.width - MARGIN))
        if moved or len(lines) != self._page.height or layout[3:] != (self._instead, bool(self._footer)):
            self.refresh()
        elif changed := list(self._differing(lines, footer)):
            self.refresh(*changed)
        if key != self.cursor_key:
            self.post_message(self.CursorMoved(self, self.cursor_key))
        if layout[:3] != (self.hidden_columns, self.hidden_rows, self.beyond):
            self.post_message(self.LayoutChanged(self, self.hidden_columns, self.hidden_rows))

    def _differing(self, lines: Sequence[Line], footer: Sequence[Cell]) -> Iterator[Region]:
        """Where cells changed, and whole lines where rows came, went or took the cursor."""
        for y, (old, new) in enumerate(zip(lines, self._page.lines, strict=True), HEADER):
            if old == new:
                continue
            if old.row is None or new.row is None or old.has_cursor != new.has_cursor:
                yield Region(0, y, self.size.width, 1)
            else:
                yield from self._differing_cells(old.row.cells, new.row.cells, y)
        if footer:
            yield from self._differing_cells(footer, self._footer, self.size.height - 1)

    def _differing_cells(self, old: Sequence[Cell], new: Sequence[Cell], y: int) -> Iterator[Region]:
        changed = [place for place in self._layout.places if old[place.index] != new[place.index]]
        if changed:
            first, last = changed[0], changed[-1]
            yield Region(MARGIN + first.x, y, last.x + last.width - first.x, 1)

    def begin_lines(self) -> None:
        self._looks.settle()

    def render_line(self, y: int) -> Strip:
        if not self.rows:  # titles of nothing say nothing
            return self._strip([Cell(self._instead, "muted")] if y == 0 else [])
        if y == 0:
            return self._strip(self._layout.titles())
        if self._footer and y == self.size.height - 1:
            return self._strip(self._layout.line(self._footer))
        line = self._page.line_at(y - HEADER)
        if line.row is None:
            return self._strip([])
        selected = line.has_cursor and self.has_focus
        mark = UNICODE.cursor if selected else " "
        return self._strip(self._layout.line(line.row.cells), mark, selected=selected)

    def _strip(self, pieces: Sequence[Cell], mark: str = " ", *, selected: bool = False) -> Strip:
        ground = self._looks.of("text", selected=selected)
        segments = [Segment(piece.text, self._looks.of(piece.word, selected=selected)) for piece in pieces]
        return Strip([Segment(mark, ground), *segments]).adjust_cell_length(self.size.width, ground)

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._repaint)

    def _repaint(self, _: Theme) -> None:
        """A theme has come: its colors are our words', though no style of ours has changed."""
        self.refresh()

    def on_resize(self) -> None:
        with self._changing():
            self._fill_room()
        self.refresh()

    def _fill_room(self) -> None:
        self._page.set_height(self.size.height - HEADER - bool(self._footer))

    def on_focus(self) -> None:
        self._refresh_cursor()

    def on_blur(self) -> None:
        self._refresh_cursor()

    def on_click(self, event: events.Click) -> None:
        index = self._page.index_at(event.y - HEADER)
        if index is None:
            return
        with self._changing():
            self._page.put_cursor(index)
        if event.chain > 1:
            self.action_choose()

    # The wheel moves the cursor with the rows: a key must never act on a row that was scrolled out of sight.

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move_cursor(Move.DOWN)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move_cursor(Move.UP)

    def _refresh_cursor(self) -> None:
        lines = (y for y, line in enumerate(self._page.lines, HEADER) if line.has_cursor)
        self.refresh(*(Region(0, y, self.size.width, 1) for y in lines))
