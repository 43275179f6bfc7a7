"""The signs beside the numbers, in two sets: Unicode, and ASCII for terminals and fonts that lack the rest.

Direction is said by a sign before it is said by a color, because one reader in twelve cannot tell the colors apart.
Every sign here is one cell wide; both sets name the same signs.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Glyphs:
    """One set of signs. Each is a single character, except the ramps, which go from empty to full."""

    up: str
    """A state that rises or is long."""
    down: str
    tick_up: str
    """The last tick."""
    tick_down: str
    on: str
    off: str
    part: str
    full: str
    """A filled cell of a gauge."""
    empty: str
    cursor: str
    absent: str
    ellipsis: str
    mask: str
    """Stands for a hidden character of an account number."""
    spark: str
    """Eight levels, low to high."""


UNICODE = Glyphs(
    up="▲",
    down="▼",
    tick_up="▴",
    tick_down="▾",
    on="●",
    off="○",
    part="◐",
    full="█",
    empty="░",
    cursor="▸",
    absent="—",
    ellipsis="…",
    mask="•",
    spark="▁▂▃▄▅▆▇█",
)

ASCII = Glyphs(
    up="^",
    down="v",
    tick_up="'",
    tick_down=",",
    on="*",
    off="o",
    part="%",
    full="#",
    empty=".",
    cursor=">",
    absent="-",
    ellipsis="~",
    mask="*",
    spark="_.:-=+*#",
)
