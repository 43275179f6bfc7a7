"""The hand that writes the log: a thread of its own, because a line may not keep an order waiting.

Who has something to say puts a line down and goes on, and what has piled up meanwhile is written at once: to write a
line costs more than most of what it tells of. So lines stand in the file a moment later, and a process that is killed
may lose its last ones. What they tell of orders stands in the journal; who was refused what stands here only.

What cannot be written is dropped, and so is what would pile up without end behind a disk that hangs.
"""

import contextlib
import logging
import os
import threading
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

from cockpit.log.access import WRITERS
from oms.journal.private import make_missing, open_file

LARGEST_BYTES: Final = 8 * 1024 * 1024  # then the file is turned over
OLDER_KEPT: Final = 3
PATIENCE_SECS: Final = 2.0  # for the last lines, at the end
MOST_WAITING: Final = 100_000
AT_ONCE: Final = 1_000  # lines in one writing, so that the file is turned over about where it should be


class LogWriter:
    """An open file of lines. `put` may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Open the file for appending.

        Raises:
            OSError: the folder or the file cannot be made.
        """
        make_missing(path.parent)
        self._handler = _Quiet(path, maxBytes=LARGEST_BYTES, backupCount=OLDER_KEPT, encoding="utf-8")
        self._waiting: deque[str] = deque()
        self._changed = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def put(self, line: str) -> None:
        """Let a line be written; it has no end of its own. What is put after the close is dropped."""
        if len(self._waiting) < MOST_WAITING and not self._closing:
            self._waiting.append(line)
            self._changed.set()

    def close(self) -> None:
        """Write what waits and close the file; a second call does nothing. What is not taken in time is lost."""
        self._closing = True
        self._changed.set()
        self._thread.join(PATIENCE_SECS)

    def _run(self) -> None:
        while not (self._closing and not self._waiting):
            self._changed.wait()
            self._changed.clear()
            while self._waiting:
                some = [self._waiting.popleft() for _ in range(min(len(self._waiting), AT_ONCE))]
                self._handler.handle(logging.makeLogRecord({"msg": "\n".join(some)}))
        with contextlib.suppress(OSError):
            self._handler.close()


class _Quiet(RotatingFileHandler):
    """Drops what it cannot write: the standard handler would print a traceback into the screen."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the handler's own name
        """Do nothing."""

    def _open(self) -> Any:  # noqa: ANN401 - as the handler declares it
        """Open the file; a new one after turning over is private as well, and no link is followed. Its owner may have
        let others read it."""
        found = open_file(Path(self.baseFilename), os.O_APPEND, closed=WRITERS)
        return os.fdopen(found, self.mode, encoding=self.encoding)
