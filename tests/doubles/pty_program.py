"""A program on a pseudo-terminal, and an emulator that watches what it writes."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

from tests.doubles.terminal import Terminal

PATIENCE = 20.0
"""Seconds until a program that shows nothing has failed."""
_KITTY = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]")
"""Keyboard modes: pyte does not know them and would print their last letter."""


class PtyProgram:
    """Starts `python *arguments` at columns × lines. `terminal` shows what it wrote, `received` holds the bytes."""

    def __init__(
        self, arguments: Sequence[str], *, columns: int = 80, lines: int = 24, env: Mapping[str, str] | None = None
    ) -> None:
        self._columns, self._lines = columns, lines
        self.terminal = Terminal(columns, lines)
        self._stream = pyte.ByteStream(self.terminal)
        self.received = b""
        self.master, slave = pty.openpty()
        self.resize_quietly(columns, lines)
        self.before = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})},
        )
        self.slave = slave

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.slave)
        os.close(self.master)

    def press(self, keys: str) -> None:
        """Type on the keyboard."""
        os.write(self.master, keys.encode())

    def resize_quietly(self, columns: int, lines: int) -> None:
        """Set the size without telling the program."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, seconds: float) -> bytes:
        """What arrives within that time, as soon as something does."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        data = os.read(self.master, 65536)
        self.received += data
        self._stream.feed(_KITTY.sub(b"", data))
        return data

    def read_until(self, shown: Callable[[Terminal], bool]) -> None:
        """Read until the terminal shows what is expected, and then to the end of that burst."""
        while not shown(self.terminal):
            assert self.read(PATIENCE), f"nothing more came: {self.terminal.text()}"
        self.read_rest()

    def read_rest(self, quiet: float = 0.08) -> bytes:
        """Read until nothing has come for a while."""
        data = b""
        while more := self.read(quiet):
            data += more
        return data

    def read_to_end(self) -> None:
        """Read until the program is over, and what it left."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end: {self.terminal.text()}"
            self.read(0.02)
        self.read_rest()
