"""The halt latch: one flag that the router reads before every order, and a file that outlives the process.

Setting it waits for nobody, whichever thread sets it: the flag first, because it is what stops orders; then the file,
because a restart must find it. While the file exists nothing trades, whatever the journal says. It is written beside
its place and moved into it, so that there is either all of it or what was there before; only where the disk takes no
reason does an empty one take its place, because a stop without its reason is still a stop.

Every closing is counted, and whoever opens says which one they mean to undo: a resume that was under way when somebody
stopped again opens nothing. The two may meet in two threads, so the count is looked at once more after the file has
gone; a closing that came in between has found the file's lock taken, and writes its own file next.
"""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from cockpit.notes import NAME, Notes
from oms.journal.private import sync_folder

FILE_MODE: Final = 0o600
FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
NEW: Final = "HALTED.new"  # the file while it is being written
NO_REASON: Final = "stopped, and the disk took no reason"


class Latch:
    """`flag` may be set from any thread. Without a path (a run in memory) only the flag exists.

    `notes` lie beside it: who closed or opened it while no engine ran to journal that.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._counting = threading.Lock()  # held for a few instructions, never while a file is written
        self._writing = threading.Lock()
        self.notes = Notes(path.with_name(NAME) if path is not None else None)
        self.flag = threading.Event()
        self.closings = 0  # how often it was closed by this process
        self.closed_at = 0.0  # monotonic seconds of the last time
        self.file_error: str | None = None  # why the file is not as it should be; the flag holds all the same
        self.complain: Callable[[str], None] = _ignore  # is told of that when it happens, from whichever thread

    def found(self) -> str | None:
        """Return what an earlier run latched, or None; an unreadable latch is a latch."""
        if self._path is None or not os.path.lexists(self._path):
            return None
        try:
            return self._path.read_text("utf-8").strip() or NO_REASON
        except (OSError, UnicodeDecodeError) as error:
            return f"latched; the reason cannot be read: {error}"

    def close(self, reason: str) -> None:
        """Stop every order from now on, and every later run from starting to trade."""
        self.shut()
        self.write(reason)

    def shut(self) -> None:
        """Stop every order from now on. The half of `close` that touches no disk."""
        with self._counting:
            self.closings += 1
            self.flag.set()
            self.closed_at = time.monotonic()

    def write(self, reason: str) -> None:
        """Stop every later run from starting to trade: the other half of `close`."""
        if self._path is None:
            return
        with self._writing:
            try:
                _put(self._path, reason)
            except OSError as error:
                self._fail(f"the latch file was not written: {error}{_put_empty(self._path)}")
            else:
                self.file_error = None

    def open(self, closings: int) -> None:
        """Let orders through again, unless it was closed once more since `closings` was read.

        A file that cannot be taken away stays, and the latch with it.
        """
        with self._writing:
            if closings != self.closings:
                return
            try:
                if self._path is not None:
                    self._path.unlink(missing_ok=True)
                    sync_folder(self._path.parent)
            except OSError as error:
                self._fail(f"the latch file could not be taken away: {error}")
                return
            with self._counting:
                if closings == self.closings:
                    self.file_error = None
                    self.flag.clear()

    def _fail(self, why: str) -> None:
        self.file_error = why
        self.complain(why)


def _put(path: Path, reason: str) -> None:
    """Put a file with the reason in the place of what is there, whole or not at all. Raises OSError."""
    new = path.with_name(NEW)
    new.unlink(missing_ok=True)  # left by a process that was killed while it wrote
    descriptor = os.open(new, FLAGS, FILE_MODE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(reason)
            file.flush()
            os.fsync(descriptor)
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
    sync_folder(path.parent)


def _put_empty(path: Path) -> str:
    """Put an empty file where there is none, which takes no room; return what to add to a complaint of the reason."""
    try:
        os.close(os.open(path, FLAGS, FILE_MODE))
        sync_folder(path.parent)
    except FileExistsError:
        return "; what stands there still halts the next start"
    except OSError:
        return "; a restart may not know of the stop"
    return "; an empty one halts the next start"


def _ignore(_text: str) -> None:
    """Hear a complaint where nobody listens."""
