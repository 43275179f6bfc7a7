"""How much room there is, in five words, and how it is dealt out.

Rows are dealt in rounds: first what each part cannot do without, then wish by wish, the most important first. So what
has to give way when a terminal gets lower is an order that can be read, and not the outcome of five formulas.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final, NamedTuple


class Room(IntEnum):
    """Classes of size; the smaller of width and height decides."""

    TINY = 0
    """Below 24×8: mode, day's result and the stop key, on one line."""
    XS = 1
    S = 2
    M = 3
    L = 4


_WIDTHS: Final = ((160, Room.L), (100, Room.M), (60, Room.S), (24, Room.XS))
_HEIGHTS: Final = ((50, Room.L), (30, Room.M), (18, Room.S), (8, Room.XS))


class Box(NamedTuple):
    """Where something stands, in cells."""

    x: int
    y: int
    width: int
    height: int


def room_of(width: int, height: int) -> Room:
    """Return the class of a terminal of this size."""
    return min(_class(width, _WIDTHS), _class(height, _HEIGHTS))


def deal(height: int, least: Mapping[str, int], wishes: Iterable[tuple[str, int]], rest: str) -> dict[str, int]:
    """Return how many rows each part gets: what it needs at `least`, then more of what is left, up to the rows wished
    for. `rest` takes what nobody wants. Where that is not enough, the last parts go without."""
    rows: dict[str, int] = {}
    for name, need in least.items():
        rows[name] = need if sum(rows.values()) + need <= height else 0
    for name, wish in wishes:
        if rows.get(name):
            rows[name] += max(0, min(wish - rows[name], height - sum(rows.values())))
    taker = rest if rows[rest] else next(iter(rows))
    rows[taker] += height - sum(rows.values())
    return rows


def stack(content: Box, rows: Mapping[str, int]) -> dict[str, Box]:
    """One below the other, in this order; what has no rows is not there."""
    x, y, width, _ = content
    boxes = {}
    for name, height in rows.items():
        if height:
            boxes[name] = Box(x, y, width, height)
            y += height
    return boxes


def beside(box: Box, left: str, right: str, left_cells: int) -> dict[str, Box]:
    """Two panels in the place of one."""
    return {
        left: box._replace(width=left_cells),
        right: box._replace(x=box.x + left_cells, width=box.width - left_cells),
    }


def _class(cells: int, steps: tuple[tuple[int, Room], ...]) -> Room:
    return next((room for least, room in steps if cells >= least), Room.TINY)
