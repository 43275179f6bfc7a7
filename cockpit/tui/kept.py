"""A widget whose lines are kept until it changes.

Whatever changes on a screen, Textual asks every widget that is on it for all its lines, and to put those together takes
as long as to draw what has changed, even though it keeps each line by itself. So a widget hands out what it handed out
before, for as long as nothing has made it dirty. It rests on this: whatever changes a widget's looks comes through one
of the two doors below, which is also what Textual's own lines rely on.
"""

from collections.abc import Iterable

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Kept(Widget):
    """The base of all that the dashboard shows."""

    _crop: Region | None = None
    """Of which part the lines were asked for; None if they are drawn anew next time."""
    _lines_kept: tuple[Strip, ...] = ()

    def begin_lines(self) -> None:
        """Lines are about to be drawn: whatever they share may be looked up now."""

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._crop != crop:
            self.begin_lines()
            before, self._lines_kept = self._lines_kept, tuple(super().render_lines(crop))
            self._crop = crop
            _let_go(before, self._lines_kept)
        return list(self._lines_kept)

    def _set_dirty(self, *regions: Region) -> None:
        self._crop = None
        super()._set_dirty(*regions)

    def notify_style_update(self) -> None:
        self._crop = None
        super().notify_style_update()


def _let_go(before: Iterable[Strip], now: Iterable[Strip]) -> None:
    """Let strips be freed that are no longer shown: Textual remembers of each what it was divided into, and that is
    itself where it was not cut at all. Such a circle would be left to the collector, which holds up the loop."""
    shown = {id(strip) for strip in now}
    for strip in before:
        if id(strip) not in shown:
            strip._divide_cache.clear()  # noqa: SLF001
