"""What a setting lies over, and where it came from.

Three layers make the configuration: the built-in file, a file of one's own over it, single values of the environment
over both. A file says what is different and nothing else, so it is laid over the built-in one value by value: naming
one limit must not loosen another. Only what chooses is taken alone: the strategies that run, the sizer, and a
commission of another type.

A refusal names the file, or the variable when it was one that said it. Refusals begin with their table in brackets
(`oms.domain.options`), which is how the two are told apart.
"""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from msgspec import Struct

from oms.domain.options import OptionError

Table: TypeAlias = dict[str, Any]  # a parsed TOML table, before it is checked

ENV_PREFIX: Final = "COCKPIT__"
_ALONE: Final = "strategies"
_CHOICE: Final = "sizing"  # those it names, and no others
_TYPED: Final = "sim.commission"
_TABLE: Final = re.compile(r"\[(?P<table>[^\]]*)\]")
_WORD: Final = re.compile(r"\w+")


class Origin(Struct, frozen=True):
    """A file's name (or what stands for one), and each value that the environment put over it: path -> variable."""

    file: str
    variables: dict[str, str] = {}

    def named(self, text: str) -> str:
        """Return a refusal with who said what it refuses before it."""
        told = text.partition(";")[0]  # after that stands what would be right
        table = said["table"] if (said := _TABLE.match(told)) is not None else ""
        words = _WORD.findall(told.removeprefix(f"[{table}]"))
        within = {
            path: name for path, name in self.variables.items() if not table or f"{path}.".startswith(f"{table}.")
        }
        meant = [name for path, name in within.items() if path == table or _next(path, table) in words]
        return f"{', '.join(meant) or self.file}: {text}"


def merged(ours: Table, built_in: Table, where: str = "") -> Table:
    """Return a tree with what `ours` says in the place of what the built-in one says."""
    whole = {} if where == _CHOICE else dict(built_in)
    for name, value in ours.items():
        place = f"{where}.{name}" if where else name
        below = built_in.get(name)
        if isinstance(value, dict) and isinstance(below, dict) and not _is_alone(place, value, below):
            whole[name] = merged(value, below, place)
        else:
            whole[name] = value
    return whole


def overridden(tree: Table, environ: Mapping[str, str]) -> dict[str, str]:
    """Put every `COCKPIT__A__B=value` at a.b of the tree and return which variable said what.

    The value is TOML, or else text.

    Raises:
        OptionError: a variable names something inside of what is no table.
    """
    variables = {}
    for name, raw in sorted(environ.items()):
        if not name.startswith(ENV_PREFIX):
            continue
        path = name.removeprefix(ENV_PREFIX).lower().split("__")
        if not all(path):
            msg = f"{name} names no setting; they are spelled {ENV_PREFIX}TABLE__SETTING"
            raise OptionError(msg)
        place = tree
        for table in path[:-1]:
            inner = place.setdefault(table, {})
            if not isinstance(inner, dict):
                msg = f"[{table}] is no table, and {name} says something within it"
                raise OptionError(msg)
            place = inner
        place[path[-1]] = _value(raw)
        variables[".".join(path)] = name
    return variables


def _is_alone(place: str, ours: Table, built_in: Table) -> bool:
    return place == _ALONE or (place == _TYPED and ours.get("type", built_in.get("type")) != built_in.get("type"))


def _next(path: str, table: str) -> str:
    """Return the part of a path after that of the table it lies in."""
    return path.removeprefix(f"{table}.").split(".")[0]


def _value(raw: str) -> object:
    try:
        return tomllib.loads(f"value = {raw}", parse_float=Decimal)["value"]
    except tomllib.TOMLDecodeError:
        return raw
