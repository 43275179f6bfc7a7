"""Stop a real engine under load and under faults: `python bench/stop.py [--times N] [--orders N] [--tickets N]`.

Each time a process is started that has ORDERS working and TICKETS waiting, and is sent SIGUSR1 from here. The gate is
timed from before the signal is sent, in this process, to the flag that the router reads; the cancels to the last one
handed to the venue. The rows differ by what fails meanwhile:

    none      nothing
    loop      the loop computes and does not come back until long after
    disk      nothing more can be written, by a limit on the size of files
    venue     it takes everything and says nothing any more
    terminal  there is a screen, and its terminal goes away with the stop

`sent` are orders that the venue was given after the gate was closed. The exit code is 1 when there was one, when a gate
took longer than --gate-ms, or when a stop did not do what it can do under its fault.
"""

import argparse
import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import Any, NamedTuple

from bench.raised import RAISED

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "bench" / "stop_program.py"
FAULTS = ("none", "loop", "disk", "venue", "terminal")
PATIENCE_SECS = 60.0
SETTLED_SECS = 0.02  # from `ready` to the signal, so that what waits is being worked on
CONFIG = f"""
[session]
feed = "synthetic"
account = "STOP-1"
cash = 1000000000
[feed.synthetic]
speed = "max"
[strategies]
[log]
level = "WARNING"
{RAISED}"""


class Timed(NamedTuple):
    """One stop: milliseconds from the signal, and what was wrong with it."""

    gate_ms: float
    halted_ms: float
    handed_ms: float
    faults: list[str]


def main() -> int:
    """Run the campaign and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--orders", type=int, default=1_000)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--gate-ms", type=float, default=100.0)
    parser.add_argument("--fault", choices=FAULTS, action="append")
    given = parser.parse_args()
    print(f"{given.orders:,} orders work, {given.tickets:,} tickets wait; milliseconds p50 / p99")  # noqa: T201
    wrong: list[str] = []
    for fault in given.fault or FAULTS:
        timed = [stopped(fault, given.orders, given.tickets) for _ in range(given.times)]
        faults = [text for one in timed for text in one.faults]
        faults += [f"the gate took {one.gate_ms:.0f} ms" for one in timed if one.gate_ms > given.gate_ms]
        wrong += faults
        print(  # noqa: T201
            f"{fault:<9} {len(timed):>4} times  gate {spread([one.gate_ms for one in timed])}"
            f"  halt {spread([one.halted_ms for one in timed])}  cancels {spread([one.handed_ms for one in timed])}"
            f"  {len(faults)} faults",
            flush=True,
        )
        for text in faults[:5]:
            print(f"  {text}")  # noqa: T201
    return 1 if wrong else 0


def spread(values: list[float]) -> str:
    """Return the middle and the end of a row of numbers."""
    ordered = sorted(values)
    return f"{statistics.median(ordered):6.1f} /{ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]:6.1f}"


def stopped(fault: str, orders: int, tickets: int) -> Timed:
    """Start a process, stop it, and return what came of it."""
    with tempfile.TemporaryDirectory() as name:
        config = Path(name) / "config.toml"
        config.write_text(CONFIG)
        reading, writing = os.pipe()
        master, slave = pty.openpty()
        on_screen = fault == "terminal"
        command = [sys.executable, str(PROGRAM), str(config), f"{name}/state", fault]
        process = subprocess.Popen(  # noqa: S603
            [*command, str(orders), str(tickets), str(writing)],
            stdin=slave if on_screen else subprocess.DEVNULL,
            stdout=slave if on_screen else None,
            stderr=slave if on_screen else None,
            pass_fds=(writing,),
            start_new_session=True,
            preexec_fn=lose_with_terminal if on_screen else None,  # noqa: PLW1509 - it becomes Python at once
            env={**os.environ, "TERM": "xterm-256color", "XDG_RUNTIME_DIR": name},
        )
        os.close(slave)
        os.close(writing)
        try:
            asked_at, told = stop(process, reading, master if on_screen else -1)
        finally:
            process.kill()
            process.wait()
            os.close(reading)
            with contextlib.suppress(OSError):
                os.close(master)
        return Timed(
            (told["closed_at"] - asked_at) * 1_000,
            (told["halted_at"] - asked_at) * 1_000,
            (told["handed_at"] - asked_at) * 1_000,
            examine(fault, orders, told, halted=Path(name, "state/paper/sim/STOP-1/HALTED").exists()),
        )


def lose_with_terminal() -> None:
    """Make the terminal the one whose end is the process's hang-up."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def stop(process: "subprocess.Popen[bytes]", reading: int, master: int) -> tuple[float, dict[str, Any]]:
    """Wait until it is ready, let its terminal go if it has one, stop it, and return when and what it told."""
    heard = b""
    while b"ready\n" not in heard:
        heard += read(reading, master, heard)
    time.sleep(SETTLED_SECS)
    if master >= 0:
        os.close(master)
    asked_at = time.monotonic()
    process.send_signal(signal.SIGUSR1)
    while heard.count(b"\n") < 2:  # noqa: PLR2004 - `ready` and the report
        heard += read(reading, -1, heard)
    return asked_at, json.loads(heard.split(b"\n")[1])


def read(reading: int, master: int, heard: bytes) -> bytes:
    """Return what the report says next; what a screen shows meanwhile is read away."""
    found, _, _ = select.select([reading, *([master] if master >= 0 else [])], [], [], PATIENCE_SECS)
    if master in found:
        os.read(master, 65_536)
    if reading not in found:
        if not found:
            message = f"nothing more came after {heard!r}"
            raise TimeoutError(message)
        return b""
    data = os.read(reading, 65_536)
    if not data:
        message = f"it ended after {heard!r}"
        raise EOFError(message)
    return data


def examine(fault: str, orders: int, told: dict[str, Any], *, halted: bool) -> list[str]:
    """Return what a stop did wrong."""
    faults = []
    if told["sent_after"]:
        faults.append(f"{told['sent_after']} orders were sent after the gate was closed")
    if told["actor"] != "signal":
        faults.append(f"stopped by {told['actor'] or 'nobody'}")
    if told["undecided"]:
        faults.append(f"{told['undecided']} tickets were never answered")
    if told["handed"] != told["asked"] or told["asked"] < orders:  # what was sent before the stop is canceled too
        faults.append(f"{told['handed']} of {told['asked']} cancels were handed over")
    if fault == "venue":
        if told["confirmed"] >= orders or told["silent"] != ["does not answer"]:
            faults.append(f"a silent venue: {told['confirmed']} confirmed, {told['silent']}")
    elif told["confirmed"] != told["asked"]:
        faults.append(f"{told['confirmed']} of {told['asked']} cancels were confirmed")
    if fault == "disk" and told["latch_error"] is None:
        faults.append("a full disk took the latch file, or nobody said that it did not")
    if fault != "disk" and not halted:
        faults.append("the next start would not know")
    return faults


if __name__ == "__main__":
    raise SystemExit(main())
