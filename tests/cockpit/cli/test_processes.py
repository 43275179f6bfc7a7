"""The engine as a process: what signals do to it, and what other processes may do beside it."""

import json
import signal
import time
from pathlib import Path

import pytest

from cockpit.paths import Paths
from oms.journal.verify import verify
from tests.doubles.command_line import CommandLine, Process, Ran
from tests.doubles.pty_program import PATIENCE, PtyProgram
from tests.doubles.terminal import Terminal

SLOW = ("headless", "--speed", "0.5", "--json")  # two seconds a session: a run that is still there when it is asked
READY = "run 1"
LEADING = """
import fcntl, runpy, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # the terminal is its own, as a shell would give it
runpy.run_module("cockpit", run_name="__main__")
"""
INTERRUPTS = """
from strategies.base import BaseStrategy
from strategies.config import StrategyType

class Mine(BaseStrategy):
    TYPE = StrategyType.MOMENTUM

    def on_bar(self, bar, context):
        if context.now:
            raise KeyboardInterrupt
"""


def verb(*arguments: str) -> Ran:
    """Run a verb in a process of its own."""
    with Process(arguments) as process:
        return process.end()


def test_a_bounded_run_prints_one_object_and_nothing_else() -> None:
    ran = verb("headless", "--bars", "20", "--speed", "max", "--json", "--no-progress")

    assert (ran.code, ran.err) == (0, "")
    assert ran.data["ended_by"] == "bars"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_run_in_order_within_two_seconds(
    cockpit: CommandLine, paths: Paths, number: signal.Signals, code: int
) -> None:
    """J-07."""
    with Process(SLOW) as engine:
        engine.wait_for_line(READY)
        asked = time.monotonic()
        engine.send(number)
        ran = engine.end()
        took = time.monotonic() - asked

    last = cockpit("journal", "show", "--limit", "1", "--json").data[-1]
    assert (ran.code, ran.data["ended_by"]) == (code, number.name)
    assert (last["kind"], last["text"]) == ("RunEnded", number.name)
    assert took < 2
    assert verify(paths.journal).seq == ran.data["final_seq"]


def test_a_second_signal_leaves_at_once_and_the_journal_is_whole(paths: Paths) -> None:
    """J-09: stopped while it is sent both, the process finds them together when it goes on."""
    with Process(SLOW) as engine:
        engine.wait_for_line(READY)
        for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
            engine.send(number)
        ran = engine.end()

    assert ran.code in {130, 143}
    assert "ended at once by a second signal" in ran.error["message"]
    assert verify(paths.journal).seq > 0


def test_ctrl_c_pressed_twice_on_a_terminal_leaves_no_traceback_and_a_whole_journal(paths: Paths) -> None:
    """J-09: the terminal makes a signal of each key."""
    with PtyProgram(("-c", LEADING, *SLOW), columns=120, lines=40) as engine:
        engine.read_until(lambda terminal: any(READY in row for row in terminal.text()))
        engine.press("\x03\x03")
        engine.read_to_end()

        assert engine.process.wait(PATIENCE) == 130
        assert b"Traceback" not in engine.received
    assert verify(paths.journal).seq > 0


