"""`cockpit risk status` says which limits hold, also before anything has run and however they were written."""

from pathlib import Path

import pytest

from cockpit.paths import Paths
from risk.catalog import RULES
from tests.doubles.command_line import CommandLine

RUN = ("headless", "--bars", "1", "--speed", "max", "--no-progress", "--json")


def test_before_anything_has_run_the_configured_limits_are_shown_with_nothing_observed(
    cockpit: CommandLine, tmp_path: Path
) -> None:
    settings = tmp_path / "mine.toml"
    settings.write_text("[risk.max_positions]\nlimit = 7\n")

    data = cockpit("risk", "status", "--config", str(settings), "--json").data
    page = cockpit("risk", "status", "--config", str(settings)).out

    rules = {row["rule"]: row for row in data["rules"]}
    assert rules["max_positions"] == {
        "rule": "max_positions",
        "limit": "7",
        "observed": None,
        "used_frac": None,
        "verdict": None,
    }
    assert [row["rule"] for row in data["limits"]] == list(RULES)
    assert next(line.split() for line in page.splitlines() if line.startswith("max_positions")) == [
        *("max_positions", "—", "7", "—", "—")
    ]


def test_a_stop_before_anything_has_run_leaves_the_configured_limits_to_be_seen(cockpit: CommandLine) -> None:
    cockpit("stop", "--yes")

    data = cockpit("risk", "status", "--json").data

    assert (data["state"], data["level"]) == ("HALTED", "CRITICAL")
    assert [row["rule"] for row in data["limits"]] == list(RULES)


@pytest.mark.usefixtures("paths")
def test_the_limits_before_a_run_are_those_that_its_journal_has_after_it(cockpit: CommandLine) -> None:
    before = cockpit("risk", "status", "--json").data["limits"]
    cockpit(*RUN)

    assert cockpit("risk", "status", "--json").data["limits"] == before


def test_a_limit_with_an_exponent_can_be_asked_for_after_the_run_that_it_held_in(
    cockpit: CommandLine, tmp_path: Path, paths: Paths
) -> None:
    settings = tmp_path / "mine.toml"
    settings.write_text("[risk.max_order_value]\nlimit = 1e4\n[risk.daily_loss]\nlimit = 0.0000001\n")
    assert cockpit(*RUN, "--config", str(settings)).code == 0

    limits = {row["rule"]: row["limit"] for row in cockpit("risk", "status", "--json").data["limits"]}

    assert (limits["max_order_value"], limits["daily_loss"]) == ("10000", "0.0000001")
    assert paths.journal.exists()


def test_a_limit_that_nobody_could_write_out_is_refused_before_a_run(cockpit: CommandLine, tmp_path: Path) -> None:
    settings = tmp_path / "mine.toml"
    settings.write_text("[risk.daily_loss]\nlimit_frac = 1e-400\n")

    ran = cockpit("config", "check", "--config", str(settings), "--json")

    assert ran.code == 3
    assert "[risk.daily_loss] limit_frac must be a number with at most 15 digits" in ran.error["message"]
