"""How much room there is, in five words, and where each panel stands in it.

A layout is a pure function of the terminal's size and of how much there is to show, so it can be tested without a
terminal and never depends on what was painted before. What does not fit is left out whole: half a panel misleads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

FRAME: Final = 2
"""Rows and columns that a border takes."""
HEADED: Final = FRAME + 1
"""Rows of a framed table besides those of its things."""
EMPTY: Final = HEADED + 1
"""A framed table that says only that it is empty."""


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


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many rows of each kind there are to show."""

    instruments: int
    positions: int
    orders: int
    strategies: int


def room_of(width: int, height: int) -> Room:
    """Return the class of a terminal of this size."""
    return min(_class(width, _WIDTHS), _class(height, _HEIGHTS))


def places(width: int, height: int, load: Load, zoomed: str | None = None) -> Mapping[str, Box]:
    """Return the box of every part that is shown: `banner links status keys`, and panels by name.

    `zoomed` names the one panel that takes all the room there is for panels.
    """
    room = room_of(width, height)
    if room is Room.TINY:
        return {"banner": Box(0, 0, width, 1)}
    chrome = _chrome(room, width, height)
    top = 1 if room is Room.XS else 2
    content = Box(0, top, width, height - len(chrome))
    if zoomed is not None:
        return {**chrome, zoomed: content}
    return {**chrome, **_PLANS[room](content, load)}


def _class(cells: int, steps: tuple[tuple[int, Room], ...]) -> Room:
    return next((room for least, room in steps if cells >= least), Room.TINY)


def _chrome(room: Room, width: int, height: int) -> dict[str, Box]:
    rows = {"banner": 0, "keys": height - 1}
    if room > Room.XS:
        rows |= {"links": 1, "status": height - 2}
    return {name: Box(0, y, width, 1) for name, y in rows.items()}


def _list(load: Load) -> str:
    return "positions" if load.positions else "prices"


def _extra_small(content: Box, load: Load) -> dict[str, Box]:
    """One list, and the gauges as bare lines below it."""
    x, y, width, height = content
    gauges = 2 if height > EMPTY + 2 else 0
    boxes = {_list(load): Box(x, y, width, height - gauges)}
    if gauges:
        boxes["gauges"] = Box(x, y + height - gauges, width, gauges)
    return boxes


def _small(content: Box, load: Load) -> dict[str, Box]:
    """One list on top, orders or strategies beside the gauges, and the log."""
    x, y, width, height = content
    log = max(EMPTY, height // 4)
    middle = max(load.strategies + HEADED, height // 3)
    above = height - log - middle
    left = width * 54 // 100
    beside = "orders" if load.orders else "strategies"
    return {
        _list(load): Box(x, y, width, above),
        beside: Box(x, y + above, left, middle),
        "gauges": Box(x + left, y + above, width - left, middle),
        "log": Box(x, y + above + middle, width, log),
    }


def _medium(content: Box, load: Load) -> dict[str, Box]:
    """Two columns, and below them strategies and log over the whole width."""
    x, y, width, height = content
    strategies = load.strategies + HEADED
    least_log = EMPTY + 2
    above = min(max(_wanted(load), height - strategies - 9), height - strategies - least_log)
    log = height - above - strategies
    right = max(40, width * 37 // 100)
    left = width - right
    gauges = min(11, above // 2 + 1)
    return {
        **_column(Box(x, y, left, above), load),
        "gauges": Box(x + left, y, right, gauges),
        "equity": Box(x + left, y + gauges, right, above - gauges),
        "strategies": Box(x, y + above, width, strategies),
        "log": Box(x, y + above + strategies, width, log),
    }


def _large(content: Box, load: Load) -> dict[str, Box]:
    """What is held on the left; equity, gauges and strategies on the right; the log below, wide enough to read."""
    x, y, width, height = content
    above = min(max(_wanted(load), 26), height * 2 // 3)
    left = width * 45 // 100
    gauges = (width - left) * 44 // 100
    middle = width - left - gauges
    strategies = load.strategies + HEADED
    upper = above - strategies
    return {
        **_column(Box(x, y, left, above), load),
        "equity": Box(x + left, y, middle, upper),
        "gauges": Box(x + left + middle, y, gauges, upper),
        "strategies": Box(x + left, y + upper, width - left, strategies),
        "log": Box(x, y + above, width, height - above),
    }


def _wanted(load: Load) -> int:
    """Rows that would show every position, price and order."""
    positions = load.positions + HEADED + 1 if load.positions else 0
    return positions + load.instruments + HEADED + max(EMPTY, load.orders + HEADED)


def _column(content: Box, load: Load) -> dict[str, Box]:
    """Positions over prices over orders; prices take the place of positions where there are none."""
    x, y, width, height = content
    orders = min(max(EMPTY, load.orders + HEADED), max(EMPTY, height // 4))
    if not load.positions:
        return {"prices": Box(x, y, width, height - orders), "orders": Box(x, y + height - orders, width, orders)}
    prices = min(load.instruments + HEADED, max(EMPTY, (height - orders) // 2))
    positions = height - prices - orders
    return {
        "positions": Box(x, y, width, positions),
        "prices": Box(x, y + positions, width, prices),
        "orders": Box(x, y + positions + prices, width, orders),
    }


_PLANS: Final = {Room.XS: _extra_small, Room.S: _small, Room.M: _medium, Room.L: _large}
