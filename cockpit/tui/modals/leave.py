"""How to end: what happens to the orders that still work."""

from enum import Enum
from typing import Final

from textual import events

from cockpit import format as fmt
from cockpit.tui.lines import Line
from cockpit.tui.modals.question import PATIENCE_SECS, Question
from cockpit.tui.rows import Cell
from oms.state import State

REFRESH_SECS: Final = 0.5
"""How often what is said follows what happens meanwhile."""


class Leaving(Enum):
    """What becomes of working orders."""

    LEAVE = "leave"
    CANCEL = "cancel"


class Leave(Question[Leaving]):
    """Answers how to end, or None to stay. What works and what is held is read anew each time it is shown."""

    def __init__(self, state: State) -> None:
        super().__init__("End this session?", guarded=True, patience=PATIENCE_SECS)
        self._state = state

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(REFRESH_SECS, self._show)

    def lines(self) -> list[Line]:
        working, positions = len(self._state.blotter.open), len(self._state.ledger.open)
        orders = fmt.plural(working, "working order")
        held = f"{fmt.plural(positions, 'position')} stay" if positions else "no positions"
        said = self.wrapped(f"{orders}, {held}.".capitalize())
        stay = (Cell("esc", "key"), Cell("  stay"))
        if not working:
            return [*said, (), (Cell("y", "key"), Cell("    end")), stay]
        return [
            *said,
            (),
            (Cell("l", "key"), Cell("    end, and leave orders at the venue")),
            (Cell("c", "key"), Cell("    cancel orders, then end")),
            stay,
        ]

    def answer(self, event: events.Key) -> None:
        answers = {"l": Leaving.LEAVE, "c": Leaving.CANCEL} if self._state.blotter.open else {"y": Leaving.LEAVE}
        if event.key in answers:
            self.dismiss(answers[event.key])
