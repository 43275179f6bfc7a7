"""A real process on a real terminal: whatever happens to the screen, the engine ends in order."""

import fcntl
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest

from cockpit.config import load
from cockpit.paths import Paths, paths_for
from cockpit.tui.life import farewell
from oms.domain import events as ev
from oms.domain import strategy_events as sev
from oms.journal.codec import decode
from oms.journal.reader import read_rows
from oms.state import State
from tests.cockpit.tui import scene
from tests.doubles.pty_program import PATIENCE, PtyProgram
from tests.doubles.terminal import Terminal

PROGRAM = str(Path(__file__).parents[2] / "doubles" / "screen_program.py")
LEAVING = (b"\x1b[?1049l", b"\x1b[?2004l", b"\x1b[?1000l", b"\x1b[?25h")
"""The screen before, no bracketed paste, no mouse, a cursor."""


def paths() -> Paths:
    return paths_for(load(None, {}), None, os.environ)


def events_of(kind: type[ev.Event]) -> list[ev.Event]:
    found = [decode(row).event for row in read_rows(paths().journal)]
    return [event for event in found if isinstance(event, kind)]


def is_live(terminal: Terminal) -> bool:
    """Whether the session trades: with what it is worth, for a tape may be over before its first picture is read."""
    return any(re.search(r"NAV \d", row) for row in terminal.text()[:1])


def cpu_secs(pid: int) -> float:
    """What a process has used of a processor."""
    used = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_in_order_and_gives_the_terminal_back(number: signal.Signals, code: int) -> None:
    with PtyProgram([PROGRAM], columns=120, lines=40) as program:
        program.read_until(is_live)
        program.process.send_signal(number)
        program.read_to_end()

        assert program.process.wait(PATIENCE) == code
        assert all(sequence in program.received for sequence in LEAVING)
        assert termios.tcgetattr(program.slave)[:4] == program.before[:4]
        after = program.received.rsplit(b"\x1b[?1049l", 1)[1].decode()
        assert re.search(r"session ended 2010-\d\d-\d\d, NAV (100,0|99,9)\d\d\.\d\d, ", after)
    assert events_of(ev.RunEnded) == [ev.RunEnded(actor="terminal", reason=number.name)]


def test_a_lost_terminal_loses_the_screen_and_not_the_engine() -> None:
    with PtyProgram([PROGRAM], columns=120, lines=40) as program:
        program.read_until(is_live)
        program.process.send_signal(signal.SIGHUP)
        program.read_rest(1.0)
        wait_until(lambda: bool(events_of(ev.TerminalLost)))
        assert program.process.poll() is None
        seen = len(program.received)
        wait_until(lambda: len(events_of(ev.TapePositioned)) >= 1)
        program.read_rest(0.1)

        assert len(program.received) == seen
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(PATIENCE) == 143
    assert events_of(ev.RunEnded) == [ev.RunEnded(actor="terminal", reason="SIGTERM")]


