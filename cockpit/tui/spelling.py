"""The screen in ASCII: whatever any widget draws is respelled at the one door that all of it goes through.

Panels choose their signs from `glyphs`, but sentences, frames and titles bring their own, and what a venue says may
hold anything. A terminal without Unicode shows each such character as a stray one, or as several, and everything to
the right of it moves. So each is replaced cell for cell, by the sign that stands for it or by `?`.
"""

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from cockpit.glyphs import SPELLED


class Spelling(LineFilter):
    """A filter of Textual's, for `App.get_line_filters`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - the looks stay
        """Return the segments with the same looks and as many cells, and no character beyond ASCII."""
        return [
            segment if segment.text.isascii() else Segment(spelled(segment.text), segment.style, segment.control)
            for segment in segments
        ]


@lru_cache(maxsize=4096)
def spelled(text: str) -> str:
    """Return a text in ASCII that takes as many cells."""
    return "".join(sign if sign.isascii() else SPELLED.get(sign, "?" * cell_len(sign)) for sign in text)
