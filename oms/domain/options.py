"""A table of the configuration, read into the struct that it means: the options of a table are the fields of a struct.

It is read strictly. An option that is misspelt is refused with the nearest that exists, because a limit that was not
understood is a limit that is not there. A value of another kind is refused in the words of the file and not in those of
a library: who reads the line has written TOML and need not know what it is read with.

Every refusal is one line that begins with its table in brackets and goes on with the option where there is one, so that
whoever knows where a value came from can say so without reading further.
"""

from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from itertools import repeat
from json import dumps
from types import NoneType
from typing import Final, Literal, TypeVar, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import fields

S = TypeVar("S", bound=Struct)

LONGEST_VALUE: Final = 60  # of what was written, in a refusal
_KINDS: Final[dict[object, tuple[str, str]]] = {  # one of it, and several
    bool: ("true or false", "true or false"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    Decimal: ("a number", "numbers"),
    str: ("text in quotes", "texts in quotes"),
}


class OptionError(ValueError):
    """A table says something that means nothing; the text is one line that begins with `[table]`."""


def read_table(table: object, shape: type[S], where: str, **given: object) -> S:
    """Return the table `where` as a struct. `given` are fields that are not options: the session knows them.

    Raises:
        OptionError: no table, an option that the struct has not or lacks, or a value that it refuses.
    """
    options = require_table(table, where)
    known = {field.encode_name: field for field in fields(shape) if field.encode_name not in given}
    for option, value in options.items():
        require_name(option, known, where, "option")
        if not _fits(value, known[option].type):
            kind = _plain(known[option].type)
            msg = f"[{where}] {option} must be {_wanted(kind)[0]}, got {shown(value)}{_near(value, _choices(kind))}"
            raise OptionError(msg)
    for option, field in known.items():
        if field.required and option not in options:
            msg = f"[{where}] {option} must be given: it has no default"
            raise OptionError(msg)
    try:
        return msgspec.convert({**options, **given}, shape)
    except msgspec.ValidationError as error:  # the struct's own words
        text = str(error)
        msg = text if text.startswith("[") else f"[{where}] {text}"
        raise OptionError(msg) from None


def require_table(table: object, where: str) -> Mapping[str, object]:
    """Return what is a table.

    Raises:
        OptionError: it is none.
    """
    if not isinstance(table, Mapping):
        msg = f"[{where}] must be a table, got {shown(table)}"
        raise OptionError(msg)
    return table


def require_name(name: str, known: Iterable[str], where: str, what: str) -> None:
    """Demand that a table or an option exists; `what` says which of them it should have been.

    Raises:
        OptionError: it does not; the text says which does.
    """
    names = list(known)
    if name not in names:
        msg = f"[{where}] has no {what} {name}; {nearest(name, names)}"
        raise OptionError(msg)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the words that name the nearest valid name, or all of them when none is near."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else f"it has: {', '.join(names) or 'none'}"


def require_choice(value: object, valid: Iterable[str], where: str, option: str) -> str:
    """Return a value that is one of those that are valid.

    Raises:
        OptionError: it is another; the text says which there are and which is near.
    """
    choices = list(valid)
    if isinstance(value, str) and value in choices:
        return value
    msg = f"[{where}] {option} must be {_either(choices)}, got {shown(value)}{_near(value, choices)}"
    raise OptionError(msg)


def shown(value: object) -> str:
    """Return a value about as it was written, cut where it is long."""
    return text if len(text := _written(value)) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, Mapping):
        return "a table"
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _fits(value: object, kind: object) -> bool:
    if _quotes_a_number(value, kind):
        return False
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _quotes_a_number(value: object, kind: object) -> bool:
    """Tell whether text stands where a decimal is wanted, also in a list: the library would read it, full-width digits
    and underscores too."""
    kind = _plain(kind)
    if kind is Decimal:
        return isinstance(value, str)
    parts = get_args(kind) if get_origin(kind) in {tuple, list} else ()
    if not parts or not isinstance(value, list | tuple):
        return False
    is_uniform = len(parts) == 1 or parts[-1] is ...
    return any(map(_quotes_a_number, value, repeat(parts[0]) if is_uniform else parts))


def _wanted(kind: object) -> tuple[str, str]:
    """Return in words what a value of this type looks like, one of it and several."""
    kind = _plain(kind)
    if kind in _KINDS:
        return _KINDS[kind]
    if choices := _choices(kind):
        return _either(choices), _either(choices)
    parts = get_args(kind)
    if get_origin(kind) in {tuple, list} and parts:
        _, several = _wanted(parts[0])
        size = "" if parts[-1] is ... or len(parts) == 1 else f"{len(parts)} "
        return f"a list of {size}{several}", f"lists of {size}{several}"
    return "a table", "tables"


def _choices(kind: object) -> list[str]:
    if get_origin(kind) is Literal:
        return [str(part) for part in get_args(kind)]
    return [str(member.value) for member in kind] if isinstance(kind, type) and issubclass(kind, Enum) else []


def _either(choices: list[str]) -> str:
    *others, last = map(shown, choices)
    return f"{', '.join(others)} or {last}" if others else last


def _near(value: object, choices: list[str]) -> str:
    close = get_close_matches(value, choices, n=1) if isinstance(value, str) else []
    return f"; did you mean {shown(close[0])}?" if close else ""


def _plain(kind: object) -> object:
    """Return the type behind a name that was given to it, and without the None that stands for its absence."""
    kind = getattr(kind, "__supertype__", kind)
    present = [part for part in get_args(kind) if part is not NoneType]
    return present[0] if NoneType in get_args(kind) and len(present) == 1 else kind
