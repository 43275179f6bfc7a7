"""How to end: what happens to the orders that still work."""

from enum import Enum

from textual import events

from cockpit import format as fmt
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
        orders = fmt.plural(self._working, "working order")
        held = f"{fmt.plural(self._positions, 'position')} stay" if self._positions else "no positions"
        said = self.wrapped(f"{orders}, {held}.".capitalize())
        stay = (Cell("esc", "key"), Cell("  stay"))
        if not self._working:
            return [*said, (), (Cell("y", "key"), Cell("    end")), stay]
        return [
            *said,
            (),
            (Cell("l", "key"), Cell("    end, and leave orders at the venue")),
            (Cell("c", "key"), Cell("    cancel orders, then end")),
            stay,
        ]

    def answer(self, event: events.Key) -> None:
        answers = {"l": Leaving.LEAVE, "c": Leaving.CANCEL} if self._working else {"y": Leaving.LEAVE}
        if event.key in answers:
            self.dismiss(answers[event.key])
