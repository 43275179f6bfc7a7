"""Every way to fail has one exit code, one line on stderr and, for a program, one object on stdout."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cockpit.cli.failure import failure_of
from cockpit.exits import Exit, Failure
from cockpit.paths import Paths
from cockpit.settings import ConfigError
from oms.journal.errors import JournalBroken, JournalError, JournalLocked, JournalNewer
from oms.journal.lock import Lock
from tests.doubles.command_line import CommandLine


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Failure(Exit.NOT_FOUND, "NOT_FOUND", "no order 9"), 8),
        (ConfigError("config.toml: nonsense"), 3),
        (JournalLocked(Path("lock"), 4711, "here"), 9),
        (JournalBroken(12, "missing"), 12),
        (JournalNewer(Path("journal.sqlite"), 9, 1), 12),
        (JournalError("no space left"), 12),
        (ConnectionRefusedError("venue"), 4),
    ],
)
def test_what_can_go_wrong_has_its_exit_code(error: Exception, code: int) -> None:
    assert failure_of(error, None).exit == code


def test_what_nobody_foresaw_has_a_number_and_is_written_down(tmp_path: Path) -> None:
    failure = failure_of(ZeroDivisionError("by zero"), tmp_path / "log")

    (written,) = (tmp_path / "log").iterdir()
    assert failure.exit == Exit.UNEXPECTED
    assert str(failure.details["id"]) in written.name
    assert str(written) in failure.hint
    assert "ZeroDivisionError: by zero" in written.read_text()
    assert written.stat().st_mode & 0o777 == 0o600


def test_what_nobody_foresaw_is_printed_where_it_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_text("no folder")

    failure = failure_of(ZeroDivisionError("by zero"), tmp_path / "log")

    assert failure.hint == ""
    assert "ZeroDivisionError: by zero" in capsys.readouterr().err


@pytest.mark.usefixtures("paths")
def test_a_limit_that_is_misspelt_stops_the_start(cockpit: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT__RISK__MAX_ORDER_VALUE__LIMITT", "5")

    for verb in (("headless", "--bars", "1"), ("config", "check")):
        ran = cockpit(*verb, "--json")
        assert (ran.code, ran.error["code"]) == (3, "CONFIG")
        assert "did you mean limit?" in ran.error["message"]
        assert ran.error["hint"] == ("" if verb[0] == "config" else "see cockpit config check")


def test_a_configuration_that_cannot_be_read_leaves_mode_and_account_open(cockpit: CommandLine, tmp_path: Path) -> None:
    ran = cockpit("orders", "list", "--config", str(tmp_path / "none.toml"), "--json")

    assert (ran.code, ran.error["code"]) == (3, "CONFIG")
    assert (ran.envelope["mode"], ran.envelope["account"]) == (None, None)


def test_an_account_that_is_held_names_who_holds_it(cockpit: CommandLine, traded: Paths) -> None:
    lock = Lock.take(traded.account / "lock")
    try:
        ran = cockpit("headless", "--bars", "1", "--json")
    finally:
        lock.release()

    told = [json.loads(line) for line in (traded.log / "cockpit.jsonl").read_text().splitlines()]
    assert (told[-1]["event"], told[-1]["text"], told[-1]["code"]) == ("SECURITY", "headless: refused", "LOCKED")
    assert (ran.code, ran.error["code"]) == (9, "LOCKED")
    assert f"process {ran.error['details']['pid']} " in ran.error["message"]


@pytest.mark.parametrize("verb", [("journal", "verify"), ("headless", "--bars", "1", "--no-progress")], ids=" ".join)
def test_a_journal_that_was_changed_is_refused_by_the_record_that_shows_it(
    cockpit: CommandLine, traded: Paths, verb: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(traded.journal)) as connection:
        connection.execute("DROP TRIGGER records_refuse_update")
        connection.execute("UPDATE records SET payload = replace(payload, 'bars', 'bards') WHERE kind = 'RunEnded'")
        connection.commit()
        (changed,) = connection.execute("SELECT seq FROM records WHERE kind = 'RunEnded'").fetchone()

    ran = cockpit(*verb, "--json")

    assert (ran.code, ran.error["code"]) == (12, "JOURNAL_BROKEN")
    assert ran.error["details"]["seq"] == changed
    assert f"record {changed}:" in ran.error["message"]


@pytest.mark.parametrize("verb", [("journal", "verify"), ("orders", "list"), ("headless", "--bars", "1")], ids=" ".join)
def test_a_journal_of_a_newer_version_is_not_guessed_at(
    cockpit: CommandLine, traded: Paths, verb: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(traded.journal)) as connection:
        connection.execute("PRAGMA user_version = 99")

    ran = cockpit(*verb, "--json")

    assert (ran.code, ran.error["code"]) == (12, "JOURNAL_NEWER")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frobnicate"], "frobnicate"),
        (["orders", "frobnicate"], "frobnicate"),
        (["orders", "list", "--status", "odd"], "odd"),
        (["orders", "show"], "ID"),
        (["headless", "--nonsense"], "--nonsense"),
    ],
)
def test_what_cannot_be_understood_is_a_usage_error(cockpit: CommandLine, arguments: list[str], said: str) -> None:
    ran = cockpit(*arguments, "--json")

    assert (ran.code, ran.error["code"]) == (2, "USAGE")
    assert said in ran.error["message"]
    assert cockpit(*arguments).out == ""


def test_a_group_without_a_verb_answers_with_its_verbs(cockpit: CommandLine) -> None:
    ran = cockpit("orders")

    assert ran.code == 2
    assert "show  Show one order" in ran.err
