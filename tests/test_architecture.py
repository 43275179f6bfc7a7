"""What the import contracts of pyproject.toml cannot see.

A graph of imports knows who imports whom. It does not know what is done with an import, nor whether a deferred one is
really deferred. So these tests read the syntax trees of every file, and start fresh interpreters and look at what they
loaded. Each search is first tried on a small piece of wrong code, because a search that finds nothing proves nothing.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("cockpit", "brokers", "strategies", "risk", "oms")
# Those that turn wall time and waiting into inputs of the engine.
RIM = {"oms/inbox.py", "oms/live_inbox.py"}
AMBIENT = re.compile(
    r"datetime\.(datetime|date)\.(now|utcnow|today)|time\.(time|monotonic|perf_counter|process_time)(_ns)?|time\.sleep"
    r"|asyncio\.sleep|uuid\.uuid[1-5]|(random|secrets|numpy\.random)(\..+)?|os\.(environ|getenv|urandom)"
)
MODE_NAME = re.compile(r"'(backtest|paper|live|analysis|replay)'", re.IGNORECASE)
COLOR = re.compile(r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3})\b|\brgba?\(", re.IGNORECASE)
# Each takes longer to load than the whole of `--help` may take.
HEAVY = {"aiosqlite", "exchange_calendars", "numpy", "pandas", "rich", "structlog", "textual"}
# Beyond the standard library; what a row does not name may not be imported there. The longest path that fits holds.
LIBRARIES = {
    "oms/domain": {"msgspec"},
    "oms": {"msgspec", "aiosqlite"},
    "risk": {"msgspec"},
    "strategies": {"msgspec"},
    "brokers": {"msgspec"},
    # It makes the tape and is not part of what is installed.
    "brokers/tapes/make_us_daily.py": {"bokeh_sampledata", "exchange_calendars", "pandas"},
}

# Functions of one name in several modules, each for a reason.
SAID_TWICE = {
    *("cancel", "check", "list_", "run", "show", "stop", "verify"),  # verbs, named as they are typed
    *("lines", "rows"),  # what every panel has
    "main",  # what a program starts with
    *("ask", "load", "words"),  # read with their module's name before them, or by its side only
    *("money", "percent"),  # the gate may not import the screen's; a test holds each pair equal
    "price",  # a number as text, and what an order is valued at
}

LONGEST_FUNCTION, LONGEST_FILE = 70, 400


FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@cache
def trees() -> dict[str, ast.Module]:
    """Return file -> syntax tree. Read when first asked for: every process collects this file and one runs it."""
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Return local name -> full name, for every import at any depth."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {
                a.asname or a.name.split(".")[0]: a.name if a.asname else a.name.split(".")[0] for a in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return names


def full_name(node: ast.expr, names: dict[str, str]) -> str:
    """Return `np.random.rand` as `numpy.random.rand`; empty when it does not begin with an imported name."""
    if isinstance(node, ast.Attribute) and (owner := full_name(node.value, names)):
        return f"{owner}.{node.attr}"
    return names.get(node.id, "") if isinstance(node, ast.Name) else ""


def ambient(tree: ast.Module) -> Iterable[str]:
    """Yield each place that asks the machine for time, chance or settings instead of being told."""
    names = imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and AMBIENT.fullmatch(full_name(node, names)):
            yield f"line {node.lineno}: {full_name(node, names)}"


def mode_conditions(tree: ast.Module) -> Iterable[str]:
    """Yield each comparison or match that asks for the trading mode; a file's mode or SQLite's is another word."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare | ast.Match):
            continue
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node.subject]
        question = ast.unparse(node) if isinstance(node, ast.Compare) else ast.unparse(node.subject)
        of_a_session = any(isinstance(side, ast.Attribute) and side.attr == "mode" for side in sides)
        named = any(isinstance(side, ast.Name) and side.id.endswith("mode") for side in sides)
        if of_a_session or "TradingMode." in question or (named and MODE_NAME.search(ast.unparse(node))):
            yield f"line {node.lineno}: {question}"


