"""The ear: it hears every key before anybody else, and keeps those that are meant for nobody.

The stop key is heard over every list, field and question, and what its presses amount to is asked again when they have
been quiet for long enough. Of the others, these go no further: `^C`, which ends a program elsewhere; the letters of a
terminal's answer; a key that comes while a question is on its way; a yes that is pressed twice; and on the dashboard a
key that does nothing, which is said. A key that this lets through by mistake may cancel an order.
"""

import time
from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import App

from cockpit.tui.keymap import Keymap
from cockpit.tui.keys import STOP_KEY, YES_KEY, name_of
from cockpit.tui.said import PART, Said
from cockpit.tui.stop import Answer, StopKey
from cockpit.tui.turn import Turn

EXPORT: Final = "snapshot.export"
ANSWER_SECS: Final = 0.1
"""Within this time the rest of a terminal's answer arrives."""


class Ear:
    """Over the keys of one app. `perform` does an action by its name, `say` shows a sentence, and `show_armed` whether
    one more press would stop trading."""

    def __init__(
        self,
        app: App[None],
        keymap: Keymap,
        turn: Turn,
        stop_key: StopKey,
        *,
        perform: Callable[[str], None],
        say: Callable[[Said], None],
        show_armed: Callable[[], None],
    ) -> None:
        self._app = app
        self._map = keymap
        self._turn = turn
        self._stop_key = stop_key
        self._perform = perform
        self._say = say
        self._show_armed = show_armed
        self._answered_at = float("-inf")
        self.has_heard = False
        """Whether any key was pressed yet."""

    def hear(self, event: events.Key, *, asked: bool) -> bool:
        """Take a key in; True if it goes no further. `asked`: a question stands before the dashboard."""
        self.has_heard = True
        was_armed = self._stop_key.is_armed
        self._stop_key.hear(event.time, is_stop=event.key == STOP_KEY)
        if event.key == STOP_KEY or was_armed:
            self._settle()
        if event.key == STOP_KEY:
            return True
        if event.key == "ctrl+c":
            leaves = f"{self._map.shown('run.quit')} ends the session"
            self._say(Said(PART.join((leaves, "^X ^X stops trading")), "warn"))
            return True
        if self._is_answer(event):
            return True
        return self._exports(event) if asked else self._is_nobodys(event)

    def _is_answer(self, event: events.Key) -> bool:
        """Tell whether a key is part of an answer of the terminal that Textual does not know: that begins as `^` does,
        and its letters follow at once. One of them may be a key that cancels."""
        if event.key == "circumflex_accent":
            self._answered_at = event.time
        return event.time - self._answered_at <= ANSWER_SECS

    def _exports(self, event: events.Key) -> bool:
        """Write the screen while something is asked, if that is what a key wants: what is asked is on it too."""
        wanted = not event.is_printable and event.key in self._map.by_name[EXPORT].keys
        if wanted:
            self._perform(EXPORT)
        return wanted

    def _is_nobodys(self, event: events.Key) -> bool:
        """Tell whether a key is meant for nothing on the dashboard; of one that nothing is bound to, say so."""
        if self._turn.opening or (event.key == YES_KEY and self._turn.is_spent(event.time)):
            return True
        if event.key in self._map.bound:
            return False
        unknown = f"{name_of(event.key, event.character)}: no such key"
        self._say(Said(PART.join((unknown, f"{self._map.shown('help')} lists them")), "warn"))
        return True

    def _settle(self) -> None:
        """Ask the gesture what it amounts to, now and when it next may have changed its mind."""
        now = time.monotonic()
        if self._stop_key.settle(now) is Answer.FIRE:
            self._perform("trading.stop")
            return
        if self._app.is_running:
            self._show_armed()
        due = self._stop_key.due
        if due is not None:
            self._app.set_timer(max(0.0, due - now) + 0.001, self._settle)
