"""What came of an act, in one sentence, and how it is made to fit.

A sentence is made of parts between middle dots, the most important first. Where room is short it is said in fewer
words, and then whole parts are left out, with a sign in their place: half a number or half a word would be read as
something else.
"""

import re
from typing import Final, NamedTuple

from rich.cells import cell_len

PART: Final = " · "
"""What separates the parts of a sentence."""
_FOLDERS: Final = re.compile(r"(?<!\S)/\S*/(?=\S)|(?<=')/[^']*/")


class Said(NamedTuple):
    """A result in one sentence, the theme's word for it, and the same in fewer words where there are any. One that
    `stays` is not what somebody has just asked for, so nobody may be looking: it stands until something else is said.
    """

    text: str
    word: str = "ok"
    brief: str = ""
    stays: bool = False

    def fitted(self, width: int, *, ellipsis: str = "…") -> str:
        """Return it in so many cells: whole, else its brief form, and a sign where parts of that have no room."""
        if cell_len(self.text) <= width:
            return self.text
        least = self.brief or self.text
        if cell_len(least) <= width:
            return least
        shown = parts(least, width, ellipsis=ellipsis)
        if shown.endswith(ellipsis):
            return shown
        mark = f" {ellipsis}"
        kept = parts(least, max(0, width - cell_len(mark)), ellipsis=ellipsis)
        return kept if kept.endswith(ellipsis) else kept + mark


class Done(NamedTuple):
    """What came of it, and whether it was done; if not, there may be something to correct."""

    said: Said
    is_done: bool


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
