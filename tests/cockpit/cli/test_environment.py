"""A `.env` file as a command meets it."""

from pathlib import Path

import pytest

from tests.doubles.command_line import CommandLine


def test_a_dotenv_file_in_the_current_folder_is_in_force(
    cockpit: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("COCKPIT__SESSION__SEED=11\n")

    assert cockpit("config", "show", "--json").data["session"]["seed"] == 11


def test_a_dotenv_file_that_says_nothing_is_a_configuration_error(
    cockpit: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("seed 11\n")
    ran = cockpit("config", "show", "--json")

    assert ran.code == 3
    assert "line 1 must be NAME=value" in ran.error["message"]


def test_a_state_folder_without_a_name_is_not_the_current_folder(cockpit: CommandLine) -> None:
    ran = cockpit("risk", "status", "--state", "")

    assert ran.code == 2
    assert "names no folder" in ran.err
