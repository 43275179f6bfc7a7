"""The emergency stop's gesture: which presses of `^X` mean it.

One press is an accident, a held key or a burst is an accident too, two deliberate presses are not. Arrivals are
grouped into runs by quiet: a run of three or more disarms, a run of two fires, and so does a second run soon after the
first; each fires only when its own quiet gap has passed, because before that it may still grow into an accident.
Everything is a function of arrival times (monotonic seconds), so thousands of hands can be simulated.
"""

import threading
from enum import Enum, auto
from typing import Final

QUIET_SECS: Final = 0.08
"""Silence that ends a run."""
WINDOW_SECS: Final = 0.9
"""How long a single press stays armed; with the gap this keeps the gesture under a second."""
DEAF_SECS: Final = 0.5
"""How long presses mean nothing after a run that was an accident."""
_BURST: Final = 3
_PAIR: Final = 2


class Answer(Enum):
    """What a moment of silence amounts to."""

    ARMED = auto()
    DISARMED = auto()
    FIRE = auto()


class StopGesture:
    """Told of presses as they arrive, and asked at `due` what they amount to."""

    def __init__(self) -> None:
        self._run = 0
        self._began = 0.0
        """When the present run began."""
        self._last = 0.0
        self._armed_at: float | None = None
        """When the first press of an earlier run came."""
        self._deaf_until = float("-inf")

    @property
    def is_armed(self) -> bool:
        """One more press would fire."""
        return self._run in (1, _PAIR) or self._armed_at is not None

    @property
    def due(self) -> float | None:
        """When `settle` should be asked next, or None."""
        if self._run:
            return self._last + QUIET_SECS
        return self._armed_at + WINDOW_SECS if self._armed_at is not None else None

    def press(self, at: float) -> None:
        """Take one arrival of the key in."""
        if at < self._deaf_until:
            # a key that is still held at the end of the deafness has not been pressed anew
            self._deaf_until = max(self._deaf_until, at + QUIET_SECS)
            return
        if self._run and at - self._last >= QUIET_SECS:
            self._close_run()
        if not self._run:
            self._forget_if_late(at)
            self._began = at
        self._run += 1
        self._last = at
        if self._run >= _BURST:
            self.disarm()
            self._deaf_until = at + DEAF_SECS

    def disarm(self) -> None:
        """Another key was pressed, or the time is over."""
        self._run, self._armed_at = 0, None

    def settle(self, now: float) -> Answer:
        """Return what has come of it by now. FIRE is said once."""
        if self._run and now - self._last >= QUIET_SECS:
            if self._run == _PAIR or self._armed_at is not None:
                self.disarm()
                return Answer.FIRE
            self._close_run()
        if self._run:
            return Answer.ARMED
        self._forget_if_late(now)
        return Answer.ARMED if self._armed_at is not None else Answer.DISARMED

    def _close_run(self) -> None:
        self._armed_at = self._began if self._armed_at is None else self._armed_at
        self._run = 0

    def _forget_if_late(self, now: float) -> None:
        if self._armed_at is not None and now - self._armed_at > WINDOW_SECS:
            self._armed_at = None


class StopKey:
    """The gesture between threads: presses come from whichever reads the keys, and whoever asks first is told to fire.

    The thread that reads a terminal hears a key before the loop does, and at its own time; once it has, the loop's copy
    of the same key counts no more. So a loop that is late neither doubles a press nor takes one back.
    """

    def __init__(self) -> None:
        self._gesture = StopGesture()
        self._lock = threading.Lock()
        self._is_early = False

    @property
    def is_armed(self) -> bool:
        """One more press would fire."""
        with self._lock:
            return self._gesture.is_armed

    @property
    def due(self) -> float | None:
        """When `settle` should be asked next, or None."""
        with self._lock:
            return self._gesture.due

    def hear(self, at: float, *, is_stop: bool, early: bool = False) -> None:
        """Take a key in: the stop key or another one. `early` from the thread that reads them."""
        with self._lock:
            if self._is_early and not early:
                return
            self._is_early = self._is_early or early
            if is_stop:
                self._gesture.press(at)
            else:
                self._gesture.disarm()

    def settle(self, now: float) -> Answer:
        """Return what has come of it by now. FIRE is said once."""
        with self._lock:
            return self._gesture.settle(now)

    def ask(self, now: float) -> tuple[bool, float | None]:
        """Tell whether it fires, and when to ask next: `settle` for who cares for nothing else."""
        with self._lock:
            return self._gesture.settle(now) is Answer.FIRE, self._gesture.due
