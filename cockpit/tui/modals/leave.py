"""How to end: what happens to the orders that still work. What protects a position is never canceled on the way out, so
that is said before anyone chooses."""

from enum import Enum

from textual import events

from cockpit import format as fmt
from cockpit.protection import is_sure
from cockpit.tui.dealer import protects
from cockpit.tui.lines import Line
from cockpit.tui.modals.question import PATIENCE_SECS, Question
from cockpit.tui.rows import Cell
from oms.domain.order import Order
from oms.state import State


class Leaving(Enum):
    """What becomes of working orders."""

    LEAVE = "leave"
    CANCEL = "cancel"


class Leave(Question[Leaving]):
    """Answers how to end, or None to stay. What works and what is held is read anew each time it is shown."""

    def __init__(self, state: State) -> None:
        super().__init__("End this session?", guarded=True, patience=PATIENCE_SECS)
        self._state = state

    @property
    def offers(self) -> tuple[tuple[str, str], ...]:
        if self._is_misfit:
            return super().offers
        words = {"y": "end", "l": "leave them, end", "c": "cancel them, end"}
        return (*((key, words[key]) for key in self._answers()), ("esc", "stay"))

    def lines(self) -> list[Line]:
        working, protective = self._orders()
        sure, positions = sum(map(is_sure, protective)), len(self._state.ledger.open)
        orders = f"{fmt.plural(working, 'order')} {fmt.verb(working, 'works', 'work')}" if working else "No order works"
        held = fmt.staying(positions, "position") if positions else "no position is held"
        said = self.wrapped(f"{orders}, {held}.")
        if sure:
            said += self.wrapped(f"{fmt.staying(sure, 'protective order')} either way.")
        if unsure := len(protective) - sure:
            stand = fmt.verb(unsure, "stands", "stand")
            said += self.wrapped(f"Whether {fmt.plural(unsure, 'protective order')} {stand} is not known.")
        texts = {
            "y": "end",
            "l": "end, and leave orders at the venue",
            "c": f"cancel {'the others' if protective else 'orders'}, then end",
        }
        keys: list[Line] = [(Cell(key, "key"), Cell(f"    {texts[key]}")) for key in self._answers()]
        return [*said, (), *keys, self.foot((Cell("esc", "key"), Cell("  stay")))]

    def answer(self, event: events.Key) -> None:
        answers = self._answers()
        if event.key in answers:
            self.dismiss(answers[event.key])

    def _answers(self) -> dict[str, Leaving]:
        """Return what each key stands for now: with nothing that could be canceled nobody is offered to."""
        working, protective = self._orders()
        if not working:
            return {"y": Leaving.LEAVE}
        return {"l": Leaving.LEAVE, **({"c": Leaving.CANCEL} if len(protective) < working else {})}

    def _orders(self) -> tuple[int, list[Order]]:
        """Return how many orders work, and those of them that protect."""
        orders = self._state.blotter.open.values()
        return len(orders), [order for order in orders if protects(order, self._state)]
