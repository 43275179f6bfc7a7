"""Stopping and resuming an account that no engine runs, and who has to say what before it happens."""

import io
import os

import pytest

from cockpit.paths import Paths
from oms.journal.lock import Lock
from tests.doubles.command_line import CommandLine

RUN = ("headless", "--bars", "20", "--speed", "max", "--no-progress", "--json")


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


def type_at(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Let a verb find a terminal on which this line is typed."""
    monkeypatch.setattr("sys.stdin", Terminal(line + "\n"))
    monkeypatch.setattr("sys.stderr", Terminal())


def test_a_stop_without_an_engine_holds_for_the_next_start(cockpit: CommandLine, paths: Paths) -> None:
    stopped = cockpit("stop", "--reason", "bad prices", "--json")
    run = cockpit(*RUN)

    status = cockpit("risk", "status", "--json").data
    assert (stopped.code, stopped.data["state"], stopped.data["orders"]) == (0, "HALTED", [])
    assert stopped.envelope["warnings"] == ["no engine runs: the next start is HALTED"]
    assert run.data["orders"] == 0
    assert (status["state"], "bad prices" in status["reason"]) == ("HALTED", True)
    assert paths.halted.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("paths")
def test_a_stop_that_no_run_has_seen_can_be_taken_back(cockpit: CommandLine) -> None:
    cockpit("stop")

    ran = cockpit("resume", "--confirm", "RESUME", "--json")

    assert ran.data["state"] == "ACTIVE"
    assert cockpit(*RUN).data["orders"] > 0


def test_a_stop_that_is_journaled_needs_an_engine_to_journal_its_end(cockpit: CommandLine, paths: Paths) -> None:
    cockpit("stop")
    cockpit(*RUN)

    ran = cockpit("resume", "--confirm", "RESUME", "--json")

    assert (ran.code, ran.error["code"]) == (9, "NO_ENGINE")
    assert "start one" in ran.error["hint"]
    assert paths.halted.exists()


@pytest.mark.usefixtures("traded")
def test_what_is_not_halted_cannot_be_resumed(cockpit: CommandLine) -> None:
    assert cockpit("resume", "--confirm", "RESUME", "--json").error["code"] == "NOT_HALTED"


def test_nothing_that_ever_ran_cannot_be_resumed_and_no_folder_is_made(cockpit: CommandLine, paths: Paths) -> None:
    assert cockpit("resume", "--confirm", "RESUME", "--json").error["code"] == "NOT_HALTED"
    assert not paths.state.exists()


def test_an_engine_that_does_not_answer_is_latched_for_its_next_start_and_named(
    cockpit: CommandLine, traded: Paths
) -> None:
    lock = Lock.take(traded.account / "lock")
    try:
        ran = cockpit("stop", "--json")
    finally:
        lock.release()

    assert (ran.code, ran.error["code"]) == (10, "NO_ANSWER")
    assert ran.error["hint"] == f"to end it now: kill {os.getpid()}"
    assert traded.halted.exists()


@pytest.mark.parametrize(("word", "said"), [("resume", "the word is RESUME"), ("", "the word is RESUME")])
def test_a_wrong_word_resumes_nothing(cockpit: CommandLine, paths: Paths, word: str, said: str) -> None:
    cockpit("stop")

    ran = cockpit("resume", "--confirm", word, "--json")

    assert ran.code == 11
    assert said in ran.error["message"]
    assert paths.halted.exists()


def test_without_a_terminal_nobody_is_asked_for_the_word(cockpit: CommandLine, paths: Paths) -> None:
    cockpit("stop")

    ran = cockpit("resume", "--json")

    assert (ran.code, ran.error["code"]) == (11, "CONFIRMATION_REQUIRED")
    assert paths.halted.exists()


def test_on_a_terminal_the_word_is_typed(cockpit: CommandLine, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    cockpit("stop")
    type_at(monkeypatch, "RESUME")

    assert cockpit("resume").code == 0
    assert not paths.halted.exists()


@pytest.mark.parametrize(("typed", "code"), [("y", 0), ("n", 11), ("", 11)])
def test_on_a_terminal_a_stop_asks_once(
    cockpit: CommandLine, paths: Paths, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    type_at(monkeypatch, typed)

    assert cockpit("stop").code == code
    assert paths.halted.exists() == (code == 0)


def test_a_stop_that_is_told_yes_asks_nobody(
    cockpit: CommandLine, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_at(monkeypatch, "n")

    assert cockpit("stop", "--yes").code == 0
    assert paths.halted.exists()


@pytest.mark.parametrize(("words", "code"), [((), "CONFIRMATION_REQUIRED"), (("--confirm", "flatten"), "DECLINED")])
def test_nothing_is_flattened_without_the_word(
    cockpit: CommandLine, traded: Paths, words: tuple[str, ...], code: str
) -> None:
    del traded
    ran = cockpit("flatten", *words, "--json")

    assert (ran.code, ran.error["code"]) == (11, code)


def test_a_flatten_needs_an_engine(cockpit: CommandLine, traded: Paths) -> None:
    del traded
    assert cockpit("flatten", "--confirm", "FLATTEN", "--json").error["code"] == "NO_ENGINE"


def test_an_account_that_was_stopped_at_rest_is_shown_halted(cockpit: CommandLine, paths: Paths) -> None:
    cockpit(*RUN)
    cockpit("stop", "--reason", "bad prices")
    status = cockpit("risk", "status", "--json")

    assert (status.data["state"], status.data["level"]) == ("HALTED", "CRITICAL")
    assert status.data["reason"].startswith("latched: command line")
    assert "bad prices" in status.data["reason"]
    assert "the next start is HALTED" in status.err
    assert cockpit("journal", "state", "--json").data["trading"] == "ACTIVE"  # which the journal does not know yet
    assert paths.halted.exists()
