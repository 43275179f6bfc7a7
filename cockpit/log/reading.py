"""The log read again: the lines of the file and of those it was turned over into, oldest first.

A line that is none is left out and counted: the file may have been torn by a full disk, and anybody may edit it. What
is read is as it was written; whoever shows it makes it safe to show.
"""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from cockpit.log.level import LogLevel
from cockpit.log.writer import OLDER_KEPT

DEEPEST: Final = 32  # lists and objects inside each other


class Found(NamedTuple):
    """Lines as they were logged, and how many could not be read."""

    lines: list[dict[str, Any]]
    unreadable: int


def newest_lines(path: Path, *, floor: LogLevel, begin: str, most: int) -> Found:
    """Return the last `most` lines of a level or above that were written at `begin` or later, oldest first.

    `begin` is an instant as the lines have it (ISO 8601 in UTC), so that texts compare as instants do.

    Raises:
        OSError: a file that is there cannot be read.
    """
    kept: deque[dict[str, Any]] = deque(maxlen=most)
    unreadable = 0
    for raw in _raw_lines(path):
        line = _line(raw)
        if line is None:
            unreadable += 1
        elif LogLevel[line["level"]] >= floor and line["wall"] >= begin:
            kept.append(line)
    return Found(list(kept), unreadable)


def _raw_lines(path: Path) -> Iterator[bytes]:
    older = [path.with_name(f"{path.name}.{number}") for number in range(OLDER_KEPT, 0, -1)]
    for file in (*older, path):
        if file.exists():
            with file.open("rb") as opened:
                yield from opened


def _line(raw: bytes) -> dict[str, Any] | None:
    try:
        line = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    told = isinstance(line, dict) and all(isinstance(line.get(name), str) for name in ("wall", "level", "event"))
    return line if told and line["level"] in LogLevel.__members__ and not _is_deep(line) else None


def _is_deep(value: object, left: int = DEEPEST) -> bool:
    """Tell whether a value is nested deeper than we write one: whoever shows it might not come to its end."""
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_is_deep(each, left - 1) for each in inner)