def colors(tree: ast.Module) -> Iterable[str]:
    """Yield each literal color in the strings of a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"line {node.lineno}: {color}" for color in COLOR.findall(node.value))


def offenders(search: Callable[[ast.Module], Iterable[str]], *, outside: set[str]) -> dict[str, list[str]]:
    """Return file -> what `search` finds there, for the files not named in `outside` that hold something."""
    found = {file: list(search(tree)) for file, tree in trees().items() if file not in outside}
    return {file: findings for file, findings in found.items() if findings}


def libraries_for(file: str) -> set[str] | None:
    """Return the libraries that `file` may import, None where any may be."""
    fitting = [path for path in LIBRARIES if file == path or file.startswith(path + "/")]
    return LIBRARIES[max(fitting, key=len)] if fitting else None


def loaded_by(program: str) -> set[str]:
    """Return the top-level modules in memory after `program` ran in a fresh interpreter."""
    ending = (
        "\nimport json, sys\nprint(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-P", "-c", program + ending], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "wrong",
    [
        "import time\ntime.time_ns()",
        "from time import monotonic as now\nnow()",
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "from datetime import date\ndate.today()",
        "from uuid import uuid4\nuuid4()",
        "def later():\n    import random\n    return random.choice([1])",
        "import numpy as np\nnp.random.default_rng()",
        "import os\nos.environ['HOME']",
        "import asyncio\nasyncio.sleep(1)",
    ],
)
def test_the_search_for_ambient_time_and_chance_finds_every_way_to_ask(wrong: str) -> None:
    assert list(ambient(ast.parse(wrong)))


def test_the_search_for_ambient_time_leaves_a_clock_that_was_handed_in() -> None:
    assert not list(ambient(ast.parse("def stamp(clock, time):\n    return clock.now() + time.time()")))


def test_time_chance_and_settings_are_handed_in() -> None:
    may_ask = {file for file in trees() if file.startswith("cockpit/")}

    assert offenders(ambient, outside=may_ask | RIM) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        "if settings.session.mode in SIMULATED: ...",
        "if wanted is TradingMode.LIVE: ...",
        "size = 1 if mode == 'live' else 2",
        "match trading_mode:\n    case 'paper': ...",
    ],
)
def test_the_search_for_conditions_on_the_mode_finds_every_way_to_ask(wrong: str) -> None:
    assert list(mode_conditions(ast.parse(wrong)))


def test_the_search_for_conditions_on_the_mode_leaves_other_modes() -> None:
    assert not list(mode_conditions(ast.parse("if mode != 'wal' or path.stat().st_mode == 0o600: ...")))


def test_only_the_table_of_modes_and_the_wiring_ask_for_the_mode() -> None:
    assert offenders(mode_conditions, outside={"cockpit/modes.py", "cockpit/bootstrap.py"}) == {}


def test_the_search_for_colors_finds_literals_and_leaves_words() -> None:
    wrong = "CSS = 'Label { color: #0f0; background: #00ff0080; }'\nRICH = 'bold #00FF00'\nRIGHT = '$up #feed #12'"

    assert len(list(colors(ast.parse(wrong)))) == 3


def test_colors_are_words_outside_the_theme() -> None:
    assert offenders(colors, outside={"cockpit/tui/theme.py"}) == {}


def test_style_sheets_hold_no_colors() -> None:
    sheets = [path for package in PACKAGES for path in (ROOT / package).rglob("*.tcss")]

    assert [path.name for path in sheets if COLOR.search(path.read_text(encoding="utf-8"))] == []


def defined_twice(*kinds: type[ast.stmt]) -> dict[str, list[str]]:
    """Return name -> files, for the public definitions of these kinds that several modules have."""
    places = defaultdict(list)
    for file, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and isinstance(node, kinds):
                places[node.name].append(file)
    return {name: files for name, files in places.items() if len(files) > 1 and not name.startswith("_")}


def test_a_word_has_one_definition() -> None:
    assert defined_twice(ast.ClassDef) == {}


def test_a_function_has_one_definition() -> None:
    """Two of one name sooner or later disagree, and a reader meets the one that he did not mean."""
    assert sorted(defined_twice(ast.FunctionDef, ast.AsyncFunctionDef)) == sorted(SAID_TWICE)


def test_a_package_opens_with_one_docstring_and_imports_nothing() -> None:
    openings = {file: tree for file, tree in trees().items() if file.endswith("__init__.py")}

    assert [file for file, tree in openings.items() if len(tree.body) != 1 or not ast.get_docstring(tree)] == []


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in FILES}

    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_libraries_stay_where_they_belong() -> None:
    strays = {}
    for file, tree in trees().items():
        roots = {name.split(".")[0] for name in imported_names(tree).values()} - sys.stdlib_module_names - {*PACKAGES}
        allowed = libraries_for(file)
        if allowed is not None and roots - allowed:
            strays[file] = roots - allowed

    assert strays == {}


def test_every_library_that_is_installed_with_the_cockpit_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[^\w]", requirement)[0] for requirement in project["dependencies"]}
    loaded = {name.split(".")[0] for tree in trees().values() for name in imported_names(tree).values()}

    assert wanted - loaded == set()


def test_a_function_fits_a_screen_and_a_file_one_sitting() -> None:
    long = []
    for path in [*FILES, ROOT / "run.py", *(ROOT / "tests").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_FILE:
            long.append(f"{path.relative_to(ROOT)} has {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                long += [f"{path.relative_to(ROOT)}: {node.name} has {lines} lines"] * (lines > LONGEST_FUNCTION)

    assert long == []


def test_asking_for_help_loads_nothing_heavy() -> None:
    """A static graph cannot see this: an import inside a function may still run at once."""
    help_asked = """
import sys
from cockpit.__main__ import main
sys.argv = ["cockpit", "--help"]
try:
    main()
except SystemExit as end:
    assert end.code == 0, end.code
"""

    assert loaded_by(help_asked) & HEAVY == set()


def test_everything_but_the_screen_and_the_command_line_runs_without_a_screen() -> None:
    with_a_screen = ("cockpit/tui/", "cockpit/cli/", "cockpit/__main__.py", "brokers/tapes/make_")
    modules = [file[:-3].replace("/", ".") for file in trees() if not file.startswith(with_a_screen)]
    loaded = loaded_by("\n".join(f"import {module.removesuffix('.__init__')}" for module in modules))

    assert loaded & {"textual", "rich", "typer"} == set()
    assert loaded & {"pandas", "exchange_calendars"} == set()
