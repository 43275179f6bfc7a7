"""The environment a command runs in: the process's own, over what a `.env` file in the current folder adds.

Only names that begin with COCKPIT are taken from the file, for other programs keep theirs in it too. A line that is
neither `NAME=value` nor a comment is refused, because a setting that was not understood is a setting that is not there.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cockpit.log.level import LogLevel
from cockpit.settings import ConfigError

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
    environ = _told(text, path) | dict(process)
    level = process.get(EVERYBODYS_LEVEL, "").upper()
    if level in LogLevel.__members__:  # other programs have other words for it, which are none of ours to refuse
        environ.setdefault(OUR_LEVEL, level)
    return environ


def _told(text: str, path: Path) -> dict[str, str]:
    told: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        found = _LINE.fullmatch(stripped)
        if found is None:
            msg = f"{path}: line {number} must be NAME=value or a comment"
            raise ConfigError(msg)
        if found["name"].startswith(OURS):
            told[found["name"]] = _value(found["value"])
    return told


def _value(written: str) -> str:
    quoted = _QUOTED.fullmatch(written)
    return quoted["text"] if quoted else _COMMENT.sub("", written)
