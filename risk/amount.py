"""Arguments of a calculation, as strictly as from a file: a float is no amount, because 0.1 is not a tenth."""

import re
from decimal import Decimal
from typing import Final, TypeAlias

from oms.domain.order import Side
from oms.domain.units import is_tradable

Number: TypeAlias = Decimal | int | str

_WRITTEN: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?", re.ASCII)


def to_positive(name: str, value: Number) -> Decimal:
    """Return a positive number.

    Raises:
        ValueError: it is none; one line that names it.
    """
    try:
        plain = type(value) in (int, Decimal) or (isinstance(value, str) and _WRITTEN.fullmatch(value) is not None)
        amount = Decimal(value) if plain else Decimal("NaN")
    except ArithmeticError:
        amount = Decimal("NaN")
    if not is_tradable(amount):
        msg = f"{name} must be a positive number as Decimal, text or int, got {value!r}"
        raise ValueError(msg)
    return amount


def to_side(value: object) -> Side:
    """Return a side.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, Side):
        msg = f"side must be Side.BUY or Side.SELL, got {value!r}"
        raise ValueError(msg)  # noqa: TRY004 - the one error that is told of
    return value
