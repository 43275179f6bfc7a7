"""Lines of words: what is neither a table nor a question. Draws only the lines that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from cockpit.tui.kept import Kept
from cockpit.tui.looks import Looks
from cockpit.tui.rows import Cell

Line: TypeAlias = tuple[Cell, ...]


class Lines(Kept):
    """Shows lines from the top; what has no room is cut. The `ground` word fills what a line leaves."""

    DEFAULT_CSS = "Lines { width: 1fr; height: 1fr; }"
    ALLOW_SELECT: ClassVar[bool] = False

    @dataclass
    class Pressed(Message):
        """Somebody clicked on a cell of the text, counted from the left."""

        lines: "Lines"
        x: int

        @property
        def control(self) -> "Lines":
            """The widget, for `@on` with a selector."""
            return self.lines

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()
        self._ground = "text"
        self._looks = Looks(self)

    @property
    def text(self) -> str:
        """What is written, without its looks."""
        return "\n".join("".join(cell.text for cell in line) for line in self._lines)

    def set_lines(self, lines: Sequence[Line], *, ground: str = "text") -> None:
        """Show these lines; repaints those that differ from what stands there."""
        before, now = self._lines, tuple(lines)
        ground_before, self._ground, self._lines = self._ground, ground, now
        if ground != ground_before:
            self.refresh()
            return
        changed = [y for y in range(max(len(before), len(now))) if before[y : y + 1] != now[y : y + 1]]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def begin_lines(self) -> None:
        self._looks.settle()

    def render_line(self, y: int) -> Strip:
        ground, line = self._looks.of(self._ground), self._lines[y] if y < len(self._lines) else ()
        segments = [Segment(cell.text, self._looks.of(cell.word, on=self._ground)) for cell in line]
        return Strip(segments).adjust_cell_length(self.size.width, ground)

    def on_click(self, event: events.Click) -> None:
        self.post_message(self.Pressed(self, event.x))
