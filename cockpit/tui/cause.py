"""Why trading stands, in the word that a trader acts on.

The state keeps the newest halt only, and a disk that fails brings on several: the journal's, then that of the venue
whose book stands on the same disk. The one that explains the others is said, wherever a halt is.
"""

from typing import Final, NamedTuple

from cockpit.tui.recent import Recent
from oms.domain.text import sanitize
from oms.state import State

DISK: Final = "disk"
_SIGNS: Final = ("disk is full", "No space left", "disk I/O error", "quota exceeded", "readonly database", "Read-only")
"""What SQLite (sqlite.org/rescode.html, messages of SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY) and the system say."""


class Cause(NamedTuple):
    """Whoever or whatever closed the gate, and why, safe to show."""

    by: str
    text: str


def cause_of(state: State, recent: Recent) -> Cause:
    """Return why the gate is closed; empty while it is open."""
    trading = state.trading
    for text in (*(halt.text for halt in recent.halts), trading.text):
        for words in text.split(": "):
            if any(sign in words for sign in _SIGNS):
                return Cause(DISK, sanitize(words))
    return Cause(sanitize(trading.closed_by), sanitize(trading.text))
