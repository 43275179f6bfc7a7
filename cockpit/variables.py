"""Single values of the environment, put over what the files say: `COCKPIT__A__B=value` is the value of a.b.

A variable is always text, and what it means is the setting's to say: the speed `5` is the text that `60x` is too, and
the seed `5` is a number. So a value is read as the type that its setting declares. Quotes around it are TOML's and may
be left out or be there, because some that pass variables on keep them.

Four limits have names that trading programs share. Whoever comes with them expects them to hold, so they do, and are
refused like any other where they mean nothing; our own variable for the same setting comes before them.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Final, Literal, get_origin

from msgspec import Struct
from msgspec.structs import fields

from brokers.sim.settings import SimSettings
from cockpit.origin import TYPED, Table
from cockpit.settings import (
    EstopSettings,
    JournalSettings,
    LogSettings,
    SessionSettings,
    SyntheticSettings,
    TapeSettings,
    UiSettings,
)
from oms.domain.options import OptionError

PREFIX: Final = "COCKPIT__"
SHARED: Final = {
    "MAX_CONCURRENT_TRADES": "risk.max_trades.limit",
    "RISK_PER_TRADE": "sizing.fixed_risk.risk_frac",
    "MAX_DAILY_LOSS": "risk.daily_loss.limit_frac",
    "CIRCUIT_BREAKER_THRESHOLD": "risk.drawdown.halt_frac",
}
_SHAPES: Final[dict[str, type[Struct]]] = {
    "session": SessionSettings,
    "feed.tape": TapeSettings,
    "feed.synthetic": SyntheticSettings,
    "sim": SimSettings,
    "ui": UiSettings,
    "estop": EstopSettings,
    "log": LogSettings,
    "journal": JournalSettings,
}
_KEYS: Final = "keys"


def overridden(tree: Table, environ: Mapping[str, str]) -> dict[str, str]:
    """Put every `COCKPIT__A__B=value` at a.b of the tree, after the names that are shared, and return which variable
    said what. Of a sizer that does not run nothing is said.

    Raises:
        OptionError: a variable names something inside of what is no table.
    """
    variables = {}
    for name, setting in SHARED.items():
        path = setting.split(".")
        table = tree.get(path[0], {}).get(path[1])
        if environ.get(name, "").strip() and isinstance(table, dict):
            table[path[2]] = _meant(environ[name], path)
            variables[setting] = name
    for name, raw in sorted(environ.items(), key=_types_first):
        if not name.startswith(PREFIX):
            continue
        path = name.removeprefix(PREFIX).lower().split("__")
        if not all(path):
            msg = f"{name} names no setting; they are spelled {PREFIX}TABLE__SETTING"
            raise OptionError(msg)
        place = tree
        for table in path[:-1]:
            inner = place.setdefault(table, {})
            if not isinstance(inner, dict):
                msg = f"[{table}] is no table, and {name} says something within it"
                raise OptionError(msg)
            place = inner
        value = _meant(raw, path)
        if path[-1] == "type" and ".".join(path).startswith(TYPED) and place.get("type") != value:
            place.clear()
        place[path[-1]] = value
        variables[".".join(path)] = name
    return variables


def _types_first(variable: tuple[str, str]) -> tuple[bool, str]:
    """Return where a variable comes: another type forgets the options of the old one, and not those of its own."""
    return not variable[0].endswith("__TYPE"), variable[0]


def _meant(raw: str, path: list[str]) -> object:
    """Return a variable's value: text where its setting is text, else what TOML reads; what that cannot is text."""
    value = _read(raw)
    if path[0] == _KEYS:  # a key, such as 5, or a list of them
        return value if isinstance(value, str | list) else raw
    if _is_text(path):
        return value if isinstance(value, str) else raw
    return _read(value) if isinstance(value, str) else value


def _is_text(path: list[str]) -> bool:
    shape = _SHAPES.get(".".join(path[:-1]))
    if shape is None:
        return False
    kind = next((field.type for field in fields(shape) if field.encode_name == path[-1]), None)
    return kind is str or get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, Enum))


def _read(raw: str) -> object:
    try:
        found = tomllib.loads(f"value = {raw}", parse_float=Decimal)
    except tomllib.TOMLDecodeError:
        return raw
    return found["value"] if len(found) == 1 else raw
