"""The stop watcher: one thread that hears a stop when the loop cannot.

A strategy that never returns, a disk that hangs, a terminal that is gone: whatever holds the loop, this thread waits
for a signal, a file, a socket and the keys, and closes the latch itself. It sets the flag first, then tells the loop,
which journals who did it and cancels as soon as it lives, then writes the file for the next start. It also feels the
loop's pulse, see `cockpit.estop.silence`. It decides nothing else and touches no state. Python lets only one thread run
at a time, so a loop that is busy in Python gives way within a switch interval; a library that holds the interpreter in
C for long would hold this thread as well.
"""

import asyncio
import contextlib
import os
import selectors
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cockpit.aftermath import Stop
from cockpit.early import EARLY, STOP
from cockpit.estop.signal_line import SignalLine
from cockpit.estop.silence import Silence
from cockpit.estop.stop_socket import StopSocket
from cockpit.queries.plain import Json
from cockpit.queries.rest import ACTOR
from cockpit.session import Session
from oms.domain.text import sanitize

TICK_SECS: Final = 0.05  # between two looks at the file
JOIN_SECS: Final = 2.0

Ask = Callable[[float], tuple[bool, float | None]]
"""Given monotonic seconds, tells whether the keys have asked for a stop, and when to ask next."""


class StopWatcher:
    """Watches for one session, from `open` to `close`, both called in the loop's thread.

    `file` is the one whose being there means stop, None for none; the socket is made at `socket`.
    """

    def __init__(self, session: Session, socket: Path, file: Path | None, *, signal: bool) -> None:
        self._session = session
        self._file = file
        self._seen: tuple[int, int] | None = None  # the file that was acted on: when changed, and which
        self._wants_signal = signal
        self._selector = selectors.DefaultSelector()
        self._signals = SignalLine()
        self._socket = StopSocket(socket, self._selector, self._stop_by_socket)
        self._keys: tuple[Ask, str] | None = None
        self._thread = threading.Thread(target=self._run, name="stop watcher", daemon=True)
        self._tell: Callable[[Stop], object] = session.switch.follow  # in the loop's thread, however it is called
        self.silence = Silence()
        self._over = False

    def open(self) -> None:
        """Look at the file, and watch from now on.

        Raises:
            Failure: WRONG_STATE, the socket cannot be made safely.
        """
        loop, follow = asyncio.get_running_loop(), self._session.switch.follow
        self._tell = lambda stop: loop.call_soon_threadsafe(follow, stop)
        self._socket.open()
        self._selector.register(self._signals, selectors.EVENT_READ, self._on_signal)
        self._session.switch.refuse_resume(self._standing)
        self._look()
        self.silence.pulse.begin()
        self._thread.start()

    def hear_signal(self) -> None:
        """Take SIGUSR1 as a stop, if it is wanted and free, and signals that end. After the loop's own handlers were
        set."""
        if self._signals.open(stops=self._wants_signal) and EARLY.take_stop():
            self._stop("signal", STOP.name, time.monotonic())

    def hear_keys(self, ask: Ask, actor: str) -> None:
        """Ask the keys as well, on behalf of an actor; they are told of by whoever reads them."""
        self._keys = ask, actor

    def close(self) -> None:
        """Watch no more; a second call does nothing."""
        if self._over:
            return
        self._over = True
        if self._thread.is_alive():
            self._thread.join(JOIN_SECS)
        self.silence.pulse.end()
        self._socket.close()
        self._selector.close()
        self._signals.close()

    def _run(self) -> None:
        wait = TICK_SECS
        while not self._over:
            try:
                wait = self._watch(wait)
            except Exception as error:  # noqa: BLE001 - whatever fails once must not end the watch
                self._session.latch.complain(f"the stop watcher failed and goes on: {error!r}")
                wait = TICK_SECS

    def _watch(self, wait: float) -> float:
        """Wait for something, do it, and return how long to wait next."""
        for key, _ in self._selector.select(wait):
            key.data()
        self._look()
        now = time.monotonic()
        self._socket.drop_the_slow(now)
        self.silence.feel(now)
        due = self._ask_keys(now)
        return TICK_SECS if due is None else min(TICK_SECS, max(0.0, due - now))

    def _stop(self, actor: str, reason: str, asked_at: float) -> Stop:
        """Close the gate, tell the loop, and write the latch."""
        session, reason = self._session, sanitize(reason)
        session.latch.shut()
        stop = Stop(actor, reason, asked_at, session.latch.closed_at)
        with contextlib.suppress(RuntimeError):  # the loop has ended: there is nothing left to cancel with
            self._tell(stop)
        session.latch.write(f"{actor}: {reason}")
        return stop

    def _stop_by_socket(self, reason: str, asked_at: float) -> Json:
        stop = self._stop(ACTOR, reason, asked_at)
        return {
            "gate_ms": round((stop.closed_at - asked_at) * 1_000, 1),
            "reason": stop.reason,
            "latch_error": self._session.latch.file_error,
        }

    def _on_signal(self) -> None:
        asked_at = time.monotonic()
        arrived = self._signals.take()
        if STOP in arrived:
            self._stop("signal", STOP.name, asked_at)
        self.silence.hear(arrived, asked_at)
        self._signals.pass_on(arrived)

    def _look(self) -> None:
        """Stop when the file is there: once each time it comes, and again when somebody resumed all the same."""
        if self._file is None:
            return
        asked_at = time.monotonic()
        found = _identity(self._file)
        is_news = found is not None and (found != self._seen or not self._session.latch.flag.is_set())
        self._seen = found
        if is_news:
            self._stop("file", f"{self._file} is there", asked_at)

    def _ask_keys(self, now: float) -> float | None:
        if self._keys is None:
            return None
        ask, actor = self._keys
        fires, due = ask(now)
        if fires:
            self._stop(actor, "emergency stop", now)
        return due

    def _standing(self) -> str:
        """Return what stands in the way of a resume, in words."""
        there = self._file is not None and _identity(self._file) is not None
        return f"{self._file} is there and says stop: take it away, then resume" if there else ""


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from the one that was there before, None without one."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
