"""Which columns fit, how wide they are, and where each text stands in its column.

A number cut in half is a wrong number, so when room is short whole columns go, the least important first, and never a
digit. Only text may end in an ellipsis. Numbers line up at the decimal point, so that the eye compares lengths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from rich.cells import cell_len, set_cell_size

from cockpit.tui.said import PART

GAP = 1
"""Blank cells between two columns."""


class Align(Enum):
    """Where a text stands in its column. All but LEFT hold numbers, which are shown whole or not at all."""

    LEFT = auto()
    RIGHT = auto()
    POINT = auto()
    """At the decimal point; what has none ends before it."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table."""

    title: str
    align: Align = Align.LEFT
    width: int = 1
    """The least width, in cells; a column grows with its texts."""
    priority: int = 0
    """0 stays longest; of equal ones the left stays longer."""
    stretches: bool = False
    """Takes the room that is left, and shows an ellipsis if it needs more."""
    has_items: bool = False
    """Its text is items between middle dots; those that have no room are counted."""


@dataclass(frozen=True)
class Place:
    """A column that is shown: `x` and `width` in cells, `decimals` the cells kept from the decimal point on."""

    index: int
    x: int
    width: int
    decimals: int = 0


def _size(text: str) -> int:
    """Cells of a text; next to all are ASCII, where a character is a cell."""
    return len(text) if text.isascii() else cell_len(text)


def measure(column: Column, texts: Sequence[str], kept: int = 0) -> tuple[int, int]:
    """The width a column needs for its title and texts, and the cells of the longest part from the decimal point on,
    `kept` of which it has anyhow: a number that ends before the point needs its room beside them, a word does not."""
    if column.stretches:
        return max(column.width, _size(column.title)), 0
    if column.align is not Align.POINT:
        return max(column.width, _size(column.title), *map(_size, texts), 0), 0
    decimals = max(kept, *map(_decimals, texts), 0)
    whole = max((_size(text) - _decimals(text) for text in texts if not text.isalpha()), default=0)
    words = (_size(text) for text in texts if text.isalpha())
    return max(column.width, _size(column.title), whole + decimals, *words), decimals


def arrange(columns: Sequence[Column], needs: Sequence[tuple[int, int]], room: int) -> list[Place]:
    """The columns that fit into `room` cells, from left to right; `needs` is what `measure` said of each.

    The most important column is always there, cut to the room if it must be.
    """
    ranked = sorted(range(len(columns)), key=lambda index: (columns[index].priority, index))
    kept: list[int] = []
    used = -GAP
    for index in ranked:
        used += GAP + needs[index][0]
        if used > room and kept:
            used -= GAP + needs[index][0]
            break
        kept.append(index)
    places: list[Place] = []
    x = 0
    spare = max(0, room - used)
    for index in sorted(kept):
        width, decimals = needs[index]
        if columns[index].stretches:
            width, spare = width + spare, 0
        places.append(Place(index, x, min(width, max(0, room - x)), decimals))
        x += width + GAP
    return places


def fit(text: str, align: Align, width: int, *, decimals: int = 0, ellipsis: str = "…") -> str:
    """`text` in exactly `width` cells: padded, or ending in an ellipsis; a number that does not fit is an ellipsis."""
    if align is Align.POINT:
        text += " " * min(decimals - _decimals(text), width - _size(text))
    size = _size(text)
    if size > width:
        if align is Align.LEFT and width > 1:
            return set_cell_size(set_cell_size(text, width - 1).rstrip() + ellipsis, width)
        return ellipsis.rjust(width) if width else ""
    padding = " " * (width - size)
    return text + padding if align is Align.LEFT else padding + text


def fit_items(text: str, width: int, *, ellipsis: str = "…") -> str:
    """The first items of a text, whole, and how many are missing: `AAPL gap +0.4% +3`. Only a single one is cut."""
    items = text.split(PART)
    for kept in range(len(items), 0, -1):
        missing = f" +{len(items) - kept}" if kept < len(items) else ""
        shown = PART.join(items[:kept]) + missing
        if _size(shown) <= width:
            return fit(shown, Align.LEFT, width)
    return fit(text, Align.LEFT, width, ellipsis=ellipsis)


def _decimals(text: str) -> int:
    """Cells from the decimal point on, with whatever sign follows the digits."""
    point = text.rfind(".")
    return _size(text[point:]) if point >= 0 else 0
