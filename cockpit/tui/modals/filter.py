"""One line at the bottom, typed into: which rows of a list to show. The list follows every letter."""

from collections.abc import Callable

from textual import events

from cockpit.tui.lines import Line
from cockpit.tui.modals.question import Question
from cockpit.tui.rows import Cell

LONGEST = 60


class Filter(Question[str]):
    """Answers what to filter by; None when it was given up."""

    DEFAULT_CSS = """
    Filter { align: left bottom; }
    Filter > Lines { width: 100%; border: none; padding: 0; }
    """
    ABOVE = 0
    FRAME = 0  # a line in place of the status row; the KEYS row stays in sight

    def __init__(self, follow: Callable[[str], None]) -> None:
        super().__init__("", guarded=False)
        self._follow = follow
        self._typed = ""

    def lines(self) -> list[Line]:
        """The prompt, and above it what else would stand in the row that it takes, or in a frame."""
        width, told = self.app.size.width, self.told
        above: list[Line] = [(Cell(f" {told.fitted(width - 1)}", told.word),)] if told is not None else []
        keys = (Cell("   enter", "key"), Cell(" keep  "), Cell("esc", "key"), Cell(" all"))
        return [*above, (Cell(" / ", "accent"), Cell(f"{self._typed}_", "accent"), *keys)]

    def answer(self, event: events.Key) -> None:
        if event.key == "enter":
            self.dismiss(self._typed)
        elif event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.character is not None and event.is_printable and len(self._typed) < LONGEST:
            self._typed += event.character
        self._follow(self._typed)
