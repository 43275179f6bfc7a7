"""How a verb ends: the exit codes, what each means, and the one exception that carries one.

Scripts branch on these numbers, so a number never changes its meaning and is never used for anything else.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class Exit(IntEnum):
    """What the process leaves behind for whoever started it."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    CONFIG = 3
    UNREACHABLE = 4
    NOT_FOUND = 8
    WRONG_STATE = 9
    TIMEOUT = 10
    UNCONFIRMED = 11
    INTEGRITY = 12
    PARTIAL = 13
    INTERRUPTED = 130
    TERMINATED = 143

    @property
    def meaning(self) -> str:
        """Return the meaning in a few words, as help pages print it."""
        return _MEANINGS[self]


_MEANINGS: Final = {
    Exit.OK: "ok",
    Exit.UNEXPECTED: "unexpected error, a fault of the program",
    Exit.USAGE: "usage",
    Exit.CONFIG: "configuration invalid",
    Exit.UNREACHABLE: "broker or feed unreachable",
    Exit.NOT_FOUND: "not found",
    Exit.WRONG_STATE: "wrong state: an engine runs, or none does, or nothing is halted",
    Exit.TIMEOUT: "no answer in time, outcome unknown",
    Exit.UNCONFIRMED: "confirmation required or declined",
    Exit.INTEGRITY: "the journal is broken or cannot be used",
    Exit.PARTIAL: "partly done",
    Exit.INTERRUPTED: "interrupted, after an orderly end",
    Exit.TERMINATED: "terminated, after an orderly end",
}


class Failure(Exception):
    """A verb cannot do what was asked. `message` and `hint` are one line each; `code` is for programs to read."""

    def __init__(
        self,
        exit_: Exit,
        code: str,
        message: str,
        *,
        hint: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.exit = exit_
        self.code = code
        self.message = message
        self.hint = hint
        self.details = dict(details or {})
