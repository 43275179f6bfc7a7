"""A cell: a grapheme and its look.

Equal cells are nearly always one and the same, so that to compare two rows is to compare addresses, and a picture of
thousands of cells makes none and leaves none behind for the collector.
"""

from functools import lru_cache
from typing import Final, TypeAlias

from cockpit.tui.driver.pen import Pen

Cell: TypeAlias = tuple[str, Pen]
"""The right half of a wide character holds the empty grapheme."""
Row: TypeAlias = list[Cell | None]
"""None is a cell nobody has painted yet."""
MOST: Final = 1_024
"""Characters kept of one pen: what is shown may have as many as Unicode has."""


class CellsOfPen(dict[str, Cell]):
    """The cells of one pen by their characters."""

    def __init__(self, pen: Pen) -> None:
        super().__init__()
        self._pen = pen

    def __missing__(self, character: str) -> Cell:
        if len(self) >= MOST:
            self.clear()
        cell = self[character] = character, self._pen
        return cell


inked = lru_cache(maxsize=1_024)(CellsOfPen)
