"""What a setting lies over, and where it came from.

Three layers make the configuration: the built-in file, a file of one's own over it, single values of the environment
over both. A file says what is different and nothing else, so it is laid over the built-in one value by value: naming
one limit must not loosen another. Only what chooses is taken alone: the strategies that run, the sizer, and a
commission of another type, which has nothing of the built-in one.

A refusal names the file, or the variable when it was one that said it. Refusals begin with their table in brackets
(`oms.domain.options`), which is how the two are told apart.
"""

import re
from typing import Any, Final, TypeAlias

from msgspec import Struct

Table: TypeAlias = dict[str, Any]  # a parsed TOML table, before it is checked

_ALONE: Final = "strategies"
_CHOICE: Final = "sizing"  # those it names, and no others
TYPED: Final = "commission."  # tables whose options are those of their type
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


def _is_alone(place: str, ours: Table, built_in: Table) -> bool:
    return place == _ALONE or (place.startswith(TYPED) and ours.get("type", built_in["type"]) != built_in["type"])


def _next(path: str, table: str) -> str:
    """Return the part of a path after that of the table it lies in."""
    return path.removeprefix(f"{table}.").split(".")[0]
