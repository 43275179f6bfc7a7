"""An emulator that shares no code with the driver: pyte, with rules that real terminals follow and pyte lacks.

xterm, VTE and kitty agree on them: half of a wide character cannot stay alone, a combining mark joins the whole wide
character before it, a cursor past the last column stands on it for erasing. Where no two agree (a wide character in
the last column) VTE's way is taken: it moves left until it fits.
"""

from collections.abc import Iterator
from typing import Any

import pyte
from wcwidth import wcwidth

Look = tuple[str, str, str, bool, bool, bool, bool, bool]


class Terminal(pyte.Screen):
    """A screen that does not wrap."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.mode.discard(pyte.modes.DECAWM)

    def draw(self, data: str) -> None:
        """Draw one character at a time, after blanking what it leaves of a wide one."""
        for character in data:
            width = wcwidth(character)
            if width > 0:
                self.cursor.x = min(self.cursor.x, self.columns - width)
                self._blank_halves(self.cursor.x, self.cursor.x + width)
            on_half = width == 0 and self.cursor.x > 1 and self.buffer[self.cursor.y][self.cursor.x - 1].data == ""
            self.cursor.x -= on_half
            super().draw(character)
            self.cursor.x += on_half

    def _blank_halves(self, start: int, end: int) -> None:
        row = self.buffer[self.cursor.y]
        if start > 0 and row[start].data == "":
            row[start - 1] = row[start]._replace(data=" ")
        if end < self.columns and row[end].data == "":
            row[end] = row[end]._replace(data=" ")

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        x = min(self.cursor.x, self.columns - 1)
        start, end = {0: (x, self.columns), 1: (0, x + 1), 2: (0, self.columns)}[how]
        self._blank_halves(start, end)
        self.cursor.x = x
        super().erase_in_line(how, private)

    def erase_in_display(self, how: int = 0, *args: Any, **kwargs: Any) -> None:
        """Erase cells that were never drawn too: pyte keeps rows sparse and passes those over."""
        for row in (self.buffer[y] for y in range(self.lines)):
            for x in range(self.columns):
                row[x] = row[x]
        super().erase_in_display(how, *args, **kwargs)

    def erase_characters(self, count: int | None = None) -> None:
        x = min(self.cursor.x, self.columns - 1)
        self._blank_halves(x, min(x + (count or 1), self.columns))
        self.cursor.x = x
        super().erase_characters(count)

    def reset_picture(self) -> None:
        """Fill the screen with garbage, as something else that writes to the terminal does."""
        for y in range(self.lines):
            for x in range(self.columns):
                self.buffer[y][x] = self.default_char._replace(data="?")

    def looks(self) -> list[list[Look]]:
        """Every cell as one sees it: character, colors, bold, italic, underline, reverse, strikethrough.

        A blank without line or reverse shows neither text color nor weight, so those do not count.
        """
        return [[_look(self.buffer[y][x]) for x in range(self.columns)] for y in range(self.lines)]

    def text(self) -> list[str]:
        """The rows as a reader sees them."""
        return ["".join(self.buffer[y][x].data for x in range(self.columns)) for y in range(self.lines)]


def _look(cell: Any) -> Look:
    if cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough):
        return (" ", "default", cell.bg, False, False, False, False, False)
    return (
        cell.data,
        cell.fg,
        cell.bg,
        cell.bold,
        cell.italics,
        cell.underscore,
        cell.reverse,
        cell.strikethrough,
    )


def through_kernel(data: str) -> str:
    """What a program writes, as a terminal gets it: a line feed becomes carriage return and line feed (ONLCR)."""
    return data.replace("\n", "\r\n")


def shown(columns: int, lines: int, writes: Iterator[str] | list[str]) -> Terminal:
    """A terminal after these writes."""
    terminal = Terminal(columns, lines)
    stream = pyte.Stream(terminal)
    for write in writes:
        stream.feed(through_kernel(write))
    return terminal
