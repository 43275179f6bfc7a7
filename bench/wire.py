"""From a strategy's signal to the wire, and what a day holds in memory: `python bench/wire.py [--secs N] [--hours N]`.

The cockpit runs in a pseudo-terminal of 120x40 with its screen on, its journal and the venue's book on disk, both with
FULL commits, every rule asked and limits raised so that nothing is denied:

    wire     20 instruments, a thousand quotes and five signals a second: from the strategy's return to the entry of the
             venue's `submit`
    lag      how late its loop wakes meanwhile, for moments 5 ms apart
    memory   what stands in it when it has warmed up, in the middle and at the end: of that run, and of a day of engine
             time as fast as it goes, a quote a second of each instrument and three signals a minute

The bound of a row is measured beside it, at the same time on the same machine: a FULL commit of one small row, and a
loop that has nothing else to do. Below, the slowest orders and what they waited for; `held` is the longest that the
loop was kept from turning meanwhile.
"""

import argparse
import asyncio
import fcntl
import os
import pty
import struct
import sys
import tempfile
import termios
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from bench.pipeline import least
from bench.raised import RAISED
from bench.wire_lag import BareCommits, watch
from bench.wire_told import (
    LAG_MS,
    MEMORY_HEADER,
    TIMES_HEADER,
    WIRE_MS,
    Told,
    Wake,
    examined,
    memory_lines,
    slowest_lines,
    spread_line,
)

ROOT: Final = Path(__file__).resolve().parent.parent
PROGRAM: Final = ROOT / "bench" / "wire_program.py"
COLUMNS, ROWS = 120, 40

CONFIG: Final = """
[session]
feed = "synthetic"
account = "WIRE-1"
cash = 1000000000
[feed.synthetic]
instruments = 20
quotes_per_sec = {quotes_per_sec}
speed = "{speed}"
[strategies.steady]
per_min = {per_min}
[sizing.fixed_risk]
risk_frac = 0.00001
"""
AT_LOAD: Final = CONFIG.format(quotes_per_sec=1_000, speed="1x", per_min=300) + RAISED
A_DAY: Final = CONFIG.format(quotes_per_sec=20, speed="max", per_min=3) + RAISED


@asynccontextmanager
async def bound(folder: Path) -> AsyncIterator[tuple[list[float], list[Wake]]]:
    """Collect, beside what is measured, the seconds of bare commits and the wakes of a loop that has nothing to do."""
    commits, wakes = BareCommits(folder), list[Wake]()
    commits.begin()
    watching = asyncio.create_task(watch(wakes))
    try:
        yield commits.secs, wakes
    finally:
        watching.cancel()
        await asyncio.to_thread(commits.end)


async def played(folder: Path, config: str, secs: float) -> Told:
    """Run the program on a fresh state and return what it told. Raises RuntimeError, as `told_in` does."""
    given, report = prepared(folder, config)
    shown = await _in_terminal([str(PROGRAM), str(given), str(folder / "state"), str(secs), str(report)], folder)
    return told_in(report, shown)


def prepared(folder: Path, config: str) -> tuple[Path, Path]:
    """Make the folder of a run and return the paths of its configuration and of its report to come."""
    folder.mkdir()
    given = folder / "config.toml"
    given.write_text(config)
    return given, folder / "report"


def told_in(report: Path, shown: str) -> Told:
    """Return what a report tells.

    Raises:
        RuntimeError: there is none, and the message has what was `shown` instead; or some signals became no order.
    """
    if not report.exists():
        msg = f"the program told nothing: {shown}"
        raise RuntimeError(msg)
    return examined(msgspec.json.decode(report.read_bytes(), type=Told))


async def _in_terminal(command: Sequence[str], sockets: Path) -> str:
    """Run Python with a terminal that is read all the time, to its end; return the last of what was shown."""
    line, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *command),
        stdin=end,
        stdout=end,
        stderr=end,
        env=environ | {"XDG_RUNTIME_DIR": str(sockets)},
        start_new_session=True,
        cwd=ROOT,
    )
    os.close(end)
    shown = bytearray()
    loop = asyncio.get_running_loop()
    loop.add_reader(line, lambda: _read(line, shown, loop))
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
        loop.remove_reader(line)
        os.close(line)
    return shown.decode(errors="replace")


def _read(line: int, shown: bytearray, loop: asyncio.AbstractEventLoop) -> None:
    """Take what the screen shows and keep its end."""
    try:
        shown += os.read(line, 65_536)
    except OSError:  # the other end is closed
        loop.remove_reader(line)
    del shown[:-4_000]


async def measure(secs: float, hours: float) -> None:
    """Measure both and print as it comes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with bound(folder) as (commits, wakes):
            told = await played(folder / "load", AT_LOAD, secs)
        tell(TIMES_HEADER)
        tell(spread_line("wire", [one.sent - one.raised for one in told.sent], WIRE_MS))
        tell(spread_line("  a bare commit", commits))
        tell(spread_line("lag", [wake.late_secs for wake in told.wakes], LAG_MS))
        tell(spread_line("  a bare loop", [wake.late_secs for wake in wakes]))
        tell("the slowest orders:")
        for line in slowest_lines(told.sent, told.wakes):
            tell(line)
        tell(MEMORY_HEADER)
        for line in memory_lines("  at load", told):
            tell(line)
        for line in memory_lines("  a day", await played(folder / "day", A_DAY, hours * 3_600)) if hours else ():
            tell(line)


def tell(line: str) -> None:
    """Print a line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--secs", type=least(2), default=60, help="how long the load is kept up")
    parser.add_argument("--hours", type=float, default=24.0, help="of engine time that the day has; 0 leaves it out")
    given = parser.parse_args()
    asyncio.run(measure(given.secs, given.hours))


if __name__ == "__main__":
    main()
