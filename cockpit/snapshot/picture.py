"""A screen as a grid of inked text: what every format is written from, so that no two can disagree."""

from typing import NamedTuple


class Ink(NamedTuple):
    """How a run of text looks. Colors are `#RRGGBB`, already swapped where the terminal would reverse them."""

    color: str
    ground: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    dim: bool = False


class Inked(NamedTuple):
    """Text of one look; `cells` is how wide a terminal draws it."""

    text: str
    cells: int
    ink: Ink


class Picture(NamedTuple):
    """A frozen screen. `title` names it for readers that cannot see, `detail` says what it shows."""

    width: int
    height: int
    rows: tuple[tuple[Inked, ...], ...]
    ground: str
    title: str
    detail: str
