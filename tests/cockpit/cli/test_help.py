"""Every help page tells how to begin and how it can end."""

import re
import shlex

import pytest
import typer

from cockpit.cli.app import app
from cockpit.exits import Exit
from tests.doubles.command_line import CommandLine


def pages() -> list[list[str]]:
    """Return the words of every verb and group."""
    verbs = [
        [str(command.name or (command.callback and command.callback.__name__))] for command in app.registered_commands
    ]
    found: list[list[str]] = [[], *verbs]
    for group in app.registered_groups:
        inner = group.typer_instance
        assert isinstance(inner, typer.Typer)
        name = str(inner.info.name)
        found.append([name])
        found += [[name, str(command.name)] for command in inner.registered_commands]
    return found


@pytest.mark.parametrize("words", pages(), ids=lambda words: " ".join(words) or "cockpit")
def test_a_help_page_ends_with_two_examples_and_the_exit_codes(cockpit: CommandLine, words: list[str]) -> None:
    ran = cockpit(*words, "--help")

    examples = re.findall(r"^ +(cockpit .+)$", ran.out.partition("Examples:")[2], re.MULTILINE)
    codes = re.findall(r"^ +(\d+)  (.+)$", ran.out.partition("Exit codes:")[2], re.MULTILINE)
    assert ran.code == 0
    assert len(examples) == 2
    assert len(codes) >= 3
    assert all(Exit(int(code)).meaning == meaning for code, meaning in codes)
    for example in examples:
        assert example.startswith(" ".join(["cockpit", *words]))
        assert cockpit(*shlex.split(example)[1:], "--help").code == 0


def test_every_exit_code_has_a_meaning() -> None:
    assert all(code.meaning for code in Exit)
    assert len({code.meaning for code in Exit}) == len(Exit)
