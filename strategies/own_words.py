"""What a strategy's file may import of ours: the words of market, signal and fill, and what strategies are made of.

The strategies that ship are held to it by the import contracts. A trader's own file is not among them, and one that
imports a venue or the engine could place an order that no gate has seen, most likely because it was copied from a
script. So its imports are read before it is run. This is a guard rail and not a sandbox: what a file does
while it runs, by `importlib` for instance, is not seen.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from strategies.config import StrategyConfigurationError

OURS: Final = frozenset({"brokers", "cockpit", "oms", "risk", "strategies"})
WORDS: Final = ("fill", "ids", "instrument", "market", "signal", "units")  # of oms.domain
_LOOP: Final = ("strategies.catalog", "strategies.runner")  # the loop's side of the socket


def require_own_words(source: bytes, file: Path) -> None:
    """Demand that a strategy's source imports nothing of ours but its own words; other packages are its own business.

    Raises:
        StrategyConfigurationError: it does; the message names file, line and import.
        SyntaxError: it is no Python.
    """
    for line, name in _imports(ast.parse(source, str(file))):
        if not _may_import(name):
            may = f"oms.domain.{{{','.join(WORDS)}}} and strategies.*"
            msg = f"{file}:{line}: imports {name}: of the cockpit a strategy may import {may}"
            raise StrategyConfigurationError(msg)


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every import at any depth; `from a import b` may mean the module a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def _may_import(name: str) -> bool:
    package, *parts = name.split(".")
    if package not in OURS:
        return True
    if package == "strategies":
        return not name.startswith(_LOOP)
    return package == "oms" and parts[:1] == ["domain"] and parts[1:2] != [] and parts[1] in WORDS
