"""The signs beside the numbers, in two sets: Unicode, and ASCII for terminals and fonts that lack the rest.

Direction is said by a sign before it is said by a color, because one reader in twelve cannot tell the colors apart.
Every sign here is one cell wide; both sets name the same signs. Which set a terminal gets is asked of what says so
itself: Python turns its own output into UTF-8 whatever the locale, and would promise signs that nobody can see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal, TypeAlias

Choice: TypeAlias = Literal["auto", "unicode", "ascii"]


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
    soft: str
    """A stop that is held here and not at its venue."""
    full: str
    """A filled cell of a gauge."""
    empty: str
    passed: str
    failed: str
    cursor: str
    pause: str
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
    soft="◍",
    full="█",
    empty="░",
    passed="✓",
    failed="✗",
    cursor="▸",
    pause="‖",
    absent="—",
    ellipsis="…",
    mask="•",
    spark="▁▂▃▄▅▆▇█",
)

ASCII = Glyphs(
    up="^",
    down="v",
    tick_up="^",
    tick_down="v",
    on="*",
    off="o",
    part="%",
    soft="@",
    full="#",
    empty=".",
    passed="+",
    failed="!",
    cursor=">",
    pause="=",
    absent="-",
    ellipsis="~",
    mask="*",
    spark="_.:-=+*#",
)

SPELLED: Final[Mapping[str, str]] = {
    **dict(zip("·×±‼↑↓←→▌▐", "|x~!^v<>[]", strict=True)),
    **dict(zip("─│╭╮╰╯┌┐└┘", "-|++++++++", strict=True)),
    **dict(zip("═║╔╗╚╝", "=#####", strict=True)),
    **{
        sign: plain
        for field in fields(Glyphs)
        for sign, plain in zip(getattr(UNICODE, field.name), getattr(ASCII, field.name), strict=True)
        if field.name != "spark"
    },
}
"""What stands in sentences and frames, each sign for one: the frame that has the focus stays unlike the others."""

_LONGER: Final = {"±": "+/-"}
"""What no single character of ASCII says: it has to be written out before anything is measured."""
_PLAIN_TERMINALS: Final = frozenset({"linux", "dumb"})
_COERCED: Final = frozenset({"C.UTF-8", "C.utf8", "UTF-8"})
"""What Python puts into LC_CTYPE where the locale says C. Source: PEP 538."""


def written(text: str, glyphs: Glyphs) -> str:
    """Return a text as it can be read with a set of signs, longer where one sign would mean something else."""
    if glyphs is ASCII:
        for sign, plain in _LONGER.items():
            text = text.replace(sign, plain)
    return text


def choose(choice: Choice, environ: Mapping[str, str]) -> Glyphs:
    """Return the set that a setting asks for; `auto` asks TERM and the locale, of which the first that is set counts
    (POSIX.1-2017 §8.2: LC_ALL, LC_CTYPE, LANG). A terminal that says nothing of its locale is taken to be of today."""
    if choice != "auto":
        return UNICODE if choice == "unicode" else ASCII
    if environ.get("TERM") in _PLAIN_TERMINALS:
        return ASCII
    said = [environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    if said[1] in _COERCED and said[2] in ("C", "POSIX"):
        said[1] = ""
    locale = next(filter(None, said), "")
    return UNICODE if not locale or "utf8" in locale.lower().replace("-", "") else ASCII
