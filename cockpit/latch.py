"""The halt latch: one flag that the router reads before every order, and a file that outlives the process.

Setting it waits for nobody: the flag first, because it is what stops orders; then the file, because a restart must
find it. While the file exists nothing trades, whatever the journal says.
"""

import os
import threading
from pathlib import Path
from typing import Final

FILE_MODE: Final = 0o600


class Latch:
    """`flag` may be set from any thread. Without a path (a run in memory) only the flag exists."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.flag = threading.Event()
        self.file_error: str | None = None  # why the file could not be written; the flag holds all the same

    def found(self) -> str | None:
        """Return what an earlier run latched, or None; an unreadable latch is a latch."""
        if self._path is None or not self._path.exists():
            return None
        try:
            return self._path.read_text("utf-8").strip() or "latched without a reason"
        except (OSError, UnicodeDecodeError) as error:
            return f"latched; the reason cannot be read: {error}"

    def close(self, reason: str) -> None:
        """Stop every order from now on, and every later run from starting to trade."""
        self.flag.set()
        if self._path is None:
            return
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
            try:
                os.write(descriptor, reason.encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            self.file_error = str(error)

    def open(self) -> None:
        """Let orders through again."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self.flag.clear()
