"""One argument of a script's call: what it is, or a refusal in one line that names it.

Python hands on whatever it is given, and what is of a wrong type fails far from whoever gave it, or worse, does not.
So the door looks at each argument before anything is done with it. A number is read as strictly as from a file: no
float, no underscores, and no digits but those of ASCII.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

from cockpit.library.errors import RequestError
from oms.domain.text import sanitize
from oms.domain.units import FINEST, LARGEST, is_tradable

E = TypeVar("E", bound=StrEnum)
Number: TypeAlias = Decimal | str | int  # what may be money, a price or a quantity; a float never is

_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?|[+-]?(nan|inf)", re.ASCII | re.IGNORECASE)


def to_number(field: str, value: object) -> Decimal:
    """Return a positive number that can be traded.

    Raises:
        RequestError: it is of another type, such as a float, or out of range.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | str | int):
        raise RequestError(f"{field}: expected a Decimal or a str, got {shown_with_type(value)}")
    try:
        number = Decimal(value) if not isinstance(value, str) or _NUMBER.fullmatch(value) else None
    except InvalidOperation:
        number = None
    if number is None:
        raise RequestError(f"{field}: expected a number, got {shown_with_type(value)}")
    if number.is_finite() and number <= 0:
        raise RequestError(f"{field} must be positive, got {number}")
    if not is_tradable(number):
        raise RequestError(f"{field}: expected a multiple of {FINEST} up to {LARGEST}, got {shown_with_type(value)}")
    return number


def to_word(field: str, value: object, words: type[E]) -> E:
    """Return the word of an enumeration that a text means, in any case.

    Raises:
        RequestError: it means none.
    """
    if isinstance(value, str) and value.upper() in words.__members__:
        return words[value.upper()]
    known = [word.value.lower() for word in words]
    raise RequestError(f"{field}: expected {' or '.join(known)}, got {shown_with_type(value)}")


def to_truth(field: str, value: object) -> bool:
    """Return what is True or False. Raises RequestError."""
    if not isinstance(value, bool):
        raise RequestError(f"{field}: expected True or False, got {shown_with_type(value)}")
    return value


def to_fields(wish: str, value: object) -> Mapping[object, object]:
    """Return what has fields. Raises RequestError with what was wished."""
    if not isinstance(value, Mapping):
        raise RequestError(f"{wish}, got {shown_with_type(value)}")
    return value


def to_str(name: str, value: object) -> str:
    """Return what is text. Raises RequestError."""
    if not isinstance(value, str):
        raise RequestError(f"{name}: expected a str, got {shown_with_type(value)}")
    return value


def to_callback(value: object) -> None:
    """Demand what can be called. Raises RequestError."""
    if not callable(value):
        raise RequestError(f"callback: expected a function, got {shown_with_type(value)}")


def shown_with_type(value: object) -> str:
    """Return a value as it was written, with its type where that is not plain."""
    text = sanitize(repr(value), 60)
    return text if isinstance(value, str) else f"{type(value).__name__} {text}"
