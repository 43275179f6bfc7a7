"""How to end: what happens to the orders that still work."""

from enum import Enum

from textual import events

from cockpit.tui.lines import Line
from cockpit.tui.modals.question import PATIENCE_SECS, Question
from cockpit.tui.rows import Cell


class Leaving(Enum):
    """What becomes of working orders."""

    LEAVE = "leave"
    CANCEL = "cancel"


class Leave(Question[Leaving]):
    """Answers how to end, or None to stay."""

    def __init__(self, *, working: int, positions: int) -> None:
        super().__init__("End this session?", guarded=True, patience=PATIENCE_SECS)
        self._working = working
        self._positions = positions

    def lines(self) -> list[Line]:
        return [
            *self.wrapped(f"{self._working} working orders, {self._positions} positions. Positions stay as they are."),
            (),
            (Cell(" l ", "key"), Cell(" leave orders at the venue")),
            (Cell(" c ", "key"), Cell(" cancel orders first, then end")),
            (Cell("esc", "key"), Cell(" stay")),
        ]

    def answer(self, event: events.Key) -> None:
        if event.key == "l":
            self.dismiss(Leaving.LEAVE)
        elif event.key == "c":
            self.dismiss(Leaving.CANCEL)
