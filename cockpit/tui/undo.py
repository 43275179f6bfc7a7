"""What can be taken back, and for how long: reversible acts, each for ten seconds, once, the newest first."""

from collections.abc import Callable
from typing import Final, NamedTuple

from cockpit import format as fmt
from cockpit.tui.keymap import Keymap
from oms.domain.units import SECOND

UNDO_SECS: Final = 10.0
"""How long an act can be taken back, and how long the row says what came of it."""


class Offer(NamedTuple):
    """`words` say what taking it back would do; `until` is in monotonic seconds."""

    words: str
    act: Callable[[], None]
    until: float


class Undo:
    """Holds the offers that stand. `monotonic` tells wall seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._offers: list[Offer] = []

    def offer(self, words: str, act: Callable[[], None]) -> None:
        """Let this be what is taken back next, and after it what was offered before."""
        if self.newest is None:
            self._offers.clear()
        self._offers.append(Offer(words, act, self._monotonic() + UNDO_SECS))

    def forget(self) -> None:
        """Something else was done that cannot be taken back."""
        self._offers.clear()

    @property
    def newest(self) -> Offer | None:
        """What is to be taken back next; None when there is nothing, or it was too long ago."""
        return self._offers[-1] if self._offers and self._monotonic() < self._offers[-1].until else None

    def told(self, keymap: Keymap) -> str:
        """Return what can be taken back next, and for how long: `u writes 5 again 7s`; empty where nothing can."""
        newest = self.newest
        if newest is None:
            return ""
        left = fmt.age(round((newest.until - self._monotonic()) * SECOND))
        return f"{keymap.shown('undo')} {newest.words} {left}"

    def take(self) -> Offer | None:
        """Return what is to be taken back, once; None when there is nothing."""
        newest = self.newest
        if newest is not None:
            self._offers.pop()
        return newest
