"""How to end: what happens to the orders that still work. What protects a position is never canceled on the way out, so
that is said before anyone chooses."""

from enum import Enum
from typing import Final

from textual import events

from cockpit import format as fmt
from cockpit.tui.dealer import protects
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
        working, protective, positions = *self._orders(), len(self._state.ledger.open)
        orders = fmt.plural(working, "working order")
        held = fmt.staying(positions, "position") if positions else "no positions"
        said = self.wrapped(f"{orders}, {held}.".capitalize())
        if protective:
            said += self.wrapped(f"{fmt.staying(protective, 'protective order')} either way.")
        texts = {
            "y": "end",
            "l": "end, and leave orders at the venue",
            "c": f"cancel {'the others' if protective else 'orders'}, then end",
        }
        keys: list[Line] = [(Cell(key, "key"), Cell(f"    {texts[key]}")) for key in self._answers()]
        return [*said, (), *keys, (Cell("esc", "key"), Cell("  stay"))]

    def answer(self, event: events.Key) -> None:
        answers = self._answers()
        if event.key in answers:
            self.dismiss(answers[event.key])

    def _answers(self) -> dict[str, Leaving]:
        """Return what each key stands for now: with nothing that could be canceled nobody is offered to."""
        working, protective = self._orders()
        if not working:
            return {"y": Leaving.LEAVE}
        return {"l": Leaving.LEAVE, **({"c": Leaving.CANCEL} if protective < working else {})}

    def _orders(self) -> tuple[int, int]:
        """Return how many orders work, and how many of them protect."""
        orders = self._state.blotter.open.values()
        return len(orders), sum(protects(order, self._state) for order in orders)
