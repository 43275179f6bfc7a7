"""What the application has painted: the screen as it should look.

A grid is a small terminal without glass. It follows the cursor, the pen and every character, and remembers which rows
were touched. Rules on which terminals agree are followed to the letter; where they differ, the choice is written
beside the code. Lines never wrap (the driver switches that off) and a narrow character that lands on half of a wide
one leaves a blank in the other half.
"""

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, get_character_cell_size

from cockpit.tui.driver.cell import Cell, Row, inked
from cockpit.tui.driver.pen import PLAIN, Pen, restyled

if TYPE_CHECKING:
    from collections.abc import Callable

_BLANK: Final[Cell] = (" ", PLAIN)
_SINGLE: Final = {1}
_WIDE: Final = 2
_TAB: Final = 8
_JOINER: Final = "\u200d"
_EMOJI: Final = "\ufe0f"
_LONGEST: Final = 16
"""Code points kept in one cell: a stream of bare combining marks must not grow a cell for ever."""


class Grid:
    """Rows of cells, a cursor and a pen. `x` may equal `width`: the cursor waits past the last column."""

    def __init__(self, width: int, height: int, *, color: bool = True) -> None:
        self.width = width
        self.height = height
        self.rows: list[Row] = [[None] * width for _ in range(height)]
        self.x = 0
        self.y = 0
        self.pen = PLAIN
        self.touched: set[int] = set()
        self._color = color
        self._moves: dict[str, Callable[[list[int]], None]] = {
            "H": self._move_to,
            "f": self._move_to,
            "A": lambda numbers: self._move(self.x, self.y - numbers[0]),
            "B": lambda numbers: self._move(self.x, self.y + numbers[0]),
            "C": lambda numbers: self._move(self.x + numbers[0], self.y),
            "D": lambda numbers: self._move(min(self.x, self.width - 1) - numbers[0], self.y),
            "E": lambda numbers: self._move(0, self.y + numbers[0]),
            "F": lambda numbers: self._move(0, self.y - numbers[0]),
            "G": lambda numbers: self._move(numbers[0] - 1, self.y),
            "`": lambda numbers: self._move(numbers[0] - 1, self.y),
            "d": lambda numbers: self._move(self.x, numbers[0] - 1),
            "X": lambda numbers: self._erase(self.y, self.x, self.x + numbers[0]),
        }

    def resize(self, width: int, height: int) -> None:
        """Keep the upper left part; what is new is unpainted."""
        self.rows = [(row + [None] * width)[:width] for row in self.rows[:height]]
        for row in self.rows:
            # A wide character cut by the edge is no longer there.
            if width < self.width and row and row[-1] and cell_len(row[-1][0]) == _WIDE:
                row[-1] = (" ", row[-1][1])
        self.rows += [[None] * width for _ in range(height - len(self.rows))]
        self.width, self.height = width, height
        self._move(self.x, self.y)
        self.touched = set(range(height))

    def write(self, text: str) -> None:
        """Draw characters at the cursor. `text` holds no controls."""
        if text.isascii() or set(map(get_character_cell_size, text)) == _SINGLE:
            self._write_plain(text)
            return
        joined = False
        for character in text:
            size = 0 if joined else get_character_cell_size(character)
            if size:
                self._put(character, size)
            else:
                self._attach(character)
            joined = character == _JOINER

    def write_styled(self, look: str, text: str) -> None:
        """Draw characters with a look of SGR parameters, and none after them."""
        self.pen = restyled(self.pen, look, color=self._color)
        self.write(text)
        self.pen = restyled(self.pen, "0", color=self._color)

    def control(self, character: str) -> None:
        """Obey one C0 character; those that neither move nor draw are left out."""
        match character:
            case "\r":
                self.x = 0
            case "\n":
                # The kernel turns a line feed into carriage return and line feed (ONLCR, which Textual leaves on).
                self.x = 0
                self._line_feed()
            case "\b":
                self.x = max(0, min(self.x, self.width - 1) - 1)
            case "\t":
                self.x = min(self.width - 1, (self.x // _TAB + 1) * _TAB)

    def sequence(self, parameters: str, final: str) -> bool:
        """Obey `CSI parameters final`; False if it is not one this grid knows."""
        if final == "m":
            self.pen = restyled(self.pen, parameters, color=self._color)
        elif final in "JK":
            self._erase_part(final, parameters)
        elif final in self._moves:
            # Left out or zero means one, throughout ECMA-48's cursor functions.
            self._moves[final]([max(1, int(number or 0)) for number in parameters.replace(":", ";").split(";")])
        else:
            return False
        return True

    def _write_plain(self, text: str) -> None:
        room = self.width - self.x
        if len(text) > room:
            # Without wrapping every character past the edge lands on the last column, and the last one stays.
            self._write_plain(text[: max(0, room - 1)])
            self.x = self.width - 1
            text = text[-1]
        elif not text:
            return
        end = self.x + len(text)
        self._split_halves(self.x, end)
        self.rows[self.y][self.x : end] = map(inked(self.pen).__getitem__, text)
        self.touched.add(self.y)
        self.x = end

    def _put(self, character: str, size: int) -> None:
        if size > self.width:
            character, size = " ", self.width
        # A character that does not fit moves left until it does, as VTE draws it.
        x = max(0, min(self.x, self.width - size))
        end = min(x + size, self.width)
        self._split_halves(x, end)
        self.rows[self.y][x:end] = [(character, self.pen), ("", self.pen)][: end - x]
        self.touched.add(self.y)
        self.x = end

    def _attach(self, mark: str) -> None:
        """Add a zero-width character to the cell left of the cursor; without one it has nowhere to go."""
        row = self.rows[self.y]
        at = self.x - 1
        if at > 0 and (half := row[at]) and not half[0]:
            at -= 1
        base = row[at] if at >= 0 else None
        if base is None or len(base[0]) >= _LONGEST:
            return
        row[at] = (base[0] + mark, base[1])
        self.touched.add(self.y)
        if mark == _EMOJI and self.x == at + 1 < self.width and cell_len(base[0] + mark) == _WIDE:
            self._split_halves(self.x, self.x + 1)
            row[self.x] = ("", base[1])
            self.x += 1

    def _split_halves(self, start: int, end: int) -> None:
        """Blank the outer halves of wide characters that the cells from `start` to `end` cut through."""
        row = self.rows[self.y]
        if start > 0 and (first := row[start]) and not first[0]:
            row[start - 1] = (" ", first[1])
        if end < self.width and (after := row[end]) and not after[0]:
            row[end] = (" ", after[1])

    def _move(self, x: int, y: int) -> None:
        self.x = max(0, min(x, self.width - 1))
        self.y = max(0, min(y, self.height - 1))

    def _move_to(self, numbers: list[int]) -> None:
        self._move((numbers[1] if len(numbers) > 1 else 1) - 1, numbers[0] - 1)

    def _line_feed(self) -> None:
        if self.y + 1 < self.height:
            self.y += 1
            return
        # What scrolls in takes the place of something, so it counts as painted, as blanks if nothing was there.
        for row in self.rows[1:]:
            row[:] = [cell or _BLANK for cell in row]
        self.rows = [*self.rows[1:], [_BLANK] * self.width]
        self.touched = set(range(self.height))

    def _erase_part(self, final: str, parameters: str) -> None:
        x = min(self.x, self.width - 1)
        part = parameters or "0"
        start, end = {"0": (x, self.width), "1": (0, x + 1), "2": (0, self.width)}.get(part, (0, 0))
        self._erase(self.y, start, end)
        if final == "J":
            above = range(self.y) if part in "12" else range(0)
            below = range(self.y + 1, self.height) if part in "02" else range(0)
            for y in (*above, *below):
                self._erase(y, 0, self.width)

    def _erase(self, y: int, start: int, end: int) -> None:
        """Blank cells of a row; they take the pen's background, as terminals with `bce` do."""
        start, end = min(start, self.width - 1), min(end, self.width)
        if start >= end:
            return
        here, self.y = self.y, y
        self._split_halves(start, end)
        self.y = here
        self.rows[y][start:end] = [(" ", Pen(bg=self.pen.bg))] * (end - start)
        self.touched.add(y)
