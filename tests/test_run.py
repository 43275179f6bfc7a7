"""The launcher, run as a trader runs it: a folder, an interpreter outside any environment, and a pip.

Only pip is a double, so that nothing is fetched. It is found first on PYTHONPATH, writes down how it was called, and
"installs" programs that do the same. What it does beyond that is set by PIP_DOES.
"""

import ast
import os
import pty
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The interpreter our own environment was made from: to it, no environment is active.
PYTHON = Path(sys.executable).resolve()

PIP = """
import os, pathlib, signal, sys

does, version = os.environ.get("PIP_DOES", ""), os.environ.get("PIP_VERSION", "23.0.1")
if sys.argv[1:] == ["--version"]:
    print("pip " + version + " from nowhere")
    sys.exit()
here = pathlib.Path(os.environ["CALLS"]).parent
with open(os.environ["CALLS"], "a") as calls:
    print(*sys.argv[1:], file=calls)
if does == "is killed with its parent":
    os.kill(os.getppid(), signal.SIGKILL)
    sys.exit(1)
if does == "waits":
    (here / "gate").read_text()
if does == "fails":
    print("Collecting numpy")
    print("ERROR: No space left on device")
    sys.exit(1)
if does == "is offline":
    print("WARNING: Retrying after connection broken by 'NewConnectionError'")
    print("ERROR: No matching distribution found for hatchling")
    sys.exit(1)
if does == "cannot build":
    print("  error: subprocess-exited-with-error")
    print("      OSError: no compiler")
    print("      [end of output]")
    print("hint: see above")
    sys.exit(1)
print("Collecting numpy>=2.2")
print("Collecting rich>=14.2")
print("Installing collected packages: numpy, rich")
programs = pathlib.Path(sys.argv[sys.argv.index("--python") + 1]).parent
for name in ("ruff", "mypy", "lint-imports"):
    program = programs / name
    program.write_text("#!/bin/sh\\necho ran " + name + " $*\\nexit ${EXIT_" + name.replace("-", "_") + ":-0}\\n")
    program.chmod(0o755)
"""

PROGRAM = """
import os, sys

print("{name}", *sys.argv[1:], "in", os.getcwd(), "by", sys.prefix)
sys.exit(7)
"""


class Checkout:
    """A folder with the launcher in it, on a machine of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.folder.mkdir()
        for name in ("run.py", "pyproject.toml"):
            (self.folder / name).write_bytes((ROOT / name).read_bytes())
        self.calls = folder / "calls"
        self.modules = folder / "modules"
        for name, text in (("pip", PIP), ("cockpit", PROGRAM), ("pytest", PROGRAM)):
            (self.modules / name).mkdir(parents=True)
            (self.modules / name / "__init__.py").touch()
            (self.modules / name / "__main__.py").write_text(text.replace("{name}", name))
        self.environment = {"PATH": os.defpath, "PYTHONPATH": str(self.modules), "CALLS": str(self.calls)}

    def start(self, *arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PYTHON, str(self.folder / "run.py"), *arguments],
            cwd=cwd or self.folder,
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, cwd: Path | None = None, **variables: str) -> tuple[int, str, str]:
        """Return exit code, output and what the launcher said beside it."""
        with self.start(*arguments, cwd=cwd, **variables) as process:
            output, said = process.communicate()
        return process.returncode, output, said

    def installs(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_run_says_in_one_line_that_it_installs_once_and_then_is_the_cockpit(checkout: Checkout) -> None:
    code, output, said = checkout.run()

    assert code == 7
    assert output.startswith("cockpit run in ")
    assert said == f"run.py: installing the cockpit in {checkout.folder}/.venv, once\n"


def test_an_environment_that_another_checkout_runs_is_taken_over_aloud_and_given_back(tmp_path: Path) -> None:
    """Linked to or active, it may serve two checkouts, but what it runs is the one installed last."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = Checkout(tmp_path / "one"), Checkout(tmp_path / "two")
    one.run()
    one.run("test")
    (two.folder / ".venv").symlink_to(one.folder / ".venv")
    _, _, said = two.run()
    one.run("test")

    assert said == f"run.py: installing the cockpit in {two.folder}/.venv, once, instead of {one.folder}\n"
    assert len(one.installs()) == 3


def test_a_later_run_is_silent_and_installs_nothing(checkout: Checkout) -> None:
    checkout.run()
    _, output, said = checkout.run("headless", "--bars", "3")

    assert output.startswith("cockpit headless --bars 3 in ")
    assert said == ""
    assert len(checkout.installs()) == 1


def test_the_tools_for_testing_are_installed_when_tests_are_first_asked_for(checkout: Checkout) -> None:
    checkout.run()
    code, output, _ = checkout.run("test", "-q", "-k", "fill")
    checkout.run()

    assert code == 7
    assert output.startswith("pytest -q -k fill in ")
    assert [call.endswith("[test]") for call in checkout.installs()] == [False, True]


