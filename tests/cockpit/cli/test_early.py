"""Signals that come before a run listens: a stop is latched all the same, and an end has its exit code and answer."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cockpit.cli.envelope import envelope
from cockpit.early import GROUPS, VERBS, Early
from cockpit.exits import Exit, Failure
from cockpit.latch import Latch
from cockpit.paths import Paths
from cockpit.queries.result import VerbResult
from tests.doubles.command_line import CommandLine

# The program as it is, with a signal to itself as soon as the first module of ours but `cockpit.early` is asked for.
AT_ONCE = """
import os, sys

class Signals:
    def find_spec(self, name, path=None, target=None):
        if name == "cockpit.cli":
            for number in map(int, os.environ["SIGNALS"].split()):
                os.kill(os.getpid(), number)

sys.meta_path.insert(0, Signals())
from cockpit.__main__ import main
main()
"""


def run(*arguments: str, numbers: tuple[int, ...]) -> subprocess.CompletedProcess[str]:
    """Run the program with signals that come while it is still loading."""
    environ = os.environ | {"SIGNALS": " ".join(map(str, map(int, numbers)))}
    program = [sys.executable, "-P", "-c", AT_ONCE, *arguments]
    return subprocess.run(program, env=environ, capture_output=True, text=True, timeout=30, check=False)


BARS = ("headless", "--bars", "20", "--speed", "max", "--no-progress", "--json")


def test_a_stop_that_comes_first_halts_the_run_that_is_being_built(cockpit: CommandLine, paths: Paths) -> None:
    ran = run(*BARS, numbers=(signal.SIGUSR1,))

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["data"]["orders"] == 0
    (halt,) = cockpit("journal", "show", "--kind", "TradingHalted", "--json").data
    assert (halt["payload"]["actor"], halt["payload"]["text"]) == ("signal", "SIGUSR1")
    assert paths.halted.exists()


def test_a_stop_that_comes_before_a_start_that_is_refused_halts_the_next_one(
    cockpit: CommandLine, paths: Paths, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[risk.max_position]\nlimit = 2\n")

    ran = run(*BARS, "--config", str(file), numbers=(signal.SIGUSR1,))

    error = json.loads(ran.stdout)["error"]
    assert (ran.returncode, error["code"]) == (3, "CONFIG")
    assert error["message"].endswith("SIGUSR1 came while no engine ran: the next start is HALTED")
    assert Latch(paths.halted).found() == "signal: SIGUSR1"
    assert cockpit("risk", "status", "--json").data["state"] == "HALTED"


def test_a_stop_by_a_signal_that_the_settings_do_not_hear_stops_nothing_and_kills_nobody(
    monkeypatch: pytest.MonkeyPatch, paths: Paths
) -> None:
    monkeypatch.setenv("COCKPIT__ESTOP__SIGNAL", "false")

    ran = run(*BARS, numbers=(signal.SIGUSR1,))

    assert (ran.returncode, json.loads(ran.stdout)["data"]["orders"] > 0) == (0, True)
    assert not paths.halted.exists()


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        (signal.SIGTERM, 143, "TERMINATED"),
        (signal.SIGHUP, 143, "TERMINATED"),
        (signal.SIGINT, 130, "INTERRUPTED"),
    ],
)
@pytest.mark.parametrize("arguments", [BARS, ("orders", "list", "--json")], ids=lambda arguments: arguments[0])
def test_a_signal_that_ends_while_loading_is_answered_with_its_code_and_one_object(
    number: signal.Signals, code: int, word: str, arguments: tuple[str, ...], paths: Paths
) -> None:
    ran = run(*arguments, numbers=(number,))

    answer = json.loads(ran.stdout)
    message = f"ended by {number.name} before it was done"
    assert (ran.returncode, answer["error"]["exit"], answer["error"]["code"]) == (code, code, word)
    assert ran.stderr == f"cockpit {answer['command']}: {message}\n"
    assert answer["error"]["message"] == message
    assert not paths.state.exists()


def test_without_json_only_words_are_left_behind() -> None:
    ran = run("headless", "--bars", "1", numbers=(signal.SIGTERM,))

    assert (ran.returncode, ran.stdout) == (143, "")
    assert ran.stderr == "cockpit headless: ended by SIGTERM before it was done\n"


def test_a_signal_that_was_to_be_ignored_stays_ignored() -> None:
    program = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + AT_ONCE
    environ = os.environ | {"SIGNALS": str(int(signal.SIGHUP))}
    ran = subprocess.run(
        [sys.executable, "-P", "-c", program, "--version"], env=environ, capture_output=True, timeout=30, check=False
    )

    assert ran.returncode == 0


def test_what_is_answered_has_the_shape_of_every_other_answer(capfd: pytest.CaptureFixture[str]) -> None:
    early = Early()
    early.arguments = ("--json", "orders", "list")
    early.answer(signal.SIGTERM, 143, 'ended by "SIGTERM" \\ ü')
    early.answer(signal.SIGTERM, 143, "ended by SIGTERM")

    told = json.loads(capfd.readouterr().out)
    usual = envelope(
        "orders list", None, VerbResult(None), Failure(Exit.TERMINATED, "TERMINATED", 'ended by "SIGTERM" \\ ü')
    )
    assert list(told) == list(usual)
    assert told | {"ts": ""} == usual | {"ts": ""}


def test_every_verb_is_known_by_its_name() -> None:
    from cockpit.cli.app import app

    assert {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    } == VERBS
    assert {group.typer_instance.info.name for group in app.registered_groups if group.typer_instance} == GROUPS
