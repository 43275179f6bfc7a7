"""Verbs between runs and over several: what is said of a journal that goes on, and of one that was touched."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from tests.doubles.command_line import CommandLine

SHORT = ("headless", "--bars", "12", "--speed", "max", "--no-progress", "--json")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """The journal of the account that the verbs use."""
    return tmp_path / "state" / "paper" / "sim" / "SIM-000001" / "journal.sqlite"


def test_a_run_that_goes_on_reports_an_account_whose_figures_add_up(cockpit: CommandLine) -> None:
    cockpit(*SHORT)
    data = cockpit(*SHORT).data

    made = Decimal(data["realized"]) + Decimal(data["unrealized"]) - Decimal(data["fees"]["USD"])
    assert made == Decimal(data["equity"]) - 100_000


def test_a_start_before_the_cursor_is_said_to_have_no_effect(cockpit: CommandLine) -> None:
    assert cockpit(*SHORT, "--from", "2010-02-26").envelope["warnings"] == []

    (warning,) = cockpit(*SHORT, "--from", "2010-02-26").envelope["warnings"]

    assert "--from had no effect" in warning


def test_what_is_asked_at_rest_says_that_the_next_start_is_stopped(cockpit: CommandLine) -> None:
    cockpit(*SHORT)
    cockpit("stop", "--yes", "--reason", "bad prices")

    (warning,) = cockpit("risk", "status", "--json").envelope["warnings"]

    assert "bad prices" in warning
    assert "the next start is HALTED" in warning


def test_nothing_is_shown_of_a_journal_that_was_touched_and_a_stop_stands_all_the_same(
    cockpit: CommandLine, journal: Path
) -> None:
    cockpit(*SHORT)
    with sqlite3.connect(journal) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
        file.execute("UPDATE records SET payload = replace(payload, 'AAPL', 'APPL') WHERE seq = 20")

    assert cockpit("orders", "list").code == 12
    stopped = cockpit("stop", "--yes", "--json")
    assert stopped.data["orders"] is None
    assert journal.with_name("HALTED").exists()
