"""What a question says beside itself: in its frame what has to be seen meanwhile and until when it stands, and in its
last line how long no key counts yet."""

from typing import Final

from rich.cells import cell_len
from textual.content import Content

from cockpit.glyphs import Glyphs
from cockpit.plot import gauge
from cockpit.tui.lines import Line
from cockpit.tui.rows import Cell
from cockpit.tui.said import PART, Said, parts

LAST_SECS: Final = 5
"""From when on the time that is left is a warning."""
GUARD_CELLS: Final = 8
LEAST_TOLD: Final = 30
"""Cells that what is said needs, before the time that is left gives way to it."""
_LOOKS: Final = {"estop": "bold $estop-text on $estop", "text": "$foreground"}
"""How words stand in a frame that are no color of text."""


def frame_note(told: Said | None, left_secs: float | None, width: int) -> Content:
    """Return what stands in the frame below; `left_secs` is None where a question waits for ever."""
    left = None if left_secs is None else max(0, round(left_secs))
    closes = f"closes in {left} s" if left is not None else ""
    clock = Content.styled(closes, "$warn" if left is not None and left <= LAST_SECS else "$muted")
    if told is None:
        return clock
    room = width - cell_len(closes) - len(PART)
    besides = bool(closes) and room >= LEAST_TOLD
    said = Content.styled(parts(told.text, room if besides else width), _LOOKS.get(told.word, f"${told.word}"))
    return Content.assemble(said, PART, clock) if besides else said


def guard_line(left_secs: float, guard_secs: float, glyphs: Glyphs) -> Line:
    """Return how much of the time in which no key counts is left, as a bar."""
    bar = gauge(left_secs / guard_secs if guard_secs else 0.0, GUARD_CELLS, glyphs=glyphs)
    return (Cell("keys count in a moment ", "muted"), Cell(bar, "warn"))
