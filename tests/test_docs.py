"""What the documents promise is there, and what is there is in the documents."""

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from cockpit.cli.app import app
from cockpit.exits import Exit
from cockpit.tui.keys import ACTIONS
from tests.doubles.command_line import CommandLine

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def verbs() -> list[str]:
    """Return the verbs of the command line as a user types them."""
    commands = [c.name or c.callback.__name__.replace("_", "-") for c in app.registered_commands if c.callback]
    groups = [
        group.name or (group.typer_instance and group.typer_instance.info.name) for group in app.registered_groups
    ]
    return commands + [str(name) for name in groups]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_link_to_a_file_leads_to_one(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]

    assert [target for target in targets if target and not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_file_named_in_a_document_exists(document: Path) -> None:
    """A name with a slash is a path from the top of the project; one in a table of folders ends with a slash."""
    named = re.findall(
        r"`((?:cockpit|brokers|strategies|risk|oms|tests|docs|\.ci)/[\w./]*)`", document.read_text("utf-8")
    )

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_layout_names_every_package() -> None:
    packages = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert [package for package in packages if f"| `{package}/` |" not in README] == []


def test_every_verb_is_in_the_readme() -> None:
    assert [verb for verb in verbs() if not re.search(rf"\b(cockpit|run\.py) {verb}\b", README)] == []


def test_the_readme_states_the_pythons_that_the_project_declares() -> None:
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.15"
    assert "Python 3.11 to 3.14" in README


def test_the_changelog_opens_with_what_is_not_released_yet_or_with_this_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert headings[0] in {"Unreleased", PROJECT["project"]["version"]}


def test_the_keys_in_the_readme_are_the_keys_of_the_screen() -> None:
    """To change them, change the table of actions, and put what this test expected into the README."""
    rows = [f"| {shown_keys(action.names)} | {action.help} |" for action in ACTIONS]
    table = "\n".join(["| Key | What it does |", "|---|---|", *rows])
    found = re.search(r"<!-- keys: begin -->\n(.*)\n<!-- keys: end -->", README, re.DOTALL)

    assert found is not None
    assert found[1] == table


def shown_keys(names: Sequence[str]) -> str:
    """Return keys as a document shows them."""
    return " ".join(f"`{name}`" for name in names)


def commands() -> list[list[str]]:
    """Return the commands of the README's code blocks, in order, without their comments."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [
        shlex.split(line, comments=True) for language, block in blocks if not language for line in block.splitlines()
    ]


SMALLER = {  # what a document shows at full length, a test runs once and small
    "bench/kill.py": ["--rounds", "1"],
    "bench/kill_journal.py": ["--rounds", "1"],
    "bench/torn_journal.py": ["--cuts", "3"],
    "bench/power_journal.py": ["--images", "3"],
    "bench/model.py": ["--steps", "500"],
    "bench/lost_answers.py": ["--orders", "100", "--fills", "500"],
    "bench/keys.py": ["--storms", "3"],
    "bench/pipeline.py": ["--orders", "500", "--singles", "20", "--rounds", "1"],
    "bench/bytecodes.py": ["--orders", "16", "--functions", "5"],
    "bench/stop.py": ["--times", "1", "--orders", "50", "--tickets", "500", "--fault", "none"],
    "bench/wire.py": ["--secs", "2", "--hours", "0.05"],
    "bench/ui.py": ["--secs", "0.2", "--keys", "5", "--paints", "1", "--fill", "0.5"],
}
LAUNCHER = {("python3", "run.py"), ("python3", "run.py", "test"), ("python3", "run.py", "check")}


def ran(arguments: Sequence[str]) -> None:
    """Run Python with these arguments from the top of the project, to its end and without a complaint."""
    whole = [sys.executable, *arguments]
    done = subprocess.run(
        whole, capture_output=True, text=True, check=False, cwd=ROOT, stdin=subprocess.DEVNULL, timeout=50
    )

    assert done.returncode == 0, (whole, done.stdout, done.stderr)


def test_the_verbs_of_the_readme_do_what_it_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order in which they stand, on one state: what the first one leaves, the others ask about. The first and
    the last are processes, as all are at a keyboard; those between run in this one."""
    monkeypatch.chdir(ROOT)
    typed = [command for command in commands() if command[0] == "cockpit"]
    first, *others, last = typed
    ran(["-m", *first])
    for _, *arguments in others:
        done = CommandLine(capsys)(*arguments)
        # what the first left working no engine cancels before the next start, so the stop is done in part
        assert done.code == (Exit.PARTIAL if arguments[0] == "stop" else Exit.OK), (arguments, done)
    ran(["-m", *last])

    assert len(typed) >= len(verbs()) - 1, "the screen needs a terminal and is shown elsewhere"


@pytest.mark.parametrize("bench", sorted(SMALLER))
def test_a_longer_command_of_the_readme_runs(bench: str) -> None:
    assert ["python", bench] in [command[:2] for command in commands()]
    ran([bench, *SMALLER[bench]])


def test_the_readme_shows_no_other_commands() -> None:
    others = [command for command in commands() if command[0] != "cockpit" and command[1:2] != ["check"]]

    for command in others:
        assert tuple(command[:3]) in LAUNCHER or command == [".ci/run"] or command[1] in SMALLER, command
