"""A list of actions to choose from: the help, which is read, and the palette, which is typed into."""

from collections.abc import Sequence
from typing import Final

from textual import events

from cockpit.tui.keys import ACTIONS, Action, Tier
from cockpit.tui.lines import Line
from cockpit.tui.modals.question import Question
from cockpit.tui.rows import Cell

TIERS: Final = {
    Tier.LOOK: "",
    Tier.REVERSIBLE: "",
    Tier.MONEY: "asks",
    Tier.IRREVERSIBLE: "typed",
    Tier.EMERGENCY: "at once",
}
KEY_CELLS: Final = 10
BOX: Final = 4
"""Rows and columns around the text: frame and padding."""


class ActionList(Question[str]):
    """Answers the name of an action. With `typed`, letters narrow the list; without, they are keys of the list."""

    DEFAULT_CSS = "ActionList > Lines { width: 90; }"

    def __init__(self, title: str, *, typed: bool) -> None:
        super().__init__(title, guarded=False)
        self._takes_letters = typed
        self._typed = ""
        self._cursor = 0

    def lines(self) -> list[Line]:
        found = matching(self._typed)
        room = max(1, self.app.size.height - BOX - 2)
        width = min(90, self.app.size.width) - BOX
        top = max(0, min(self._cursor - room // 2, len(found) - room))
        shown = found[top : top + room]
        lines = [_line(action, place == self._cursor, width) for place, action in enumerate(shown, top)]
        if self._takes_letters:
            return [
                (Cell("> ", "accent"), Cell(f"{self._typed}_", "accent")),
                *(lines or [(Cell("nothing", "muted"),)]),
            ]
        return [*lines, (Cell("j k move · enter does it · esc closes", "muted"),)]

    def answer(self, event: events.Key) -> None:
        found = matching(self._typed)
        last = len(found) - 1
        moves = {"down": 1, "up": -1, "tab": 1, "shift+tab": -1, "ctrl+n": 1, "ctrl+p": -1}
        if not self._takes_letters:
            moves |= {"j": 1, "k": -1, "G": len(found), "g": -len(found), "pagedown": 8, "pageup": -8}
        if event.key in moves:
            self._cursor = max(0, min(last, self._cursor + moves[event.key]))
        elif event.key == "enter" and found:
            self.dismiss(found[self._cursor].name)
        elif event.key == "backspace":
            self._type(self._typed[:-1])
        elif self._takes_letters and event.character is not None and event.is_printable:
            self._type(self._typed + event.character)
        elif event.key in ("q", "question_mark"):
            self.dismiss(None)

    def _type(self, text: str) -> None:
        self._typed, self._cursor = text[:40], 0


def matching(typed: str) -> list[Action]:
    """Return the actions whose name, key or help contains the letters in this order; those in one piece first.

    The stop comes last: a finger that hurries to enter must not land on it.
    """
    wanted = typed.casefold().replace(" ", "")
    texts = {action: f"{action.name} {action.help} {action.shown}".casefold() for action in ACTIONS}
    found = [action for action in ACTIONS if _holds(texts[action].replace(" ", ""), wanted)]
    return sorted(found, key=lambda action: (action.tier is Tier.EMERGENCY, typed.casefold() not in texts[action]))


def _holds(text: str, letters: Sequence[str]) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


def _line(action: Action, chosen: bool, width: int) -> Line:
    tier = TIERS[action.tier]
    room = width - KEY_CELLS - 9
    help_ = action.help if len(action.help) <= room else action.help[: room - 1] + "…"
    text = f"{help_:<{room}} {tier:>7}"
    word = "selected" if chosen else "text"
    return (Cell("▸" if chosen else " ", word), Cell(f"{action.shown:<{KEY_CELLS}}", word), Cell(text, word))
