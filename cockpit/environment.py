"""The environment a command runs in: the process's own, over what a `.env` file in the current folder adds.

Only names that begin with COCKPIT are taken from the file, for other programs keep theirs in it too, and the few that
are shared (`cockpit.variables`). A line that is neither `NAME=value` nor a comment is refused, because a setting that
was not understood is a setting that is not there.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from cockpit.log.level import LogLevel
from cockpit.settings import ConfigError
from cockpit.variables import SHARED

FILE: Final = ".env"
OURS: Final = "COCKPIT"
EVERYBODYS_LEVEL: Final = "LOG_LEVEL"
OUR_LEVEL: Final = "COCKPIT__LOG__LEVEL"

_LINE: Final = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)", re.ASCII)
_QUOTED: Final = re.compile(r"""(?P<quote>["'])(?P<text>.*)(?P=quote)\s*(?:#.*)?""")
_COMMENT: Final = re.compile(r"\s+#.*")


def environment(process: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the process's environment, completed by the folder's `.env` file if there is one.

    `LOG_LEVEL`, which many programs read, sets the level of our log unless our own variable does.

    Raises:
        ConfigError: the file cannot be read, or a line of it says nothing.
    """
    path = folder / FILE
    try:
        text = path.read_text("utf-8-sig") if path.is_file() else ""
    except OSError as error:
        msg = f"{path}: {error.strerror}"
        raise ConfigError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: is no text in UTF-8"
        raise ConfigError(msg) from error
    environ: dict[str, str] = {}
    for number, line in _lines(text):
        found = _LINE.fullmatch(line)
        if found is None:
            msg = f"{path}: line {number} must be NAME=value or a comment"
            raise ConfigError(msg)
        environ |= _ours(found)
    environ |= process
    level = process.get(EVERYBODYS_LEVEL, "").upper()
    if level in LogLevel.__members__:  # other programs have other words for it, which are none of ours to refuse
        environ.setdefault(OUR_LEVEL, level)
    return environ


def lenient_environment(process: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the same as far as it can be read: for a stop, which must not fail over a line that says nothing."""
    environ: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for _, line in _lines((folder / FILE).read_text("utf-8-sig", errors="replace")):
            found = _LINE.fullmatch(line)
            environ |= _ours(found) if found is not None else {}
    return environ | dict(process)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Return the lines that say something, each with its number."""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped


def _ours(line: re.Match[str]) -> dict[str, str]:
    """Return the variable of a line, nothing where it is another program's."""
    name = line["name"]
    return {name: _value(line["value"])} if name.startswith(OURS) or name in SHARED else {}


def _value(written: str) -> str:
    quoted = _QUOTED.fullmatch(written)
    return quoted["text"] if quoted else _COMMENT.sub("", written)
