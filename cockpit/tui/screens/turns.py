"""A screen that is painted in turns of the loop.

To paint everything takes several milliseconds, and meanwhile the loop decides nothing, sends no order and hears no key.
So a picture is painted part by part: first every part that has news is drawn, each in a turn of the loop of its own,
then what has changed is shown, again part by part. Whatever else waits for the loop goes in between. The terminal gets
the picture as one frame when its last part is there: until then it is held back, or it would tear.

A part drawn later may know more than one drawn before it. That is why news that come in between must be noted for the
next picture, even if a part of this one shows them.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from textual.geometry import Region
from textual.screen import Screen

from cockpit.tui.kept import Kept


class Turns(Kept, Screen[None], inherit_bindings=False):
    """A subclass says what its parts are and draws them; `hold` keeps what is shown from the terminal, or lets it go.

    Textual shows all that has changed at once, in `_compositor_refresh`, and offers no other place to take hold of it.
    """

    def __init__(self, hold: Callable[[bool], None]) -> None:
        super().__init__()
        self._hold = hold
        self._is_asked = False
        self._is_showing = False

    def parts(self) -> Iterable[Region]:
        """Return where the parts stand; what stands in none of them is shown first."""
        raise NotImplementedError

    def draw_part(self) -> bool:
        """Draw one part that has news; False if there was none."""
        raise NotImplementedError

    def finish(self) -> None:
        """Draw at once what still waits for its turn, for whoever needs the picture whole."""
        while self.draw_part():
            pass

    def take_turns(self) -> None:
        """Draw what there is to, beginning with the next turn of the loop. Textual sees what comes of it, lays it out
        and has it shown."""
        if not self._is_asked:
            self._is_asked = True
            # a callback of Textual's own would be called before the loop turns
            asyncio.get_running_loop().call_soon(self.call_next, self._take_turn)

    def _take_turn(self) -> None:
        self._is_asked = False
        if not self.app.is_running:  # it leaves, and its widgets go one by one
            return
        if self.draw_part() or (self._is_showing and self._show_part()):
            self.take_turns()
        else:
            self._is_showing = False
            self._hold(False)

    def _compositor_refresh(self) -> None:
        if self.size.region in self._compositor._dirty_regions:  # noqa: SLF001 - Textual keeps here what it has to show
            self._hold(False)
            super()._compositor_refresh()
            self._repaint_required = False  # behind a question Textual would ask for this again and again
        else:
            self._is_showing = True
            self.take_turns()

    def _show_part(self) -> bool:
        """Show one part of what has changed; False if there was none."""
        above = _above(self)
        if above is None:
            return False
        # what has changed since the first part was shown belongs to the same frame
        self._compositor.update_widgets(self._compositor.visible_widgets.keys() - {self})
        self._dirty_widgets.clear()
        changed = self._compositor._dirty_regions  # noqa: SLF001
        if not changed:
            return False
        part = self._first_part(changed)
        rest = changed - part
        covers = [cover for screen in above for cover in _covers(screen)]
        self._cut(covers)
        changed.clear()
        changed.update(seen(part, covers))
        for screen in above:
            screen._set_dirty(*part)  # noqa: SLF001 - it keeps what is behind it, and is not shown again for that
        self._hold(True)
        self.app._display(self, self._compositor.render_update(screen_stack=[]))  # noqa: SLF001 - as Textual would
        changed |= rest
        return True

    def _cut(self, covers: Iterable[Region]) -> None:
        """Let lines be cut where something covers them: Textual writes the stretch between two cuts from its start."""
        for cover in covers:
            for cuts in self._compositor.cuts[cover.y : cover.bottom]:
                cuts[:] = sorted({*cuts, *(x for x in (cover.x, cover.right) if cuts[0] < x < cuts[-1])})

    def _first_part(self, changed: set[Region]) -> set[Region]:
        placed = [{region for region in changed if part.contains_point(region.offset)} for part in self.parts()]
        return next(part for part in (changed.difference(*placed), *placed) if part)


def seen(regions: Iterable[Region], covers: Iterable[Region]) -> set[Region]:
    """Return what is left of some regions where others cover them, in pieces."""
    left = set(regions)
    for cover in covers:
        left = {piece for region in left for piece in _around(region, cover)}
    return left


def _around(region: Region, cover: Region) -> Iterator[Region]:
    """Yield the pieces of a region above, below, left and right of what covers it."""
    hidden = region.intersection(cover)
    if not hidden:
        yield region
        return
    pieces = (
        Region.from_corners(region.x, region.y, region.right, hidden.y),
        Region.from_corners(region.x, hidden.bottom, region.right, region.bottom),
        Region.from_corners(region.x, hidden.y, hidden.x, hidden.bottom),
        Region.from_corners(hidden.right, hidden.y, region.right, hidden.bottom),
    )
    yield from filter(None, pieces)


def _above(screen: Screen[None]) -> list[Screen[Any]] | None:
    """Return the questions that stand before a screen; None if it is not shown."""
    stack = screen.app.screen_stack
    return stack[stack.index(screen) + 1 :] if screen in stack else None


def _covers(screen: Screen[Any]) -> Iterator[Region]:
    """Yield what a question covers: all that stands on it, for its own ground is transparent."""
    for widget, (region, clip) in screen._compositor.visible_widgets.items():  # noqa: SLF001
        if widget is not screen:
            yield region.intersection(clip)
