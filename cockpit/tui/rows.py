"""The rows of a table: which are shown, and where the cursor stands.

The cursor belongs to a row's key, not to its place. Rows may be sorted or inserted around it and it stays on the same
thing, because a key pressed a moment later must act on what the trader was looking at. It moves by itself only when its
row has gone, and it is never scrolled out of sight.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple


class Cell(NamedTuple):
    """A text and the word of the theme that says what it means."""

    text: str
    word: str = "text"


@dataclass(frozen=True)
class TableRow:
    """One line: `key` says what it is about and is unique in a table; there is a cell for every column. `more` has no
    column: titles and texts for whoever opens the row."""

    key: str
    cells: tuple[Cell, ...]
    more: tuple[tuple[str, str], ...] = field(default=(), compare=False)


class Line(NamedTuple):
    """What stands on one line of the screen: a row or nothing, with the cursor or without."""

    row: TableRow | None
    has_cursor: bool


class Move(Enum):
    """Where the cursor may be sent."""

    UP = "up"
    DOWN = "down"
    TOP = "top"
    BOTTOM = "bottom"
    HALF_PAGE_UP = "half_page_up"
    HALF_PAGE_DOWN = "half_page_down"


class Page:
    """Rows seen through a filter and a page of so many lines."""

    def __init__(self) -> None:
        self.rows: tuple[TableRow, ...] = ()
        self.cursor = 0
        self.height = 1
        self._all: tuple[TableRow, ...] = ()
        self._filter = ""
        self._top = 0

    @property
    def cursor_key(self) -> str | None:
        """The key under the cursor; None if nothing is shown."""
        return self.row.key if self.row is not None else None

    @property
    def row(self) -> TableRow | None:
        """The row under the cursor; None if nothing is shown."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def hidden(self) -> int:
        """How many rows the filter keeps back."""
        return len(self._all) - len(self.rows)

    @property
    def beyond(self) -> int:
        """How many rows the page has no line for."""
        return max(0, len(self.rows) - self.height)

    @property
    def lines(self) -> list[Line]:
        """The page, from its first line to its last."""
        return [self.line_at(line) for line in range(self.height)]

    def line_at(self, line: int) -> Line:
        """What stands on one line of the page."""
        index = self.index_at(line)
        return Line(None, False) if index is None else Line(self.rows[index], index == self.cursor)

    def set_rows(self, rows: Sequence[TableRow]) -> None:
        """Show these instead."""
        self._all = tuple(rows)
        self._pass()

    def set_filter(self, substring: str) -> None:
        """Show only rows with a cell that contains this, whatever its case; nothing shows all."""
        self._filter = substring.casefold()
        self._pass()

    def set_height(self, lines: int) -> None:
        """There is room for so many lines, one at least."""
        self.height = max(1, lines)
        self._scroll()

    def move(self, move: Move) -> None:
        """Send the cursor somewhere; it stops at the ends."""
        half = max(1, self.height // 2)
        match move:
            case Move.UP:
                self.put_cursor(self.cursor - 1)
            case Move.DOWN:
                self.put_cursor(self.cursor + 1)
            case Move.TOP:
                self.put_cursor(0)
            case Move.BOTTOM:
                self.put_cursor(len(self.rows) - 1)
            case Move.HALF_PAGE_UP:
                self.put_cursor(self.cursor - half)
            case Move.HALF_PAGE_DOWN:
                self.put_cursor(self.cursor + half)

    def put_cursor(self, index: int) -> None:
        """Put it on a row by place, or on the nearest there is."""
        self.cursor = max(0, min(index, len(self.rows) - 1))
        self._scroll()

    def index_of(self, key: str) -> int | None:
        """Where a key is shown."""
        return next((index for index, row in enumerate(self.rows) if row.key == key), None)

    def index_at(self, line: int) -> int | None:
        """Which row stands on a line of the page; None if there is none."""
        index = self._top + line
        return index if 0 <= line < self.height and index < len(self.rows) else None

    def _pass(self) -> None:
        key = self.cursor_key
        self.rows = tuple(
            row
            for row in self._all
            if not self._filter or any(self._filter in cell.text.casefold() for cell in row.cells)
        )
        found = None if key is None else self.index_of(key)
        self.put_cursor(self.cursor if found is None else found)

    def _scroll(self) -> None:
        """Keep the cursor on the page, and no emptiness below the last row while there are rows above."""
        top = min(max(self._top, self.cursor - self.height + 1), self.cursor)
        self._top = max(0, min(top, len(self.rows) - self.height))