def test_a_strategy_that_raises_what_a_ctrl_c_raises_leaves_an_answer(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(INTERRUPTS)

    ran = verb("headless", "--bars", "3", "--speed", "max", "--no-progress", "--json", "--strategy-path", str(tmp_path))

    assert (ran.code, ran.error["code"]) == (130, "INTERRUPTED")


def test_a_lost_terminal_is_journaled_and_the_run_goes_on(cockpit: CommandLine) -> None:
    """J-08."""
    with Process(SLOW) as engine:
        engine.wait_for_line(READY)
        engine.send(signal.SIGHUP)
        lost = wait_for_record(cockpit, "TerminalLost")
        state = cockpit("risk", "status", "--json").envelope
        engine.send(signal.SIGTERM)
        ran = engine.end()

    assert lost["payload"] == {"actor": "signal", "cause": "SIGHUP", "policy": "keep"}
    assert (state["ok"], state["stale"]) == (True, False)
    assert ran.code == 143


def test_after_a_lost_terminal_a_run_is_refused_with_what_can_be_done_and_the_one_after_it_has_a_screen(
    cockpit: CommandLine,
) -> None:
    run = ("-P", "-m", "cockpit", "run")
    with PtyProgram(run, columns=120, lines=40) as lost:
        lost.read_until(has_prices)
        lost.process.send_signal(signal.SIGHUP)
        wait_for_record(cockpit, "TerminalLost")
        with PtyProgram(run) as refused:
            refused.read_to_end()
        told = refused.received.decode().strip()
        assert refused.process.wait() == 9
        assert f"is held by process {lost.process.pid} on " in told
        for way in ("cockpit risk status, positions list and orders list", f"kill {lost.process.pid} ends it"):
            assert way in told
        assert told.endswith("and only the run after that has a screen")

        for shown in (("risk", "status"), ("positions", "list"), ("orders", "list")):
            assert not cockpit(*shown, "--json").envelope["stale"]
        assert verb("stop", "--json").data["state"] == "HALTED"
        lost.process.send_signal(signal.SIGTERM)
        assert lost.process.wait(PATIENCE) == 143
    assert cockpit("journal", "show", "--kind", "RunEnded", "--json").data
    with PtyProgram(run, columns=120, lines=40) as after:
        after.read_until(has_prices)


def has_prices(terminal: Terminal) -> bool:
    return any("AAPL" in row for row in terminal.text())


def wait_for_record(cockpit: CommandLine, kind: str) -> dict[str, object]:
    """Read the journal of a running engine until it has a record of a kind."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found: list[dict[str, object]] = cockpit("journal", "show", "--kind", kind, "--json").data
        if found:
            return found[-1]
    raise AssertionError(f"no {kind} was journaled")


def test_a_second_engine_is_refused_and_names_the_first() -> None:
    with Process(SLOW) as engine:
        engine.wait_for_line(READY)
        second = verb("headless", "--bars", "1", "--json")
        fresh = verb("headless", "--fresh", "--bars", "1", "--json")

    for ran in (second, fresh):
        assert (ran.code, ran.error["code"]) == (9, "LOCKED")
        assert ran.error["details"]["pid"] == engine.pid
        assert f"process {engine.pid} " in ran.error["message"]


def test_a_running_engine_is_stopped_and_resumed_over_its_socket(cockpit: CommandLine, paths: Paths) -> None:
    with Process(SLOW) as engine:
        engine.wait_for_line(READY)
        stopped = verb("stop", "--reason", "bad prices", "--json")
        halted = paths.halted.exists()
        resumed = cockpit("resume", "--confirm", "RESUME", "--json")
        unsure = cockpit("strategies", "enable", "--json")
        enabled = cockpit("strategies", "enable", "--yes", "--json")
        engine.send(signal.SIGTERM)
        ran = engine.end()

    kinds = [record["kind"] for record in cockpit("journal", "show", "--limit", "1000", "--json").data]
    assert (stopped.code, stopped.data["state"], halted) == (0, "HALTED", True)
    assert resumed.data == {"state": "ACTIVE", "paused": stopped.data["paused"]}
    assert (unsure.code, unsure.error["code"]) == (11, "CONFIRMATION_REQUIRED")
    assert enabled.data == {"enabled": stopped.data["paused"]}
    assert kinds.index("TradingHalted") < kinds.index("TradingResumed") < kinds.index("RunEnded")
    assert (ran.code, paths.halted.exists()) == (143, False)


def test_an_engine_that_was_killed_leaves_a_journal_that_is_asked_instead(cockpit: CommandLine) -> None:
    with Process(SLOW) as engine:
        engine.wait_for_line(READY)
        engine.send(signal.SIGKILL)
        engine.end()

    ran = cockpit("strategies", "list", "--json")

    assert ran.envelope["stale"]
    assert "no engine answers" in ran.err
    assert len(ran.data) == 4
    assert cockpit("headless", "--bars", "1", "--speed", "max", "--json", "--no-progress").code == 0


def test_strategies_cannot_be_changed_without_an_engine(cockpit: CommandLine) -> None:
    for arguments in (("pause",), ("enable", "--yes")):
        ran = cockpit("strategies", *arguments, "--json")
        assert (ran.code, ran.error["code"]) == (9, "NO_ENGINE")


def test_every_line_on_stdout_is_json_also_when_a_verb_fails() -> None:
    ran = verb("orders", "show", "1", "--json")

    assert ran.code == 8
    assert json.loads(ran.out)["error"]["code"] == "NOT_FOUND"
