"""The way to the terminal: one thread that may wait for it, so that the loop never does.

A slow link blocks a write for as long as it likes. Textual's own writer blocks the loop after thirty waiting writes;
this one never does, because nothing piles up: while it is busy the driver sends no cells, and when it is done it says
so and gets the newest ones. A terminal that is gone swallows what is sent, once and for all.
"""

import os
import threading
from collections.abc import Callable


class Outlet:
    """Sends text to a file descriptor in order. `idle` is called, on its thread, each time everything has been sent."""

    def __init__(self, fileno: int, encoding: str, idle: Callable[[], None]) -> None:
        self._fileno = fileno
        self._encoding = encoding
        self._idle = idle
        self._waiting: list[str] = []
        self._writing = False
        self._closed = False
        self._changed = threading.Condition()
        self.bytes_sent = 0
        self.is_lost = False
        """The terminal no longer accepts anything."""
        self._thread = threading.Thread(target=self._run, name="terminal-outlet", daemon=True)
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        """Something is still on its way."""
        with self._changed:
            return self._writing or bool(self._waiting)

    def send(self, text: str) -> None:
        """Hand over text; returns at once."""
        if not text:
            return
        with self._changed:
            self._waiting.append(text)
            self._changed.notify_all()

    def drain(self, seconds: float) -> bool:
        """Wait until everything has been sent, but no longer than that; True if it has."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._writing and not self._waiting, seconds)

    def close(self, seconds: float) -> None:
        """Send what waits, then end. A terminal that does not read gets no more than `seconds`."""
        self.drain(seconds)
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                text = "".join(self._waiting)
                self._waiting.clear()
                self._writing = True
            self._write(text.encode(self._encoding, "replace"))
            with self._changed:
                self._writing = False
                self._changed.notify_all()
            self._idle()

    def _write(self, rest: bytes) -> None:
        while rest and not self.is_lost:
            try:
                sent = os.write(self._fileno, rest)
            except OSError:
                self.is_lost = True
                return
            self.bytes_sent += sent
            rest = rest[sent:]
