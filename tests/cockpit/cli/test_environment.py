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


LIMITS = {
    "MAX_CONCURRENT_TRADES": ("4", "risk", "max_trades", "limit"),
    "RISK_PER_TRADE": ("0.02", "sizing", "fixed_risk", "risk_frac"),
    "MAX_DAILY_LOSS": ("0.06", "risk", "daily_loss", "limit_frac"),
    "CIRCUIT_BREAKER_THRESHOLD": ("0.12", "risk", "drawdown", "halt_frac"),
}


@pytest.mark.parametrize("is_file", [True, False])
def test_limits_by_the_names_that_programs_share_hold_and_are_shown_with_their_source(
    cockpit: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_file: bool
) -> None:
    """RSK-09."""
    monkeypatch.chdir(tmp_path)
    if is_file:
        (tmp_path / ".env").write_text("\n".join(f"{name}={value[0]}" for name, value in LIMITS.items()))
    for name, value in LIMITS.items():
        if not is_file:
            monkeypatch.setenv(name, value[0])

    shown = cockpit("config", "show", "--json").data
    checked = cockpit("config", "check", "--json")

    for name, (said, kind, table, option) in LIMITS.items():
        assert str(shown[kind][table][option]) == said
        assert shown["variables"][f"{kind}.{table}.{option}"] == name
    assert (checked.code, checked.envelope["warnings"]) == (0, [])


def test_our_own_variable_comes_before_the_shared_name(cockpit: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_CONCURRENT_TRADES", "4")
    monkeypatch.setenv("COCKPIT__RISK__MAX_TRADES__LIMIT", "2")

    shown = cockpit("config", "show", "--json").data

    assert shown["risk"]["max_trades"]["limit"] == 2
    assert shown["variables"] == {"risk.max_trades.limit": "COCKPIT__RISK__MAX_TRADES__LIMIT"}


@pytest.mark.parametrize(("name", "value"), [("MAX_DAILY_LOSS", "6 %"), ("CIRCUIT_BREAKER_THRESHOLD", "0.01")])
def test_a_shared_limit_that_means_nothing_is_refused_by_its_name(
    cockpit: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    ran = cockpit("config", "check", "--json")

    assert (ran.code, ran.error["message"].partition(":")[0]) == (3, name)


def test_the_risk_per_trade_is_of_the_sizer_that_sizes_by_it(
    cockpit: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lots.toml").write_text("[sizing.fixed_lot]\nlots = 5\n")
    monkeypatch.setenv("RISK_PER_TRADE", "0.02")

    ran = cockpit("config", "check", "--config", str(tmp_path / "lots.toml"), "--json")

    assert (ran.code, len(ran.envelope["warnings"])) == (0, 1)
    assert "RISK_PER_TRADE=0.02 has no effect" in ran.envelope["warnings"][0]
