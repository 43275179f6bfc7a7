"""The ear: it hears every key before anybody else, and keeps those that are meant for nobody.

The stop key is heard over every list, field and question, and what its presses amount to is asked again when they have
been quiet for long enough. Of the others, these go no further: `^C`, which ends a program elsewhere; the letters of a
terminal's answer; a key that comes while a question is on its way; a yes that is pressed twice; the repeats of a key
that is held, where it does more than look; and on the dashboard a key that does nothing, which is said. A key that this
lets through by mistake may cancel an order.
"""

import time
from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import App

from cockpit.tui.keymap import EXPORT, Keymap
from cockpit.tui.keys import STOP_KEY, YES_KEY, Tier, name_of
from cockpit.tui.said import PART, Said
from cockpit.tui.stop import Answer, StopKey
from cockpit.tui.turn import Turn, is_repeat

ANSWER_SECS: Final = 0.1
"""Within this time the rest of a terminal's answer arrives."""
TYPED_SECS: Final = 1.0
"""Within this time the next letter belongs to the same word."""


class Ear:
    """Over the keys of one app. `perform` does an action by its name, `say` shows a sentence, `remark` adds a few words
    to it, and `show_armed` shows whether one more press would stop trading."""

    def __init__(
        self,
        app: App[None],
        keymap: Keymap,
        turn: Turn,
        stop_key: StopKey,
        *,
        perform: Callable[[str], None],
        say: Callable[[Said], None],
        remark: Callable[[str], None],
        show_armed: Callable[[], None],
    ) -> None:
        self._app = app
        self._map = keymap
        self._turn = turn
        self._stop_key = stop_key
        self._perform = perform
        self._say = say
        self._remark = remark
        self._show_armed = show_armed
        self._answered_at = float("-inf")
        self._last = ("", float("-inf"))
        """The key before, and when it came."""
        self._typed = ""
        """The capitals that came one after the other."""
        self.has_heard = False
        """Whether any key was pressed yet."""

    def hear(self, event: events.Key, *, asked: bool) -> bool:
        """Take a key in; True if it goes no further. `asked`: a question stands before the dashboard."""
        self.has_heard = True
        is_held = self._is_held(event)
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
        if asked:
            return self._exports(event)
        if is_held and self._map.tier_of(event.key) > Tier.LOOK:
            self._remark(f"{name_of(event.key, event.character)} is held: it acts once")
            return True
        return self._is_nobodys(event)

    def _is_held(self, event: events.Key) -> bool:
        """Tell whether a key is held: it comes again too soon after itself to have been meant once more. While it goes
        on coming it stays so, as a keyboard repeats it. The cursor may have moved to another order meanwhile."""
        (key, at), self._last = self._last, (event.key, event.time)
        is_capital = event.character is not None and event.character.isupper()
        again = self._typed if event.time - at < TYPED_SECS else ""
        self._typed = f"{again}{event.character}" if is_capital else ""
        return key == event.key and is_repeat(event.time - at)

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
        if len(self._typed) > 1:
            unknown = f"{self._typed}: nothing asks for a word now"
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
