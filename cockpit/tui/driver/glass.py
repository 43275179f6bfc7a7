"""What the terminal shows, as far as we know, and the least that must be sent to make it show something else.

The glass remembers every cell it has sent. Catching up with a grid sends the cells that differ, row by row from the
left: unchanged cells are skipped with a cursor move, or sent again where that is no longer than the move; the pen
changes by what differs. Whatever else draws on the terminal makes the memory wrong, so whoever suspects that calls
`forget`.
"""

import unicodedata
from functools import lru_cache
from typing import Final

from rich.cells import get_character_cell_size

from cockpit.tui.driver.grid import Cell, Grid, Row
from cockpit.tui.driver.pen import Pen, blanks_alike, change

BRIDGE: Final = 4
"""Unchanged cells that are sent again instead of jumped over: a jump costs three or four bytes."""


class Glass:
    """The cells, pen and cursor of the real terminal. None anywhere means "not known"."""

    def __init__(self, width: int, height: int) -> None:
        self._rows: list[Row] = [[None] * width for _ in range(height)]
        self._pen: Pen | None = None
        self._at: tuple[int, int] | None = None
        self._out: list[str] = []
        self._jumps = 0

    def forget(self, width: int, height: int) -> None:
        """Know nothing any more: the next `catch_up` sends every painted cell."""
        self._rows = [[None] * width for _ in range(height)]
        self._pen = self._at = None

    def catch_up(self, grid: Grid) -> tuple[str, int]:
        """What makes the terminal show `grid`, and into how many separate runs it falls."""
        self._jumps = 0
        for y in sorted(grid.touched):
            if grid.rows[y] != self._rows[y]:
                self._catch_up_row(y, grid.rows[y])
        grid.touched.clear()
        return self._taken(), self._jumps

    def park(self, x: int, y: int, pen: Pen | None = None) -> str:
        """What brings the real cursor, and the pen if one is given, to what somebody expects."""
        self._jump(x, y)
        if pen is not None:
            self._draw_with(pen)
        return self._taken()

    def _taken(self) -> str:
        text = "".join(self._out)
        self._out.clear()
        return text

    def _catch_up_row(self, y: int, row: Row) -> None:
        shown = self._rows[y]
        width = len(row)
        x = 0
        while x < width:
            cell = row[x]
            if cell is None or cell == shown[x]:
                x += 1
                continue
            half = row[x + 1] if x + 1 < width else None
            size = 2 if half is not None and not half[0] else 1
            if cell[0]:
                self._go(x, y, row)
                if cell[0] != " " or self._pen is None or not blanks_alike(self._pen, cell[1]):
                    self._draw_with(cell[1])
                if _is_settled(cell[0]):
                    self._out.append(cell[0])
                    self._at = (x + size, y) if x + size < width else None
                else:
                    self._draw_unsettled(cell, x, y, size)
            shown[x : x + size] = row[x : x + size]
            x += size

    def _draw_unsettled(self, cell: Cell, x: int, y: int, size: int) -> None:
        """Draw a grapheme that terminals give different widths.

        Its cells are blanked first, for those that draw it narrower; the cells it may spill into are no longer known,
        for those that draw it wider; and nobody can say where the cursor stands.
        """
        self._out.append(" " * size)
        self._at = None
        self._jump(x, y)
        self._out.append(cell[0])
        self._at = None
        widest = sum(get_character_cell_size(character) for character in cell[0]) + 1
        row = self._rows[y]
        row[x + size : x + widest] = [None] * len(row[x + size : x + widest])

    def _draw_with(self, pen: Pen) -> None:
        self._out.append(change(self._pen, pen))
        self._pen = pen

    def _go(self, x: int, y: int, row: Row) -> None:
        """Bring the cursor to a cell further right in the row, over unchanged cells if they are few and alike."""
        if self._at is not None and self._at[1] == y and 0 < x - self._at[0] <= BRIDGE:
            between = row[self._at[0] : x]
            if all(cell is not None and cell[1] == self._pen and cell[0].isascii() and cell[0] for cell in between):
                self._out.extend(cell[0] for cell in between if cell is not None)
                self._at = (x, y)
                return
        self._jump(x, y)

    def _jump(self, x: int, y: int) -> None:
        if self._at == (x, y):
            return
        self._jumps += 1
        if self._at is not None and self._at[1] == y and self._at[0] < x:
            distance = x - self._at[0]
            self._out.append(f"\x1b[{distance}C" if distance > 1 else "\x1b[C")
        else:
            self._out.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H")
        self._at = (x, y)


@lru_cache(maxsize=4096)
def _is_settled(grapheme: str) -> bool:
    """Do terminals agree on its width? They do on one character with combining marks, not on joined or paired emoji."""
    if len(grapheme) == 1:
        return not "\N{REGIONAL INDICATOR SYMBOL LETTER A}" <= grapheme <= "\N{REGIONAL INDICATOR SYMBOL LETTER Z}"
    return all(unicodedata.combining(mark) for mark in grapheme[1:])
