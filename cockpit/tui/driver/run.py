"""Runs: the changed cells of a row, joined into texts that each have one look.

What lies between two changes is sent again where that is no longer than a move over it. A blank shows neither text
color nor weight, so it goes along with whatever run it touches, and a change of those alone is none.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import get_character_cell_size

from cockpit.tui.driver.cell import Cell, Row
from cockpit.tui.driver.pen import Pen, blanks_alike
from cockpit.tui.driver.way import At, distance


@dataclass(slots=True)
class Run:
    """A text on one row from column `x` up to `end`, drawn with one pen."""

    x: int
    y: int
    end: int
    pen: Pen
    text: str
    is_settled: bool = True
    """Whether terminals agree how wide it is; if not it is a single grapheme."""

    @property
    def at(self) -> At:
        """Where it begins."""
        return self.x, self.y

    def draws(self, cell: Cell) -> bool:
        """Whether the cell can go along: it has the run's look, or one of the two shows none of its own."""
        if cell[1] == self.pen:
            return True
        return (cell[0] == " " or not self.text.strip(" ")) and blanks_alike(self.pen, cell[1])

    def add(self, cells: Sequence[Cell], end: int) -> None:
        """Make it longer by cells that it draws."""
        for text, pen in cells:
            if text != " " and not self.text.strip(" "):
                self.pen = pen
            self.text += text
        self.end = end


def runs(y: int, row: Row, shown: Row) -> Iterator[Run]:
    """The runs that turn a row from what is `shown` into what it should be; `shown` is brought up to date."""
    run: Run | None = None
    x, width = 0, len(row)
    while x < width:
        cell, seen = row[x], shown[x]
        if cell is None or cell == seen:  # most are, so this comes before all else
            x += 1
            continue
        if _looks_like(cell, seen):
            shown[x] = cell
            x += 1
            continue
        size = 2 if x + 1 < width and _is_half(row[x + 1]) else 1
        shown[x : x + size] = row[x : x + size]
        if cell[0]:
            if run is not None and not _joined(run, cell, x, x + size, row):
                yield run
                run = None
            if run is None:
                run = Run(x, y, x + size, cell[1], cell[0], _is_settled(cell[0]))
            if not run.is_settled:
                # Terminals that draw it wider spill into the cells after it, so those are no longer known.
                spilled = slice(run.end, run.x + _widest(run.text))
                shown[spilled] = [None] * len(shown[spilled])
        x += size
    if run is not None:
        yield run


def _joined(run: Run, cell: Cell, x: int, end: int, row: Row) -> bool:
    """Lengthen the run to a cell further right, if what lies between goes along and costs no more than a move."""
    if not run.is_settled or not _is_settled(cell[0]) or not run.draws(cell):
        return False
    if x == run.end:
        run.add([cell], end)
        return True
    hop = distance((run.end, 0), (x, 0))
    if x - run.end > hop:
        return False
    between = [gap for gap in row[run.end : x] if gap is not None and gap[0] and _is_settled(gap[0])]
    fits = len(between) == x - run.end and sum(len(gap[0].encode()) for gap in between) <= hop
    if not fits or not all(gap[1] == run.pen or (gap[0] == " " and run.draws(gap)) for gap in between):
        return False
    run.add([*between, cell], end)
    return True


def _is_half(cell: Cell | None) -> bool:
    return cell is not None and not cell[0]


def _looks_like(cell: Cell, other: Cell | None) -> bool:
    return other is not None and cell[0] == " " == other[0] and blanks_alike(cell[1], other[1])


def _widest(grapheme: str) -> int:
    return sum(get_character_cell_size(character) for character in grapheme) + 1


@lru_cache(maxsize=4096)
def _is_settled(grapheme: str) -> bool:
    """Do terminals agree on its width? They do on one character with combining marks, not on joined or paired emoji."""
    if len(grapheme) == 1:
        return not "\N{REGIONAL INDICATOR SYMBOL LETTER A}" <= grapheme <= "\N{REGIONAL INDICATOR SYMBOL LETTER Z}"
    return all(unicodedata.combining(mark) for mark in grapheme[1:])
