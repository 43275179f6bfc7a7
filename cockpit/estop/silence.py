"""What is done about a loop that does not turn: it is told, and a second signal ends what the first one could not.

SIGTERM and SIGINT are asked of the loop, which ends in order. One that is held in somebody's code never hears them, so
the thread that watches counts: two of them without a beat between, and a loop that is silent, end the process here. It
is the end of a kill, after which the next start recovers, but with the terminal given back.
"""

import os
import signal
from collections.abc import Callable
from typing import Final, NoReturn

from cockpit.early import EARLY
from cockpit.estop.pulse import Pulse
from oms.domain.text import sanitize

TELL_SECS: Final = 1.0  # between two words about a loop that does not turn
ENDINGS: Final = frozenset({signal.SIGTERM, signal.SIGINT})
TWICE: Final = 2
SIGNALED: Final = 128  # and the signal's number: how a process that a signal ended exits

Tell = Callable[[float, str], object]
"""Given for how many seconds the loop has not turned, and whose code it is in. It is called in the watcher's thread."""


class Silence:
    """Feels the pulse; `now` is monotonic seconds throughout."""

    def __init__(self) -> None:
        self.pulse = Pulse()
        self._tell: Tell = lambda _secs, _whose: None
        self._told_at = 0.0
        self._give_back: Callable[[], object] = lambda: None
        self._ends = 0  # signals that have asked for an end while the loop did not turn
        self._asked_at = 0.0
        self._exit_code = SIGNALED

    def tell(self, tell: Tell, give_back: Callable[[], object]) -> None:
        """Let it be told, and the terminal be given back before the process is ended."""
        self._tell, self._give_back = tell, give_back

    def hear(self, arrived: bytes, now: float) -> None:
        """Count the signals among these numbers that ask for an end."""
        for number in filter(ENDINGS.__contains__, arrived):
            self._ends = 1 if self.pulse.has_turned_since(self._asked_at) else self._ends + 1
            self._asked_at, self._exit_code = now, SIGNALED + number

    def feel(self, now: float) -> None:
        """Tell of a loop that does not turn, and end the process when that was asked for twice meanwhile."""
        silent = self.pulse.silence(now)
        if not silent:
            return
        if self._ends >= TWICE and not self.pulse.has_turned_since(self._asked_at):
            self._end_at_once(silent)
        if now - self._told_at >= TELL_SECS:
            self._told_at = now
            self._tell(silent, self.pulse.busy_with())

    def _end_at_once(self, silent: float) -> NoReturn:
        whose = self.pulse.busy_with()
        self._give_back()
        said = f"the engine did not turn for {silent:.0f} s{f', in {whose}' if whose else ''}, and was ended"
        message = f"{sanitize(said)} by a second signal; the journal is whole, and the next start recovers"
        EARLY.answer(self._exit_code - SIGNALED, self._exit_code, message)
        os._exit(self._exit_code)
