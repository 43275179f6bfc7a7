"""What came of an act, in one sentence, and how it is made to fit.

A sentence is made of parts between middle dots, the most important first. Where room is short whole parts are left
out: half a number or half a word would be read as something else.
"""

import re
from typing import Final, NamedTuple

from rich.cells import cell_len

PART: Final = " · "
"""What separates the parts of a sentence."""
_FOLDERS: Final = re.compile(r"(?<!\S)/\S*/(?=\S)|(?<=')/[^']*/")


class Said(NamedTuple):
    """A result in one sentence, and the theme's word for it."""

    text: str
    word: str = "ok"


def parts(text: str, width: int, *, ellipsis: str = "…") -> str:
    """Return the parts of a sentence that fit into so many cells, earlier ones first.

    Only a first part that is too long alone is cut, between words.
    """
    kept, *others = text.split(PART)
    if cell_len(kept) > width:
        return _words(kept, width, ellipsis)
    for other in others:
        if cell_len(kept) + cell_len(PART) + cell_len(other) <= width:
            kept += PART + other
    return kept


def without_folders(text: str) -> str:
    """Return a text with its files' names alone: where room is short they say more than the folders before them."""
    return _FOLDERS.sub("", text)


def _words(text: str, width: int, ellipsis: str) -> str:
    """The first words that leave room for the sign of what is missing."""
    kept = ""
    for word in text.split():
        longer = f"{kept} {word}".strip()
        if cell_len(longer) + cell_len(ellipsis) > width:
            break
        kept = longer
    return kept + ellipsis if width >= cell_len(ellipsis) else ""
