"""The palette: every action there is, found by a few letters.

Letters count from the beginnings of words, because that is where people begin to type. What is meant by more of the
words stands above what is meant by fewer, so the first line is what enter should do. The emergency stop is last, for
fingers that hurry, and enter does not do it, until its own name is typed.
"""

import re
from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from textual import events

from cockpit.tui.keymap import Keymap
from cockpit.tui.keys import ACTIONS, BRIEF, Action, Tier
from cockpit.tui.lines import Line
from cockpit.tui.modals.question import BESIDES_TEXT, Question
from cockpit.tui.rows import Cell
from cockpit.tui.said import parts

TIERS: Final = {
    Tier.LOOK: "",
    Tier.REVERSIBLE: "",
    Tier.MONEY: "asks",
    Tier.IRREVERSIBLE: "typed",
    Tier.EMERGENCY: "name",
}
"""What it takes in lists: a yes, a typed word, or in the palette its name."""
WIDEST: Final = 66
KEY_CELLS: Final = 10
TIER_CELLS: Final = 6
BESIDES: Final = 2
"""Lines that are no actions: what is typed, and what there is no room for."""
LONGEST: Final = 40
_MOVES: Final = {"down": 1, "up": -1, "tab": 1, "shift+tab": -1, "ctrl+n": 1, "ctrl+p": -1}


class Palette(Question[str]):
    """Answers the name of an action."""

    DEFAULT_CSS = f"Palette > Lines {{ width: {WIDEST}; }}"

    def __init__(self, keymap: Keymap) -> None:
        super().__init__("Actions", guarded=False)
        self._actions = keymap.actions
        self._typed = ""
        self._cursor = 0

    def lines(self) -> list[Line]:
        found = matching(self._typed, self._actions)
        width = min(WIDEST, self.app.size.width) - BESIDES_TEXT
        told = self._told(found, width)
        room = max(1, self.text_height - BESIDES - len(told))
        top = max(0, min(self._cursor - room // 2, len(found) - room))
        shown = found[top : top + room]
        below = len(found) - top - len(shown)
        lines = [_line(action, place == self._cursor, width) for place, action in enumerate(shown, top)]
        more: list[Line] = [(Cell(f"↓ {below} more", "muted"),)] if below else []
        return [(Cell(f"> {self._typed}_", "accent"),), *(lines or [(Cell("nothing", "muted"),)]), *more, *told]

    def _told(self, found: Sequence[Action], width: int) -> list[Line]:
        """Return the whole text of the action under the cursor, in as many lines as the longest needs."""
        high = max(len(wrap(action.help, width)) for action in self._actions)
        text = wrap(found[self._cursor].help, width) if found else []
        return [(), *((Cell(line, "accent"),) for line in text), *[()] * (high - len(text))]

    def answer(self, event: events.Key) -> None:
        found = matching(self._typed, self._actions)
        if event.key in _MOVES:
            self._cursor = max(0, min(len(found) - 1, self._cursor + _MOVES[event.key]))
        elif event.key == "enter" and found:
            chosen = found[self._cursor]
            if chosen.tier is not Tier.EMERGENCY or _is_name(self._typed, chosen):
                self.dismiss(chosen.name)
        elif event.key == "backspace":
            self._type(self._typed[:-1])
        elif event.character is not None and event.is_printable:
            self._type(self._typed + event.character)

    def _type(self, text: str) -> None:
        self._typed, self._cursor = text[:LONGEST], 0


def matching(typed: str, actions: Sequence[Action] = ACTIONS) -> list[Action]:
    """Return the actions that the letters may mean, the best first: what is named so, then what begins so, then what
    is explained so."""
    letters = "".join(_split(typed))
    ranked = []
    for action in actions:
        name, rest = _names(action), _split(f"{action.help} {' '.join(action.names)}")
        if not letters or _begin(letters, [*name, *rest]) or typed.strip() in action.names:
            is_named = _is_name(typed, action)
            rank = (0 if is_named else 1 if _begin(letters, name) else 2) if letters else 0
            ranked.append((action.tier is Tier.EMERGENCY and not is_named, rank, action))
    return [action for _, _, action in sorted(ranked, key=lambda found: found[:2])]


def _is_name(typed: str, action: Action) -> bool:
    """Whether letters are one of an action's names, whole."""
    return "".join(_split(typed)) in _names(action)


def _names(action: Action) -> list[str]:
    return _split(f"{action.name} {action.hint}")


def _split(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())


def _begin(letters: str, words: list[str]) -> bool:
    """Whether letters can be cut into beginnings of words, in the order of the words."""
    if not letters:
        return True
    for place, word in enumerate(words):
        for length in range(min(len(word), len(letters)), 0, -1):
            if word.startswith(letters[:length]) and _begin(letters[length:], words[place + 1 :]):
                return True
    return False


def _line(action: Action, chosen: bool, width: int) -> Line:
    room = width - KEY_CELLS - TIER_CELLS - 1
    text = f"{parts(action.told(BRIEF), room):<{room}}{TIERS[action.tier]:>{TIER_CELLS}}"
    word = "selected" if chosen else "text"
    return (Cell("▸" if chosen else " ", word), Cell(f"{action.shown:<{KEY_CELLS}}", word), Cell(text, word))
