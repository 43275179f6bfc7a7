"""Every way to fail has one exit code, one line on stderr and, for a program, one object on stdout."""

import errno
import json
import os
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cockpit.cli.failure import failure_of
from cockpit.exits import Exit, Failure
from cockpit.paths import Paths
from cockpit.settings import ConfigError
from oms.journal.errors import JournalBroken, JournalError, JournalLocked, JournalNewer
from oms.journal.lock import Lock
from oms.journal.private import make_folder
from tests.doubles.command_line import CommandLine

ASK = "cockpit risk status, positions list and orders list show what it does, cockpit stop stops its trading,"


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


@pytest.mark.parametrize(
    ("held", "command", "hint"),
    [
        (JournalLocked(Path("lock"), 4711, os.uname().nodename), "headless", f"{ASK} kill 4711 ends it"),
        (JournalLocked(Path("lock"), 4711, "elsewhere"), "headless", f"{ASK} kill 4711 on elsewhere ends it"),
        (JournalLocked(Path("lock"), None, ""), "headless", f"{ASK} it ends with its process"),
        (
            JournalLocked(Path("lock"), 4711, os.uname().nodename),
            "run",
            f"{ASK} kill 4711 ends it, and only the run after that has a screen",
        ),
    ],
)
def test_who_finds_an_engine_is_told_how_to_look_at_it_to_stop_it_and_to_end_it(
    held: JournalLocked, command: str, hint: str
) -> None:
    assert failure_of(held, None, command).hint == hint


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
    assert "show     Show one order" in ran.err


def test_a_damaged_journal_is_named_with_what_that_means(cockpit: CommandLine, traded: Paths) -> None:
    with closing(sqlite3.connect(traded.journal)) as connection:
        connection.execute("DROP TRIGGER records_refuse_update")
        connection.execute("UPDATE records SET seq = 0 WHERE seq = 1")
        connection.commit()

    for verb in (("orders", "list"), ("journal", "show", "--after", "0")):
        error = cockpit(*verb, "--json").error
        assert f"{traded.journal} is damaged or was changed: record " in error["message"]
        assert "headless --fresh" in error["hint"]


def test_a_journal_that_is_a_folder_is_said_to_be_one(cockpit: CommandLine, paths: Paths) -> None:
    make_folder(paths.journal)

    for verb in (("orders", "list"), ("headless", "--bars", "1", "--no-progress")):
        error = cockpit(*verb, "--json").error
        assert (error["exit"], f"{paths.journal} is a folder and no journal" in error["message"]) == (12, True)


def test_a_venue_book_that_is_damaged_fails_as_one_that_is_missing(cockpit: CommandLine, traded: Paths) -> None:
    traded.venue.write_text("no book" * 1_000)
    damaged = cockpit("headless", "--bars", "1", "--no-progress", "--json").error
    traded.venue.unlink()
    missing = cockpit("headless", "--bars", "1", "--no-progress", "--json").error

    assert damaged["code"] == "VENUE_BOOK"
    assert (damaged["exit"], damaged["hint"]) == (missing["exit"], missing["hint"])
    assert "headless --fresh" in damaged["hint"]


@pytest.mark.usefixtures("paths")
@pytest.mark.parametrize("verb", [("journal", "show"), ("orders", "list")], ids=" ".join)
def test_more_records_than_can_be_counted_is_a_usage_error(cockpit: CommandLine, verb: tuple[str, str]) -> None:
    assert cockpit(*verb, "--limit", "99999999999999999999", "--json").error["code"] == "USAGE"


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        ("--help", ">/dev/full"),
        ("--version", ">/dev/full"),
        ("orders list", ">/dev/full"),
        ("orders list", ">&-"),
    ],
)
def test_an_answer_that_cannot_be_written_is_one_line_and_a_failure(words: str, closed: str) -> None:
    command = f"{shlex.quote(sys.executable)} -P -m cockpit {words} {closed}"
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)

    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    assert [line for line in ran.stderr.splitlines() if not line.startswith("warning: ")] == [
        f"cockpit: the answer could not be written: {os.strerror(errno.ENOSPC if 'full' in closed else errno.EBADF)}"
    ]


def test_an_answer_goes_out_though_nobody_hears_the_words(paths: Paths) -> None:
    command = f"{shlex.quote(sys.executable)} -P -m cockpit orders list --state {shlex.quote(str(paths.state))} 2>&-"
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (0, "no orders\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("journal", "show", "--kind", "{}"),
        ("logs", "--level", "{}"),
        ("logs", "--since", "{}"),
        ("headless", "--speed", "{}"),
        ("headless", "--config", "{}"),
        ("orders", "show", "{}"),
        ("stop", "--config", "{}"),
    ],
)
@pytest.mark.parametrize("odd", ["a\u202eb", "a\udcffb", "a\x1b[31mb"])
def test_what_could_reorder_or_break_a_line_is_made_safe_for_programs_too(
    cockpit: CommandLine, traded: Paths, arguments: tuple[str, ...], odd: str
) -> None:
    ran = cockpit(*(word.format(odd) for word in arguments), "--json")

    assert ran.code != 0
    assert not {"\u202e", "\udcff", "\x1b"} & set(str(ran.error) + ran.out + ran.err)
    assert traded.journal.exists()


@pytest.mark.usefixtures("paths")
def test_a_reason_is_kept_to_two_hundred_characters(cockpit: CommandLine) -> None:
    reason = cockpit("stop", "--reason", "x" * 5_000, "--json").data["reason"]

    assert (len(reason), reason[-1]) == (200, "…")
