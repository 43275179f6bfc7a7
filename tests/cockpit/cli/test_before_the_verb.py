"""Options that every verb has may also stand before it."""

from pathlib import Path

import pytest
import typer

from cockpit.cli.app import _GROUPS, app, behind_the_verb
from tests.doubles.command_line import CommandLine


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--json orders list", "orders list --json"),
        ("orders --json list --limit 3", "orders list --json --limit 3"),
        ("--config a.toml headless --bars 3", "headless --config a.toml --bars 3"),
        ("--config=a.toml -c b.toml risk status", "risk status --config=a.toml -c b.toml"),
        ("--state here --json journal show 4", "journal show --state here --json 4"),
        ("headless --bars 3 --json", "headless --bars 3 --json"),
        ("--version", "--version"),
        ("--json --help", "--json --help"),
        ("--config", "--config"),
        ("orders --help", "orders --help"),
        ("", ""),
    ],
)
def test_what_stands_before_the_verb_is_taken_as_behind_it(typed: str, meant: str) -> None:
    assert behind_the_verb(typed.split()) == meant.split()


def test_what_stands_behind_the_verb_holds(cockpit: CommandLine, tmp_path: Path) -> None:
    assert cockpit("--config", str(tmp_path / "none.toml"), "config", "show", "--json").code == 3
    assert cockpit("--json", "--config", str(tmp_path / "none.toml"), "config", "show", "-c", "config.toml").code == 0


def test_a_verb_before_which_json_stands_prints_one_object(cockpit: CommandLine) -> None:
    assert cockpit("--json", "orders", "list").data == []


def test_every_group_of_verbs_is_known() -> None:
    found = {
        group.typer_instance.info.name
        for group in app.registered_groups
        if isinstance(group.typer_instance, typer.Typer)
    }

    assert found == _GROUPS
