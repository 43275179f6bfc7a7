"""What can be taken back, and for how long: the newest reversible act, for ten seconds, once."""

from collections.abc import Callable
from typing import Final, NamedTuple

UNDO_SECS: Final = 10.0


class Offer(NamedTuple):
    """`words` say what taking it back would do; `until` is in monotonic seconds."""

    words: str
    act: Callable[[], None]
    until: float


class Undo:
    """Holds the newest offer. `monotonic` tells wall seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._offer: Offer | None = None

    def offer(self, words: str, act: Callable[[], None]) -> None:
        """Let this be what is taken back next."""
        self._offer = Offer(words, act, self._monotonic() + UNDO_SECS)

    def forget(self) -> None:
        """Something else was done that cannot be taken back."""
        self._offer = None

    def take(self) -> Offer | None:
        """Return what is to be taken back, once; None when there is nothing, or it was too long ago."""
        offer, self._offer = self._offer, None
        return offer if offer is not None and self._monotonic() < offer.until else None
