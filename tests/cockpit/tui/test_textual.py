"""What the screen takes of Textual that Textual does not promise, in one table.

Its line API, its keys and its widgets are documented and stay what they are within a major version. What is named here
is private to it and may move with any release: this file then says which, before the tests of what rests on it do. The
table is complete: whatever else of Textual's own a class of ours mentions, or hides by a name it gave itself, is found.
"""

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from textual import _xterm_parser
from textual._compositor import Compositor
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

import cockpit.tui


class Private(NamedTuple):
    """One name: of which class it is, and what rests on it."""

    of: type
    name: str
    why: str


PRIVATES = (
    Private(Screen, "_compositor", "what is painted: screens/turns.py shows it part by part, capture.py reads it"),
    Private(Screen, "_compositor_refresh", "the one place where all that has changed is shown: screens/turns.py"),
    Private(Screen, "_dirty_widgets", "what the next frame would show again: screens/turns.py has shown it"),
    Private(Widget, "_repaint_required", "a wish that Textual repeats behind a question: screens/turns.py"),
    Private(Widget, "_set_dirty", "the door of a change of content: kept.py; a part shown behind a question: turns.py"),
    Private(Compositor, "_dirty_regions", "what has changed and is not shown: screens/turns.py takes it in parts"),
    Private(Strip, "_divide_cache", "a circle that only the collector would find: kept.py breaks it"),
    Private(App, "_display", "hands a frame to the driver: screens/turns.py"),
    Private(App, "_driver", "our own driver has more to say than Textual asks: cockpit.py, acts.py"),
    Private(App, "_filters", "what every line passes: spelling.py is one of them"),
    Private(App, "_fatal_error", "a traceback is left to whoever runs us: cockpit.py"),
    Private(App, "_handle_exception", "why the screen failed: cockpit.py"),
    Private(MessagePump, "_close_messages_no_wait", "how a screen that failed ends: cockpit.py"),
    Private(Driver, "_app", "its size, and the ear that hears keys early: driver/lean.py"),
    Private(Driver, "_loop", "what another thread found is done there: driver/lean.py"),
    Private(LinuxDriver, "_file", "the terminal that is written to: driver/lean.py"),
    Private(LinuxDriver, "_writer_thread", "Textual's own, in whose place stands the outlet: driver/lean.py"),
    Private(Driver, "_auto_restart", "whether a stop by ^Z is made up for: driver/lean.py"),
    Private(LinuxDriver, "_sigtstp_application", "^Z, in the loop: driver/lean.py"),
    Private(LinuxDriver, "_sigcont_application", "and back from it: driver/lean.py"),
)
MODULES = {"_xterm_parser": ("BRACKETED_PASTE_END", "XTermParser")}  # driver/intake.py: bytes to keys

SOURCES = sorted(Path(cockpit.tui.__path__[0]).rglob("*.py"))
FOREIGN = re.compile(r"\.(_[a-z]\w*)(?=[^\n]*# noqa: SLF001)")


@cache
def members(kind: type) -> frozenset[str]:
    """Return the private names that a class of Textual's defines itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    given = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_self(node.value)
    }
    return frozenset(name for name in {*vars(kind), *given} if is_private(name))


def is_private(name: str) -> bool:
    """Tell whether nobody else was meant to know a name."""
    return name.startswith("_") and not name.startswith("__") and not name.startswith("_abc_")


def is_self(node: ast.AST) -> bool:
    """Tell whether this is the object itself, or what it inherits."""
    return (isinstance(node, ast.Name) and node.id == "self") or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
    )


def classes() -> Iterator[type]:
    """Yield every class of the screen that inherits from one of Textual's."""
    for found in pkgutil.walk_packages(cockpit.tui.__path__, "cockpit.tui."):
        for kind in vars(importlib.import_module(found.name)).values():
            if isinstance(kind, type) and kind.__module__ == found.name and any(map(is_textuals, kind.__mro__)):
                yield kind


def is_textuals(kind: type) -> bool:
    """Tell whether a class is one of Textual's."""
    return kind.__module__.split(".")[0] == "textual"


def mentioned(kind: type) -> set[str]:
    """Return the private names that a class of ours uses of itself, gives itself or defines."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and is_self(node.value)}
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    given = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return {name for name in used | defined | given if is_private(name)}


@pytest.mark.parametrize("private", PRIVATES, ids=lambda private: private.name)
def test_what_the_screen_rests_on_is_still_there(private: Private) -> None:
    assert private.name in members(private.of), private.why


def test_the_parser_of_keys_is_still_there() -> None:
    assert [name for name in MODULES["_xterm_parser"] if not hasattr(_xterm_parser, name)] == []


def test_nothing_else_of_textuals_own_is_used_or_hidden_by_a_class_of_ours() -> None:
    listed = {(private.of, private.name) for private in PRIVATES}
    met = {
        (kind.__qualname__, base.__qualname__, name)
        for kind in classes()
        for base in filter(is_textuals, kind.__mro__)
        for name in mentioned(kind) & members(base)
        if not any((above, name) in listed for above in base.__mro__)
        and not any((below, name) in listed for below in kind.__mro__)
    }

    assert met == set()


def test_nothing_else_of_textuals_own_is_used_of_another_object() -> None:
    listed = {private.name for private in PRIVATES}
    used = {name for path in SOURCES for name in FOREIGN.findall(path.read_text(encoding="utf-8"))}
    modules = {name for path in SOURCES for name in re.findall(r"from textual\.(_\w+)", path.read_text("utf-8"))}

    assert used <= listed
    assert modules == set(MODULES)


def test_what_is_listed_is_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)

    assert [private.name for private in PRIVATES if not re.search(rf"\b{private.name}\b", text)] == []
