"""The command line as a test uses it: inside the test's own process, or as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest

from cockpit.cli.app import run_command_line


class Ran(NamedTuple):
    """What a verb left behind."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> Any:
        """The one object on stdout."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def data(self) -> Any:
        """What a verb that went well has to say."""
        assert self.envelope["ok"], self.out
        return self.envelope["data"]

    @property
    def error(self) -> Any:
        """What a verb that failed has to say, which must agree with the exit code and the line on stderr."""
        error = self.envelope["error"]
        assert not self.envelope["ok"]
        assert error["exit"] == self.code
        assert error["message"] in self.err
        assert len(self.err.splitlines()) == 1
        return error


class CommandLine:
    """Runs verbs in this process."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str) -> Ran:
        """Run a verb."""
        self._capture.readouterr()
        code = run_command_line(list(arguments))
        return Ran(code, *self._capture.readouterr())


class Process:
    """A verb in a process of its own, that ends with the test."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cockpit", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_raised: object) -> None:
        self._process.kill()
        self._process.communicate()

    def wait_for_line(self, words: str) -> str:
        """Return the next line on stderr that holds the words."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if words in line:
                return line
        raise AssertionError(f"ended with {self._process.wait()} and never said {words!r}")

    def send(self, number: int) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def end(self, timeout_secs: float = 20) -> Ran:
        """Wait for the end and return what was left behind since the last line waited for."""
        out, err = self._process.communicate(timeout=timeout_secs)
        return Ran(self._process.returncode, out, err)
