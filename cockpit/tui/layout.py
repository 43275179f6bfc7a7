"""Columns laid out for the rows at hand: a list of cells becomes a line of pieces that fill the room.

Columns grow with their texts and shrink only when the room changes. A table that breathes with every tick cannot be
read, and every breath would cost a repaint of the whole.
"""

from collections.abc import Sequence

from cockpit.tui.columns import GAP, Align, Column, Place, arrange, fit, fit_items, measure
from cockpit.tui.rows import Cell


class Layout:
    """Where each column stands; `places` are those that are shown, empty before the first `settle`."""

    def __init__(self, columns: Sequence[Column], *, ellipsis: str) -> None:
        self.places: list[Place] = []
        self._columns = tuple(columns)
        self._ellipsis = ellipsis
        self._room = -1
        self._needs = [measure(column, ()) for column in self._columns]

    @property
    def hidden(self) -> int:
        """How many columns have no room."""
        return len(self._columns) - len(self.places) if self.places else 0

    def settle(self, every: Sequence[Sequence[Cell]], room: int) -> bool:
        """Lay the columns out for these lines of cells in so many cells of room; True if a column moved."""
        kept = self._needs if room == self._room else [(0, 0)] * len(self._columns)
        needs = [
            measure(column, [cells[index].text for cells in every], kept[index][1])
            for index, column in enumerate(self._columns)
        ]
        needs = [(max(old[0], new[0]), new[1]) for old, new in zip(kept, needs, strict=True)]
        before, self._needs, self._room = self.places, needs, room
        self.places = arrange(self._columns, needs, room)
        return self.places != before

    def titles(self) -> list[Cell]:
        """The pieces of the first line."""
        pieces: list[Cell] = []
        for place in self.places:
            column = self._columns[place.index]
            align = Align.LEFT if column.align is Align.LEFT else Align.RIGHT
            text = fit(column.title, align, place.width, ellipsis=self._ellipsis)
            pieces += _after_gap(pieces, Cell(text, "muted"))
        return pieces

    def line(self, cells: Sequence[Cell]) -> list[Cell]:
        """The pieces of a line: its cells in the places that are shown, with blanks between."""
        pieces: list[Cell] = []
        for place in self.places:
            cell, column = cells[place.index], self._columns[place.index]
            if column.has_items:
                text = fit_items(cell.text, place.width, ellipsis=self._ellipsis)
            else:
                text = fit(cell.text, column.align, place.width, decimals=place.decimals, ellipsis=self._ellipsis)
            pieces += _after_gap(pieces, Cell(text, cell.word))
        return pieces


def _after_gap(pieces: Sequence[Cell], piece: Cell) -> list[Cell]:
    """The piece, and before it the blank that separates it from the one on its left."""
    return [Cell(" " * GAP), piece] if pieces else [piece]
