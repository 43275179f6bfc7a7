"""The stream Textual writes, turned into the least that a terminal needs. No input or output happens here.

A frame is what lies between `?2026h` and `?2026l`, which Textual writes once the terminal has said that it knows them;
without them it is one write. At its end the cells that differ are sent, wrapped in the same pair only if Textual used
it and only if the difference has more than one run: a single run cannot tear.

Three kinds of sequences are not cells. Those that set a mode, ask a question or speak to the window go through as they
are. Those that draw or move in a way the grid does not know go through after everything before them, and then the glass
forgets, so that what the application painted wins in the end. And a command string inside painted text is dropped:
Textual writes titles and clipboards by themselves, so one among characters came from somebody's data.
"""

from typing import Final

from cockpit.tui.driver.glass import Glass
from cockpit.tui.driver.grid import Grid
from cockpit.tui.driver.parser import CommandString, Control, ControlSequence, Escape, Styled, Text, Token, tokens
from cockpit.tui.driver.pen import PLAIN

SYNC_START: Final = "\x1b[?2026h"
SYNC_END: Final = "\x1b[?2026l"
ALTERNATE_START: Final = "\x1b[?1049h"
ALTERNATE_END: Final = "\x1b[?1049l"


class Stream:
    """A grid that follows what is written, a glass that follows what is sent, and what waits between the two."""

    def __init__(self, width: int, height: int, *, color: bool = True) -> None:
        self.is_held = False
        """More writes belong to this frame: nothing of it is sent."""
        self._grid = Grid(width, height, color=color)
        self._glass = Glass(width, height)
        self._passed: list[str] = []
        self._in_frame = False
        self._synchronizes = False
        self._alternate = True
        self._cursor_shown = False

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size, and after that nobody knows what it shows."""
        if (width, height) != (self._grid.width, self._grid.height):
            self._grid.resize(width, height)
            self.forget()

    def forget(self) -> None:
        """Send every painted cell with the next frame."""
        self._glass.forget(self._grid.width, self._grid.height)
        self._grid.touched = set(range(self._grid.height))

    def feed(self, data: str) -> None:
        """Follow one complete write."""
        if not self._alternate and ALTERNATE_START not in data:
            self._passed.append(data)
            return
        parsed = list(tokens(data))
        paints = self._in_frame or any(isinstance(token, Text | Styled) for token in parsed)
        for token in parsed:
            self._follow(token, paints=paints)

    def take(self, *, paint: bool = True) -> str:
        """What to send now: what was passed through, and the changed cells if `paint` and no frame is open or held."""
        if paint and self._alternate and not self._in_frame and not self.is_held:
            self._passed.append(self._difference())
        sent = "".join(self._passed)
        self._passed.clear()
        return sent

    @property
    def is_behind(self) -> bool:
        """Something has been painted that was not sent."""
        return bool(self._grid.touched) and not self._in_frame and not self.is_held

    def _difference(self) -> str:
        cells, runs = self._glass.catch_up(self._grid)
        if self._cursor_shown:
            cells += self._glass.park(min(self._grid.x, self._grid.width - 1), self._grid.y)
        return f"{SYNC_START}{cells}{SYNC_END}" if self._synchronizes and runs > 1 else cells

    def _follow(self, token: Token, *, paints: bool) -> None:
        match token:
            case Styled(look, characters):
                self._grid.write_styled(look, characters)
            case Text(characters):
                self._grid.write(characters)
            case Control("\a"):
                self._passed.append("\a")
            case Control(character):
                self._grid.control(character)
            case ControlSequence(marker, parameters, final, raw):
                if marker:
                    self._follow_mode(raw)
                elif not self._grid.sequence(parameters, final):
                    self._pass_unknown(raw)
            case CommandString():
                self._follow_command(token, paints=paints)
            case Escape(raw):
                self._pass_unknown(raw)

    def _follow_command(self, token: CommandString, *, paints: bool) -> None:
        if token.kind == "]" and token.body.startswith("8;"):
            self._grid.pen = self._grid.pen._replace(link="" if token.body == "8;;" else token.body[2:])
        elif not paints:
            self._passed.append(token.raw)

    def _follow_mode(self, raw: str) -> None:
        if raw == SYNC_START:
            self._in_frame = self._synchronizes = True
        elif raw == SYNC_END:
            self._in_frame = False
        elif raw == ALTERNATE_START:
            self._alternate = True
            self._passed.append(raw)
            self.forget()
        elif raw == ALTERNATE_END:
            # Back on the shell's own screen: nothing of ours may be painted there, and the pen must be clean.
            self._passed += (self._glass.park(0, 0, PLAIN), raw)
            self._alternate = False
        else:
            if raw in ("\x1b[?25h", "\x1b[?25l"):
                self._cursor_shown = raw.endswith("h")
            self._passed.append(raw)

    def _pass_unknown(self, raw: str) -> None:
        cells, _ = self._glass.catch_up(self._grid)
        cursor = self._glass.park(min(self._grid.x, self._grid.width - 1), self._grid.y, self._grid.pen)
        self._passed += (cells, cursor, raw)
        self.forget()