def test_a_changed_list_of_packages_is_installed_again(checkout: Checkout) -> None:
    checkout.run()
    with (checkout.folder / "pyproject.toml").open("a") as project:
        project.write("# one more\n")
    checkout.run()

    assert len(checkout.installs()) == 2


def test_a_failed_install_is_one_line_with_the_cause_and_the_command_to_retry(checkout: Checkout) -> None:
    code, output, said = checkout.run("test", "-q", PIP_DOES="fails")

    assert (code, output) == (1, "")
    announcement, reason = said.splitlines()
    assert "once" in announcement
    assert reason.startswith("run.py: cannot install: ERROR: No space left on device (all that pip said: ")
    assert reason.endswith(f"retry with: python3 {checkout.folder}/run.py test -q")


def test_without_a_network_the_cause_is_the_index_and_not_the_package(checkout: Checkout) -> None:
    _, _, said = checkout.run(PIP_DOES="is offline")

    assert "the package index cannot be reached" in said


def test_of_a_package_that_cannot_be_built_the_last_line_quoted_is_the_cause(checkout: Checkout) -> None:
    _, _, said = checkout.run(PIP_DOES="cannot build")

    assert "cannot install: OSError: no compiler (all" in said


def test_after_a_failed_install_the_next_run_installs(checkout: Checkout) -> None:
    checkout.run(PIP_DOES="fails")
    code, _, _ = checkout.run()

    assert code == 7


def test_an_install_that_was_killed_is_done_again_from_the_start(checkout: Checkout) -> None:
    checkout.run(PIP_DOES="is killed with its parent")
    half_installed = checkout.folder / ".venv" / "half_installed"
    half_installed.touch()
    code, _, _ = checkout.run()

    assert code == 7
    assert len(checkout.installs()) == 2
    assert not half_installed.exists()


def test_two_first_runs_take_turns_and_install_once(checkout: Checkout) -> None:
    os.mkfifo(checkout.calls.parent / "gate")
    with checkout.start(PIP_DOES="waits") as first:
        assert first.stderr is not None
        first.stderr.readline()
        with checkout.start(PIP_DOES="waits") as second:
            assert second.stderr is not None
            waiting = second.stderr.readline()
            (checkout.calls.parent / "gate").write_text("go")
            first.communicate()
            second.communicate()

    assert "another run.py is installing" in waiting
    assert (first.returncode, second.returncode) == (7, 7)
    assert len(checkout.installs()) == 1


def test_an_active_environment_is_used_instead_of_our_own(checkout: Checkout, tmp_path: Path) -> None:
    active = tmp_path / "active"
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", active], check=True)
    _, output, _ = checkout.run(VIRTUAL_ENV=str(active))

    assert output.strip().endswith(f"by {active}")
    assert not (checkout.folder / ".venv").exists()


def test_a_pip_that_cannot_install_into_another_environment_is_named(checkout: Checkout) -> None:
    (checkout.modules / "ensurepip.py").write_text("raise SystemExit(1)")
    code, _, said = checkout.run(PIP_VERSION="22.0.2")

    assert code == 1
    assert "pip 22.3 or newer is needed" in said


def test_on_a_terminal_the_packages_are_counted(checkout: Checkout) -> None:
    ours, theirs = pty.openpty()
    subprocess.run(
        [PYTHON, checkout.folder / "run.py"],
        env=checkout.environment,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        check=False,
    )
    said = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)

    assert said.endswith("once: 2 packages\r\n")


def test_the_cockpit_runs_where_the_trader_stands_but_never_from_there(checkout: Checkout, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "cockpit").mkdir(parents=True)
    (elsewhere / "cockpit" / "__init__.py").write_text("raise SystemExit('not ours')")
    _, output, _ = checkout.run(cwd=elsewhere)

    assert output.startswith(f"cockpit run in {elsewhere} ")


def test_check_runs_every_tool_and_exits_with_the_first_failure(checkout: Checkout) -> None:
    code, output, _ = checkout.run("check", EXIT_mypy="4", EXIT_lint_imports="5")

    assert code == 4
    assert output.splitlines() == [
        "ran ruff format --check .",
        "ran ruff check .",
        "ran mypy",
        "ran lint-imports --no-logo",
    ]


def test_an_old_python_is_told_what_it_lacks() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 8, 10); runpy.run_path('run.py', run_name='__main__')"
    told = subprocess.run([PYTHON, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False)

    assert told.returncode == 1
    assert told.stderr == "run.py: Python 3.11 or newer is needed, this is 3.8.10\n"


def test_an_old_python_can_read_the_launcher_up_to_that_sentence() -> None:
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.AsyncFunctionDef)
    tree = ast.parse((ROOT / "run.py").read_text())
    found = [f"{type(node).__name__} in line {node.lineno}" for node in ast.walk(tree) if isinstance(node, too_new)]
    _, first_import, version_check, *_ = tree.body

    assert found == []
    assert ast.unparse(first_import) == "import sys"
    assert ast.unparse(version_check).startswith("if sys.version_info < (3, 11)")


def test_pip_and_uv_install_the_same_test_tools() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["project"]["optional-dependencies"]["test"] == project["dependency-groups"]["dev"]