def test_a_connection_that_breaks_is_a_lost_terminal() -> None:
    """J-08: the kernel hangs up: a signal, and reads and writes that fail, in no particular order."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, PROGRAM],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - the child becomes Python at once
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(slave)
    try:
        received = b""
        while b"AAPL" not in received:
            received += os.read(master, 65_536)
        os.close(master)
        wait_until(lambda: bool(events_of(ev.TerminalLost)))
        lost_at = len(events_of(ev.TapePositioned))
        wait_until(lambda: len(events_of(ev.TapePositioned)) > lost_at)

        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 143
    finally:
        process.kill()
        process.wait()
    assert len(events_of(ev.TerminalLost)) == 1


def test_a_terminal_that_goes_without_a_signal_is_noticed_while_nothing_moves() -> None:
    """Nothing is painted and nobody types; the thread that reads keys would spin on the end of its input."""
    with PtyProgram([PROGRAM], columns=120, lines=40) as program:
        program.read_until(is_live)
        program.press(",")
        program.read_until(lambda terminal: "PAUSED" in terminal.text()[0])
        os.close(program.slave)
        os.close(program.master)
        wait_until(lambda: bool(events_of(ev.TerminalLost)))
        before = cpu_secs(program.process.pid)
        time.sleep(0.5)

        assert cpu_secs(program.process.pid) - before < 0.25
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(PATIENCE) == 143
        program.slave, program.master = os.openpty()


def test_without_a_screen_the_run_ends_with_its_tape() -> None:
    with PtyProgram([PROGRAM], columns=120, lines=40, env={"SPEED": "20", "BARS": "20"}) as program:
        program.read_until(is_live)
        program.process.send_signal(signal.SIGHUP)
        program.read_to_end()

        assert program.process.wait(PATIENCE) == 0
    assert events_of(ev.RunEnded) == [ev.RunEnded(actor="terminal", reason="the tape ended")]


def test_a_panel_that_fails_takes_the_screen_and_not_the_session() -> None:
    with PtyProgram([PROGRAM, "crash"], columns=120, lines=40) as program:
        program.read_to_end()

        assert program.process.wait(PATIENCE) == 1
        said = [row for row in program.terminal.text() if "the screen failed" in row]
        assert said
        assert all(sequence in program.received for sequence in LEAVING)
        assert b"Traceback (most recent" not in program.received
    assert not paths().halted.exists()
    traces = list(paths().log.glob("*.txt"))
    assert "a mistake in a panel" in traces[0].read_text()
    assert traces[0].stat().st_mode & 0o077 == 0
    assert len(events_of(ev.RunEnded)) == len(events_of(ev.RunStarted))


def test_paste_of_every_key_into_the_screen_acts_on_nothing() -> None:
    with PtyProgram([PROGRAM], columns=120, lines=40) as program:
        program.read_until(is_live)
        program.press("\x1b[200~Pyq\x18\x18lRESUME\r\x1b[201~,")
        program.read_until(lambda terminal: "PAUSED" in terminal.text()[0])

        assert program.process.poll() is None
        program.process.send_signal(signal.SIGTERM)
        program.read_to_end()
        assert program.process.wait(PATIENCE) == 143
    assert events_of(ev.TradingHalted) == []
    assert events_of(sev.StrategyPaused) == []


def test_two_presses_stop_over_a_real_terminal() -> None:
    with PtyProgram([PROGRAM], columns=80, lines=24) as program:
        program.read_until(is_live)
        program.press(",\x18")
        program.read_until(lambda terminal: "ARMED" in terminal.text()[0])
        program.press("\x18")
        program.read_until(lambda terminal: "HALTED" in terminal.text()[0])
        program.process.send_signal(signal.SIGTERM)
        program.read_to_end()

        assert program.process.wait(PATIENCE) == 143
    assert [event.cause for event in events_of(ev.TradingHalted) if isinstance(event, ev.TradingHalted)] == ["stop"]
    assert paths().halted.exists()


def test_what_stays_is_said_at_the_end() -> None:
    state, _ = scene.afternoon(scene.gate())

    assert farewell(state) == "session ended 2010-07-14, NAV 99,996.33, 3 positions and 2 working orders stay"
    assert farewell(State()) == "session ended —, NAV —, no positions"


def test_the_window_is_named_and_the_clipboard_filled_through_the_driver() -> None:
    """What it was called before comes back; a terminal that keeps no titles is left without one."""
    with PtyProgram([PROGRAM], columns=120, lines=40) as program:
        program.read_until(is_live)
        program.press(",y")
        program.read_until(lambda terminal: any(row.startswith(" copied ") for row in terminal.text()))
        program.process.send_signal(signal.SIGTERM)
        program.read_to_end()
        program.process.wait(PATIENCE)

    copied = b64decode(program.received.split(b"\x1b]52;c;")[1].split(b"\x07")[0]).decode()
    assert copied.startswith("AAPL\t")
    named = b"\x1b[22;2t\x1b]2;[PAPER] cockpit \xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa20001\x07"
    assert program.received.count(named) == 1
    assert program.received.count(b"\x1b]2;") == 2
    assert program.received.rfind(b"\x1b]2;\x07\x1b[23;2t") > program.received.find(named)


def test_a_loop_that_hangs_is_told_of_with_its_strategy_and_two_signals_end_it_and_give_the_terminal_back() -> None:
    with PtyProgram([PROGRAM, "hang"], columns=120, lines=40) as program:
        program.read_until(lambda terminal: "trend_following, warming up" in terminal.text()[0])
        row = program.terminal.text()[0]
        assert re.match(r"▌PAPER▐ ENGINE BUSY \d+ s in ", row)
        assert "^X ^X closes the gate" in row

        program.press("\x18")
        time.sleep(0.2)  # two presses of a hand, and not one that was held down
        program.press("\x18")
        wait_until(paths().halted.exists)
        program.read_until(lambda terminal: terminal.text()[0].startswith("▌HALTED PAPER▐ "))
        assert "cancels wait" in program.terminal.text()[0]

        os.kill(program.process.pid, signal.SIGTERM)
        program.read(1.5)  # a second one at once would be the same
        os.kill(program.process.pid, signal.SIGTERM)
        program.read_to_end()

        assert program.process.returncode == 143
        assert [mode for mode in LEAVING if mode not in program.received] == []
        assert termios.tcgetattr(program.slave) == program.before
        assert b"did not turn for" in program.received
        assert b"in trend_following, warming up" in program.received


def test_after_a_hang_the_whole_screen_is_painted_again() -> None:
    with PtyProgram([PROGRAM, "pause"], columns=120, lines=40) as program:
        program.read_until(lambda terminal: "ENGINE BUSY" in terminal.text()[0])
        program.read_until(lambda terminal: is_live(terminal) and "PAPER" in terminal.text()[0])

        assert "BUSY" not in "".join(program.terminal.text())
