"""The loop's pulse, felt from another thread: whether it turns, and whose code keeps it from turning.

A loop beats a few times a second. One that is silent is busy in somebody's code that does not give way; everything that
was painted stays as it was and looks healthy, which is why a thread has to tell. Whose code it is, is read from the
stack of the loop's thread, so that a strategy's name costs nothing while all is well. A process that was stopped as a
whole, beat and feeling, has not been silent.
"""

import asyncio
import sys
import threading
from typing import Final

from strategies.runner import StrategyRunner

BEAT_SECS: Final = 0.25
SILENT_SECS: Final = 2.0
"""Silence beyond this is told."""
ASLEEP_SECS: Final = 1.0
"""Seconds between two feelings that say that the whole process slept."""
_IN_STRATEGY: Final = frozenset({StrategyRunner._call.__code__, StrategyRunner._hear.__code__})  # noqa: SLF001
_WARM_UP: Final = StrategyRunner.warm_up.__code__


class Pulse:
    """Beats in the loop from `begin` to `end`; `now` is monotonic seconds throughout, that of the loop's clock."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._beaten_at = 0.0
        self._felt_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Beat from now on; in the loop's thread."""
        self._thread = threading.get_ident()
        self._beat(asyncio.get_running_loop())

    def end(self) -> None:
        """Beat no more; in the loop's thread."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def silence(self, now: float) -> float:
        """Return for how many seconds the loop has not turned, 0 while it does."""
        if now - self._felt_at > ASLEEP_SECS:
            self._beaten_at = now
        self._felt_at = now
        silent = now - self._beaten_at
        return silent if silent >= SILENT_SECS else 0.0

    def has_turned_since(self, moment: float) -> bool:
        """Whether the loop has beaten after a moment."""
        return self._beaten_at > moment

    def busy_with(self) -> str:
        """Return the strategy whose code the loop is in, and whether it is being warmed up; empty where it is none."""
        frame, name = sys._current_frames().get(self._thread), ""  # noqa: SLF001 - there is no other way to another thread's stack
        while frame is not None:
            if frame.f_code in _IN_STRATEGY:
                name = str(frame.f_locals["seat"].strategy.strategy_id)
            elif frame.f_code is _WARM_UP and name:
                return f"{name}, warming up"
            frame = frame.f_back
        return name

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beaten_at = loop.time()
        self._timer = loop.call_later(BEAT_SECS, self._beat, loop)
