"""What a `.env` file adds to the environment, and what it may not."""

from pathlib import Path

import pytest

from cockpit.config import load
from cockpit.environment import environment
from cockpit.settings import ConfigError


def told(folder: Path, text: str, process: dict[str, str] | None = None) -> dict[str, str]:
    """Return the environment beside a file with this text."""
    (folder / ".env").write_text(text)
    return environment(process or {}, folder)


def test_without_a_file_the_environment_is_the_process_own(tmp_path: Path) -> None:
    assert environment({"HOME": "/home/ann"}, tmp_path) == {"HOME": "/home/ann"}


def test_a_value_of_the_file_reaches_the_settings(tmp_path: Path) -> None:
    environ = told(
        tmp_path, "# mine\n\nCOCKPIT__SESSION__SEED=11\nexport COCKPIT__UI__THEME='high-contrast'  # light\n"
    )
    settings = load(None, environ)

    assert (settings.session.seed, settings.ui.theme) == (11, "high-contrast")


def test_the_environment_itself_comes_first(tmp_path: Path) -> None:
    environ = told(tmp_path, "COCKPIT_STATE=there\n", {"COCKPIT_STATE": "here"})

    assert environ == {"COCKPIT_STATE": "here"}


def test_what_others_keep_in_the_file_stays_out(tmp_path: Path) -> None:
    assert told(tmp_path, "PATH=/evil\nLD_PRELOAD=x\nCOCKPIT_STATE=s # note\n") == {"COCKPIT_STATE": "s"}


@pytest.mark.parametrize("line", ["COCKPIT_STATE", "COCKPIT STATE=x", "=x", "1X=2", "ＣOCKPIT=1"])
def test_a_line_that_says_nothing_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError, match=r"\.env: line 2 must be NAME=value or a comment"):
        told(tmp_path, f"COCKPIT_STATE=s\n{line}\n")


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigError, match=r"\.env: is no text in UTF-8$"):
        environment({}, tmp_path)


def test_the_example_changes_nothing_until_something_is_uncommented(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / ".env.example"
    lines = example.read_text().splitlines()

    assert told(tmp_path, "\n".join(lines)) == {}

    uncommented = [line.removeprefix("# ") for line in lines if "=" in line and "KEY=" not in line]
    environ = told(tmp_path, "\n".join(uncommented))

    assert load(None, environ).ui.theme == "high-contrast"


@pytest.mark.parametrize(
    ("process", "level"),
    [
        ({}, "INFO"),
        ({"LOG_LEVEL": "DEBUG"}, "DEBUG"),
        ({"LOG_LEVEL": "warning"}, "WARNING"),
        ({"LOG_LEVEL": "verbose"}, "INFO"),
        ({"LOG_LEVEL": "DEBUG", "COCKPIT__LOG__LEVEL": "ERROR"}, "ERROR"),
    ],
)
def test_the_level_of_the_log_is_also_taken_from_the_variable_that_everybody_reads(
    tmp_path: Path, process: dict[str, str], level: str
) -> None:
    assert load(None, environment(process, tmp_path)).log.level == level
