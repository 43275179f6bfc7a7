"""Lined-up text: rows of cells under a header, numbers to the right, words to the left."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from cockpit.format import price, quantity
from oms.domain.text import sanitize

GAP: Final = "  "
FINEST: Final = Decimal("0.0001")  # of prices that were divided


class Heading(NamedTuple):
    """A column's title, and whether its cells line up at their right."""

    title: str
    right: bool = False


def table(columns: Sequence[Heading], rows: Sequence[Sequence[str]], empty: str) -> str:
    """Return the table, or the words `empty` where it has no rows. Cells are made safe to show."""
    if not rows:
        return empty
    cells = [[column.title for column in columns], *([sanitize(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (
        GAP.join(
            cell.rjust(width) if column.right else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        )
        for row in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def pairs(rows: Sequence[tuple[str, str]]) -> str:
    """Return names and values, a pair on each line, the values lined up."""
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name.ljust(width)}{GAP}{sanitize(value)}".rstrip() for name, value in rows)


def px(text: str | None) -> str:
    """Return a price as the journal writes it, with the decimals it has and four at most."""
    value = decimal(text)
    if value is None:
        return price(None, FINEST)
    exponent = value.as_tuple().exponent
    tick = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else FINEST
    return price(value, max(tick, FINEST))


def qty(text: str | None) -> str:
    """Return a quantity with the decimals it has."""
    return quantity(decimal(text), Decimal("1E-8"))


def decimal(text: str | None) -> Decimal | None:
    """Return the number that a text of an answer holds."""
    return Decimal(text) if text is not None else None
