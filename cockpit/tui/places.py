"""Where each panel stands.

A layout is a pure function of the terminal's size and of how much there is to show, so it can be tested without a
terminal and never depends on what was painted before. What does not fit is left out whole: half a panel misleads. When
rows are short, log, equity and orders give theirs first: what is held and what it is worth come before what was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cockpit.tui.room import Box, Room, beside, deal, room_of, stack

FRAME: Final = 2
"""Rows and columns that a border takes."""
HEADED: Final = FRAME + 1
"""Rows of a framed table besides those of its things."""
EMPTY: Final = HEADED + 1
"""A framed table that says only that it is empty, or shows a single thing."""
GAUGES: Final = FRAME + 8
"""A frame around all gauges and the gate."""
LOW: Final = 32
"""Rows for panels below which two lists stand side by side that otherwise have the whole width."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many rows of each kind there are to show."""

    instruments: int
    positions: int
    orders: int
    strategies: int


def places(
    width: int, height: int, load: Load, zoomed: str | None = None, called: str | None = None
) -> Mapping[str, Box]:
    """Return the box of every part that is shown: `banner links status keys`, and panels by name.

    `zoomed` names the one panel that takes all the room there is for panels. `called` names a panel that has to be
    among them: where it has no frame of its own, or on the smallest screens only one row, it takes the lists' place.
    """
    room = room_of(width, height)
    if room is Room.TINY:
        return {"banner": Box(0, 0, width, 1)}
    chrome = _chrome(room, width, height)
    content = Box(0, min(2, int(room)), width, height - len(chrome))
    if zoomed is not None:
        return {**chrome, zoomed: content}
    boxes = _PLANS[room](content, load)
    enough = EMPTY + 1 if room is Room.XS else HEADED
    if called is not None and (called not in boxes or boxes[called].height < enough):
        boxes = _instead(boxes, called)
    return {**chrome, **boxes}


def _chrome(room: Room, width: int, height: int) -> dict[str, Box]:
    rows = {"banner": 0, "status": height - 2, "keys": height - 1}
    if room > Room.XS:
        rows["links"] = 1
    return {name: Box(0, y, width, 1) for name, y in rows.items()}


def _list(load: Load) -> str:
    return "positions" if load.positions else "prices"


def _instead(boxes: Mapping[str, Box], called: str) -> dict[str, Box]:
    """Give a panel the place of the lists: positions, and the prices if they stand below them."""
    top = boxes["positions" if "positions" in boxes else "prices"]
    gone = {
        name: box for name, box in boxes.items() if name in ("positions", "prices", called) and box.width == top.width
    }
    height = max(box.y + box.height for box in gone.values()) - top.y
    return {**{name: box for name, box in boxes.items() if name not in gone}, called: top._replace(height=height)}


def _lists(load: Load) -> dict[str, int]:
    """Rows that show every position with their total, every price and every order."""
    positions = {"positions": load.positions + HEADED + 1} if load.positions else {}
    return {**positions, "prices": load.instruments + HEADED, "orders": max(EMPTY, load.orders + HEADED)}


def _column(content: Box, load: Load) -> dict[str, Box]:
    """Positions over prices over orders; prices take the place of positions where there are none."""
    wanted = _lists(load)
    least = {name: EMPTY + (name == "positions") for name in wanted}
    return stack(content, deal(content.height, least, wanted.items(), _list(load)))


def _extra_small(content: Box, load: Load) -> dict[str, Box]:
    """Positions, prices where there is room below them, and the gauges as one bare line."""
    wanted = {name: rows for name, rows in _lists(load).items() if name != "orders"}
    below = 1 if content.height > EMPTY + 1 else 0
    least = {name: EMPTY + (name == "positions") for name in wanted}
    rows = deal(content.height - below, least, wanted.items(), "prices")
    return stack(content, {**rows, "gauges": below})


def _small(content: Box, load: Load) -> dict[str, Box]:
    """A list on top, then two rows of two; without positions the prices have the top to themselves."""
    left = content.width * 54 // 100
    third = "orders" if load.orders else "strategies"
    held = load.orders or load.strategies
    if not load.positions:
        least = {"prices": EMPTY, "middle": EMPTY, "log": EMPTY}
        wishes = [("prices", load.instruments + HEADED), ("middle", held + HEADED), ("log", EMPTY + 1)]
        boxes = stack(content, deal(content.height, least, [*wishes, ("middle", load.strategies + HEADED)], "prices"))
        return boxes | beside(boxes.pop("middle"), third, "gauges", left)
    least = {"positions": EMPTY + 1, "middle": EMPTY, "lower": EMPTY}
    wishes = [
        ("positions", min(load.positions, 4) + HEADED + 1),
        ("middle", min(load.instruments, 4) + HEADED),
        ("lower", held + HEADED),
        ("positions", load.positions + HEADED + 1),
    ]
    boxes = stack(content, deal(content.height, least, wishes, "lower"))
    middle, lower = boxes.pop("middle"), boxes.pop("lower")
    third_cells = left if load.orders else content.width - left
    return boxes | beside(middle, "prices", "gauges", left) | beside(lower, third, "log", third_cells)


def _medium(content: Box, load: Load) -> dict[str, Box]:
    """Two columns, and below them strategies and log: one over the other, or side by side where rows are few."""
    right = max(40, content.width * 37 // 100)
    left = content.width - right
    strategies = load.strategies + HEADED
    is_low = content.height < LOW
    below = {"log": strategies} if is_low else {"strategies": strategies, "log": EMPTY}
    above = sum(_lists(load).values())
    least = {"above": 3 * EMPTY + 1, **below}
    wishes = [("above", above)] if is_low else [("log", EMPTY + 2), ("above", above), ("log", 9)]
    boxes = stack(content, deal(content.height, least, wishes, "above"))
    top = boxes.pop("above")
    gauges = min(GAUGES, top.height // 2 + 1)
    if is_low:
        boxes |= beside(boxes["log"], "log", "strategies", left)
    return {
        **boxes,
        **_column(top._replace(width=left), load),
        "gauges": Box(left, top.y, right, gauges),
        "equity": Box(left, top.y + gauges, right, top.height - gauges),
    }


def _large(content: Box, load: Load) -> dict[str, Box]:
    """What is held on the left; gauges and equity on the right; below them strategies and log, wide enough to read."""
    x, y, width, height = content
    strategies = load.strategies + HEADED
    above = min(max(sum(_lists(load).values()), height * 2 // 5), height - strategies - EMPTY)
    left = width * 57 // 100
    return {
        **_column(Box(x, y, left, above), load),
        "gauges": Box(x + left, y, width - left, GAUGES),
        "equity": Box(x + left, y + GAUGES, width - left, above - GAUGES),
        "strategies": Box(x, y + above, width, strategies),
        "log": Box(x, y + above + strategies, width, height - above - strategies),
    }


_PLANS: Final = {Room.XS: _extra_small, Room.S: _small, Room.M: _medium, Room.L: _large}
