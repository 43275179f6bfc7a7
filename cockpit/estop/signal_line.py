"""Signals as bytes in a pipe: heard by a thread, also while the main thread is busy and runs no handler.

Python runs a signal's handler on the main thread, between two of its instructions, so a handler is as late as the main
thread is. But the interpreter's own part of it, written in C, puts the signal's number into a file descriptor the
moment the signal arrives. There is one such descriptor in a process and the event loop wants it too, so whatever is
read here is passed on to the one that was there before. Open the line after the loop's handlers are set: each of those
takes the descriptor for itself.
"""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final, TypeAlias

from cockpit.early import EARLY, STOP

_Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | None
AT_ONCE: Final = 512  # signals that one reading takes


class SignalLine:
    """The reading end is `fileno`; what was taken is to be passed on."""

    def __init__(self) -> None:
        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)
        self._before = -1  # the descriptor of whoever listened before
        self._passed_to: int | None = None  # our own copy of it, which stays theirs when they close
        self.is_open = False
        self._stops = False  # whether SIGUSR1 was taken
        self._stopped_before: _Handler = signal.SIG_DFL

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._reading.fileno()

    def open(self, *, stops: bool = True) -> bool:
        """Listen to all signals that somebody handles, and take SIGUSR1 if it `stops`. Return whether it does: not
        outside the main thread, where nothing can be heard, and not where the signal has a use already."""
        if threading.current_thread() is not threading.main_thread():
            return False
        self._stops = stops and signal.getsignal(STOP) in {signal.SIG_DFL, EARLY.keep_stop}
        if self._stops:
            self._stopped_before = signal.signal(STOP, _nothing)
        self._before = signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        self._passed_to = os.dup(self._before) if self._before != -1 else None
        self.is_open = True
        return self._stops

    def take(self) -> bytes:
        """Return the numbers of the signals that have arrived; empty when none has."""
        try:
            return self._reading.recv(AT_ONCE)
        except OSError:
            return b""

    def pass_on(self, arrived: bytes) -> None:
        """Give what has arrived to whoever listened before."""
        if self._passed_to is not None:
            with contextlib.suppress(OSError):  # full: its owner is about to look anyway
                os.write(self._passed_to, arrived)

    def close(self) -> None:
        """Give the descriptor back, and the signal if it was taken, and close; from the main thread if it was open."""
        if self.is_open:
            self.is_open = False
            now = signal.set_wakeup_fd(-1)
            theirs = self._before if now == self._writing.fileno() else now  # somebody may have taken it meanwhile
            with contextlib.suppress(OSError):  # theirs may be closed by now
                signal.set_wakeup_fd(theirs)
            if self._stops:
                signal.signal(STOP, self._stopped_before)
        if self._passed_to is not None:
            os.close(self._passed_to)
            self._passed_to = None
        self._reading.close()
        self._writing.close()


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Stand in the place of the default, which would end the process."""
