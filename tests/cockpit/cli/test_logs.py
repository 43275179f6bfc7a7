"""The log, read again: what is chosen, what is shown, and what cannot be read."""

import json
import sys

import pytest
import typer

from cockpit.cli.logs import COLORS
from cockpit.log.access import NAME
from cockpit.log.level import LogLevel
from cockpit.paths import Paths
from tests.doubles.command_line import CommandLine


def line(level: str, number: int, **more: object) -> str:
    """A line of the log; `number` is its minute and its record."""
    wall = f"2026-11-20T11:{number:02d}:00.000Z"
    return json.dumps({"wall": wall, "level": level, "event": "SYSTEM_HEALTH", "seq": number, **more})


@pytest.fixture
def log(paths: Paths) -> Paths:
    """A log that was turned over twice, with a line of each level in the newest file."""
    paths.log.mkdir(parents=True, mode=0o700)
    levels = [
        line(level.name, 10 + level, text="at\x1b[2J work") for level in LogLevel if level is not LogLevel.CRITICAL
    ]
    (paths.log / f"{NAME}.2").write_text(line("INFO", 1) + "\n")
    (paths.log / f"{NAME}.1").write_text(line("INFO", 2) + "\n" + line("ERROR", 3) + "\n")
    (paths.log / NAME).write_text("\n".join(levels) + "\n")
    return paths


def numbers(ran_data: list[dict[str, int]]) -> list[int]:
    return [each["seq"] for each in ran_data]


@pytest.mark.usefixtures("log")
def test_lines_are_told_over_all_files_in_their_order_from_a_level_on(cockpit: CommandLine) -> None:
    assert numbers(cockpit("logs", "--json").data) == [1, 2, 3, 30, 40, 50]
    assert numbers(cockpit("logs", "--level", "error", "--json").data) == [3, 50]
    assert numbers(cockpit("logs", "--level", "TRACE", "--json").data) == [1, 2, 3, 15, 20, 30, 40, 50]
    assert numbers(cockpit("logs", "--limit", "2", "--json").data) == [40, 50]


@pytest.mark.usefixtures("log")
def test_a_beginning_is_of_the_wall_clock(cockpit: CommandLine) -> None:
    assert numbers(cockpit("logs", "--since", "2026-11-20T11:30Z", "--json").data) == [30, 40, 50]
    assert cockpit("logs", "--since", "2999-01-01", "--json").data == []
    assert cockpit("logs", "--since", "lately", "--json").error["code"] == "USAGE"


@pytest.mark.usefixtures("log")
def test_a_level_that_is_none_is_answered_with_the_nearest(cockpit: CommandLine) -> None:
    assert "did you mean WARNING?" in cockpit("logs", "--level", "waring", "--json").error["message"]
    far = cockpit("logs", "--level", "foo", "--json").error["message"]
    assert far == "no level foo; it has: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL"


@pytest.mark.usefixtures("log")
def test_the_page_has_a_line_each_with_its_record_and_what_only_it_has(cockpit: CommandLine) -> None:
    heading, *lines = cockpit("logs").out.splitlines()

    assert heading.split() == ["WALL", "LEVEL", "EVENT", "RECORD", "WHAT"]
    assert lines[-1].split() == ["2026-11-20T11:50:00.000Z", "█", "ERROR", "SYSTEM_HEALTH", "50", "text=at", "work"]
    assert "\x1b" not in "".join(lines)


@pytest.mark.usefixtures("log")
def test_at_a_terminal_each_level_has_its_color_and_nowhere_else(
    cockpit: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _stream: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    colored = cockpit("logs", "--level", "trace").out
    monkeypatch.setenv("NO_COLOR", "1")
    plain = cockpit("logs", "--level", "trace").out

    for level in ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR"):
        assert f"{typer.style('█', fg=COLORS[level])} {level}" in colored
    assert set(COLORS) == set(LogLevel.__members__)
    assert len(set(COLORS.values())) == len(COLORS)
    assert "\x1b" not in plain


def test_lines_that_are_none_are_left_out_and_counted(cockpit: CommandLine, log: Paths) -> None:
    torn = ['{"wall":', "", "[]", '{"wall":1,"level":"INFO","event":"X"}', '{"wall":"w","level":"LOUD","event":"X"}']
    torn += [f'{{"wall":"w","level":"INFO","event":"X","n":{"[" * deep}{"]" * deep}}}' for deep in (40, 940, 100_000)]
    with (log.log / NAME).open("ab") as file:
        file.write("\n".join(torn).encode() + b"\n\xff\xfe\n")

    ran = cockpit("logs", "--json")

    assert numbers(ran.data) == [1, 2, 3, 30, 40, 50]
    assert ran.envelope["warnings"] == [f"9 lines of {log.log / NAME} could not be read"]


def test_before_the_first_run_there_is_no_log_and_that_is_said(cockpit: CommandLine, paths: Paths) -> None:
    ran = cockpit("logs", "--json")

    assert ran.data == []
    assert ran.envelope["warnings"] == [f"there is no log at {paths.log / NAME}: nothing has run yet"]
    assert cockpit("logs").out == "no lines\n"


def test_what_a_run_said_is_there(cockpit: CommandLine, traded: Paths) -> None:
    filled = [each for each in cockpit("logs", "--limit", "500", "--json").data if each["event"] == "ORDER_FILLED"]
    listed = cockpit("journal", "show", "--kind", "OrderFilled", "--limit", "500", "--json").data

    assert traded.log.exists()
    assert numbers(filled) == [record["seq"] for record in listed]
