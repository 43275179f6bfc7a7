"""What signals ask for while no run listens to them: from the program's first line on, and again after a run.

Left alone, most of them end a process without a word, and a stop would go down with it: reading settings and a journal
takes its time, and whoever sends SIGUSR1 means the account and not the moment. So a stop is kept here until the run
that is being built takes it over, and a signal that ends is answered like any other end, with an exit code that is
documented and with the one object that a program reads.

It is loaded before anything else and must stay light: it imports nothing of ours. A handler may come in the middle of
an import, so it builds its answer from nothing but what is here.
"""

import contextlib
import os
import signal
import time
from collections.abc import Sequence
from types import FrameType
from typing import Final, NoReturn

STOP: Final = signal.SIGUSR1
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED: Final = 130
TERMINATED: Final = 143
NOT_DONE: Final = "ended by {} before it was done"
GROUPS: Final = frozenset({"orders", "positions", "strategies", "risk", "journal", "config"})
VERBS: Final = frozenset({"run", "headless", "stop", "flatten", "resume", "logs"})
_SHAPE: Final = (
    '{{"schema":"cockpit.cli/1","command":"{command}","ok":false,"ts":"{ts}","mode":null,"account":null,"seq":null,'
    '"stale":false,"data":null,"warnings":[],"error":{{"code":"{code}","exit":{exit},"message":"{message}","hint":"",'
    '"details":{{}}}}}}\n'
)


class Early:
    """The signals of this process, and the command line's arguments, which say how to answer. `has_answered` is set by
    whoever begins to write the answer that a program reads."""

    def __init__(self) -> None:
        self.arguments: Sequence[str] = ()
        self._owes_stop = False
        self.has_answered = False

    def listen(self, arguments: Sequence[str]) -> None:
        """Take the signals that would end the process; one that was to be ignored, as under nohup, stays that."""
        self.arguments = arguments
        signal.signal(STOP, self.keep_stop)
        for number in ENDINGS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self.leave)

    def keep_stop(self, _number: int, _frame: FrameType | None) -> None:
        """Keep a stop for whoever can carry it out."""
        self._owes_stop = True

    def take_stop(self) -> bool:
        """Whether a stop was kept, which whoever asks has to carry out now."""
        owed, self._owes_stop = self._owes_stop, False
        return owed

    def leave(self, number: int, _frame: FrameType | None = None, message: str = NOT_DONE) -> NoReturn:
        """End the process at once, with a line on stderr and, for a program, an object on stdout."""
        code = INTERRUPTED if number == signal.SIGINT else TERMINATED
        self.answer(number, code, message.format(signal.Signals(number).name))
        os._exit(code)

    def answer(self, number: int, code: int, message: str) -> None:
        """Say why the process ends, in one line without control characters; for a program only if nothing was said."""
        command = _command(self.arguments)
        _write(2, f"{' '.join(filter(None, ('cockpit', command)))}: {message}\n")
        if "--json" in self.arguments and not self.has_answered:
            self.has_answered = True
            word = "INTERRUPTED" if number == signal.SIGINT else "TERMINATED"
            ts = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
            quoted = message.replace("\\", "\\\\").replace('"', '\\"')
            _write(1, _SHAPE.format(command=command, ts=ts, code=word, exit=code, message=quoted))


EARLY: Final = Early()
"""There is one process, and so one of these."""


def _command(arguments: Sequence[str]) -> str:
    """Return the verb that was asked for, as its answer names it; empty where it is none of ours."""
    for place, word in enumerate(arguments):
        if word in VERBS:
            return word
        if word in GROUPS:
            under = arguments[place + 1] if len(arguments) > place + 1 else ""
            return f"{word} {under}" if under.isascii() and under.isalpha() else word
    return ""


def _write(descriptor: int, text: str) -> None:  # the screen has put something else in the place of Python's own
    with contextlib.suppress(OSError):  # nobody may be there to read it
        os.write(descriptor, text.encode())
