"""What every hand needs: someone to ask, something to act on, and a way to say what came of it."""

from collections.abc import Callable
from dataclasses import dataclass

from cockpit.glyphs import Glyphs
from cockpit.session import Session
from cockpit.tui.conversation import Conversation
from cockpit.tui.keymap import Keymap
from cockpit.tui.operator import Operator
from cockpit.tui.said import PART, Said
from cockpit.tui.under import Under
from cockpit.tui.undo import Undo
from oms.state import State


@dataclass(frozen=True, kw_only=True)
class Reach:
    """One person before one screen. `word` is the mode's, for the titles of what sends, and `look` the theme's word
    for it."""

    talk: Conversation
    session: Session
    operator: Operator
    under: Under
    undo: Undo
    keymap: Keymap
    glyphs: Glyphs
    word: str
    look: str
    say: Callable[[Said], None]

    @property
    def state(self) -> State:
        """What is known now."""
        return self.session.state

    def warn(self, *parts: str) -> None:
        """Say why nothing is done."""
        self.say(Said(PART.join(parts), "warn"))

    def say_undoable(self, said: Said, words: str, act: Callable[[], None]) -> None:
        """Say what was done, and offer to take it back; the row says for how long."""
        self.undo.offer(words, act)
        self.say(said)
