"""What the screen costs a terminal: `python bench/ui.py [--secs N] [--keys N] [--paints N] [--fill N]`.

The cockpit runs in a pseudo-terminal of 120x40 and is read as a terminal reads it. Measured, each on a fresh state:

    first paint   from starting the process to the first frame, and to the first one with a price in it
    demo          bytes per second of what `python3 run.py` shows
    running       bytes per second while 20 instruments move a thousand times a second
    paused        bytes per second of the same screen with the feed held
    key           from writing a cursor key to the terminal to the first byte of the answer, at a thousand quotes a
                  second; p50 and p99

Bytes are counted once the trends fill their column, which makes the screen dearer. The last column is the target.
"""

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
COLUMNS, ROWS = 120, 40
PATIENCE_SECS = 20.0
SETTLE_SECS = 1.0  # until what a change set off has been painted
QUIET_SECS = 0.05  # between keys, so that one answer does not run into the next

CONFIG = """
[session]
feed = "synthetic"
account = "BENCH-1"
[feed.synthetic]
instruments = 20
quotes_per_sec = 1000
speed = "1x"
[strategies]
"""


class Screen(NamedTuple):
    """A cockpit in a pseudo-terminal: its process and our end of the line."""

    process: "subprocess.Popen[bytes]"
    line: int
    began: float

    def read(self, secs: float) -> bytes:
        """Return what arrives within some seconds."""
        found, end = b"", time.monotonic() + secs
        while (left := end - time.monotonic()) > 0:
            if select.select([self.line], [], [], left)[0]:
                found += os.read(self.line, 65_536)
        return found

    def wait_for(self, text: bytes) -> float:
        """Return how long after the start a text had arrived.

        Raises:
            TimeoutError: it did not come.
        """
        seen = b""
        while time.monotonic() - self.began < PATIENCE_SECS:
            if select.select([self.line], [], [], 0.1)[0]:
                seen = (seen + os.read(self.line, 65_536))[-200_000:]
                if text in seen:
                    return time.monotonic() - self.began
        msg = f"no {text!r} within {PATIENCE_SECS:.0f} s"
        raise TimeoutError(msg)

    def answer_to(self, key: bytes) -> float:
        """Return the seconds from writing a key to the first byte that comes back."""
        began = time.perf_counter()
        os.write(self.line, key)
        select.select([self.line], [], [], PATIENCE_SECS)
        took = time.perf_counter() - began
        os.read(self.line, 65_536)
        return took


@contextmanager
def cockpit(folder: Path, *, config: Path | None) -> Iterator[Screen]:
    """Run the cockpit in a pseudo-terminal and end it afterwards."""
    line, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    command = [sys.executable, "-m", "cockpit", "run", "--state", str(folder)]
    command += ["--config", str(config)] if config is not None else []
    environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        command, stdin=end, stdout=end, stderr=end, env=environ, start_new_session=True, cwd=ROOT
    )
    os.close(end)
    try:
        yield Screen(process, line, began)
    finally:
        process.send_signal(signal.SIGTERM)
        _drain(process, line)
        os.close(line)


def _drain(process: "subprocess.Popen[bytes]", line: int) -> None:
    """Read until the process is gone: one that cannot write cannot end."""
    while process.poll() is None:
        if select.select([line], [], [], 0.1)[0]:
            try:
                os.read(line, 65_536)
            except OSError:
                break
    process.wait()


def measure(secs: float, keys: int, paints: int, fill: float) -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "config.toml"
        config.write_text(CONFIG)
        painted, priced = [], []
        for number in range(paints):
            with cockpit(folder / f"paint-{number}", config=None) as screen:
                painted.append(screen.wait_for(b"PAPER"))
                priced.append(screen.wait_for(b"AAPL"))
        for what, times, target in (("first paint", painted, "< 0.5 s"), ("first price", priced, "none")):
            tell(what, f"{statistics.median(times):.2f} s, slowest of {paints} {max(times):.2f} s", target)
        with cockpit(folder / "demo", config=None) as screen:
            screen.wait_for(b"AAPL")
            screen.read(fill)
            tell("demo", f"{len(screen.read(secs)) / secs:,.0f} B/s", "<= 2,048 B/s")
        with cockpit(folder / "run", config=config) as screen:
            screen.wait_for(b"SYN1")
            screen.read(fill)
            running = len(screen.read(secs)) / secs
            times = [timed_key(screen, number) for number in range(keys)]
            os.write(screen.line, b",")
            screen.read(SETTLE_SECS)
            paused = len(screen.read(secs)) / secs
        tell("running", f"{running:,.0f} B/s, 20 instruments, 1,000 quotes/s", "<= 2,048 B/s")
        tell("paused", f"{paused:,.0f} B/s", "<= 150 B/s")
        p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
        tell("key", f"p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms over {keys} keys", "p50 < 30, p99 < 80 ms")


def timed_key(screen: Screen, number: int) -> float:
    """Press a key that moves the cursor there and back, once the screen has just been painted."""
    screen.read(QUIET_SECS)
    return screen.answer_to(b"j" if number % 2 == 0 else b"k")


def tell(what: str, found: str, target: str) -> None:
    """Print a row."""
    print(f"{what:<12} {found:<60} target {target}")  # noqa: T201


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--secs", type=float, default=20.0, help="how long bytes are counted")
    parser.add_argument("--keys", type=int, default=200, help="how many keys are timed")
    parser.add_argument("--paints", type=int, default=5, help="how many starts are timed")
    parser.add_argument("--fill", type=float, default=70.0, help="how long trends are given to fill their column")
    given = parser.parse_args()
    measure(given.secs, given.keys, given.paints, given.fill)


if __name__ == "__main__":
    main()
