"""Security lines of whoever has no log open: a start that is refused, a socket whose folder is not safe.

The file may be another process's open log. One line is one write at the end of the file, so the two do not mix; only
the process that has the log open turns it over.
"""

import contextlib
import os
from pathlib import Path
from typing import Final

from cockpit.log.level import LogLevel, TradingEventType
from cockpit.log.line import logged
from oms.domain.units import Nanos
from oms.journal.private import open_file

NAME: Final = "cockpit.jsonl"  # in the log folder
WRITERS: Final = 0o022  # the mode that lets others write
LONGEST: Final = 4_000  # bytes: a write of so much at the end of a file is whole or not at all


def note(path: Path, text: str, wall: Nanos, **more: str) -> None:
    """Add a security line to a log file whose folder exists; what cannot be written is lost, as any line of the log."""
    line = logged(LogLevel.WARNING, TradingEventType.SECURITY, {"text": text, **more}, wall)[:LONGEST] + b"\n"
    with contextlib.suppress(OSError):
        descriptor = open_file(path, os.O_APPEND, closed=WRITERS)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
