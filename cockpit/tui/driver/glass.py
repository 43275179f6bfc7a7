"""What the terminal shows, as far as we know, and the least that must be sent to make it show something else.

The glass remembers every cell it has sent. Catching up with a grid sends the runs of cells that differ. Colors weigh
most of all, twenty bytes a change, so runs go out pen by pen and not row by row: a table of twenty prices changes the
pen three times, not forty. Within a pen the nearest run comes next. Whatever else draws on the terminal makes the
memory wrong, so whoever suspects that calls `forget`.
"""

from collections.abc import Iterator
from typing import Final

from cockpit.tui.driver.cell import Row
from cockpit.tui.driver.grid import Grid
from cockpit.tui.driver.pen import Pen, blanks_alike, change
from cockpit.tui.driver.run import Run, runs
from cockpit.tui.driver.way import At, distance, way

MANY: Final = 300
"""Runs beyond which the order is not looked for: it takes time that grows with their square, and a key may wait."""


class Glass:
    """The cells, pen and cursor of the real terminal. None anywhere means "not known"."""

    def __init__(self, width: int, height: int) -> None:
        self._rows: list[Row] = [[None] * width for _ in range(height)]
        self._pen: Pen | None = None
        self._at: At | None = None
        self._out: list[str] = []

    def forget(self, width: int, height: int) -> None:
        """Know nothing any more: the next `catch_up` sends every painted cell."""
        self._rows = [[None] * width for _ in range(height)]
        self._pen = self._at = None

    def catch_up(self, grid: Grid) -> tuple[str, int]:
        """What makes the terminal show `grid`, and into how many separate runs it falls.

        It begins with an address: should somebody have moved the cursor, one frame suffers and not all that follow.
        """
        self._at = None
        found: list[Run] = []
        for y in sorted(grid.touched):
            if grid.rows[y] != self._rows[y]:
                found += runs(y, grid.rows[y], self._rows[y])
        grid.touched.clear()
        # Where a grapheme may spill, what stands right of it must come after it.
        for run in found if len(found) > MANY or not all(run.is_settled for run in found) else self._in_order(found):
            self._draw(run)
        return self._taken(), len(found)

    def park(self, x: int, y: int, pen: Pen | None = None) -> str:
        """What brings the real cursor, and the pen if one is given, to what somebody expects."""
        self._jump((x, y))
        if pen is not None:
            self._draw_with(pen)
        return self._taken()

    def _taken(self) -> str:
        text = "".join(self._out)
        self._out.clear()
        return text

    def _in_order(self, found: list[Run]) -> Iterator[Run]:
        """Runs by pen, the cheapest pen next, and of one pen the run that is nearest to where the last one ended."""
        by_pen: dict[Pen, list[Run]] = {run.pen: [] for run in found if run.text.strip(" ")}
        for run in found:
            like = run.pen if run.pen in by_pen else next((pen for pen in by_pen if _is_free(run, pen)), run.pen)
            by_pen.setdefault(like, []).append(run)
        while by_pen:
            pen = min(by_pen, key=lambda pen: len(change(self._pen, pen)))
            waiting = by_pen.pop(pen)
            while waiting:
                nearest = min(waiting, key=lambda run: distance(self._at, run.at))
                waiting.remove(nearest)
                yield nearest

    def _draw(self, run: Run) -> None:
        self._jump(run.at)
        if self._pen is None or not _is_free(run, self._pen):
            self._draw_with(run.pen)
        if not run.is_settled:
            # Blanked first, for terminals that draw it narrower; afterwards nobody can say where the cursor stands.
            self._out.append(" " * (run.end - run.x))
            self._at = None
            self._jump(run.at)
        self._out.append(run.text)
        is_known = run.is_settled and run.end < len(self._rows[run.y])
        self._at = (run.end, run.y) if is_known else None

    def _draw_with(self, pen: Pen) -> None:
        self._out.append(change(self._pen, pen))
        self._pen = pen

    def _jump(self, to: At) -> None:
        self._out.append(way(self._at, to))
        self._at = to


def _is_free(run: Run, pen: Pen) -> bool:
    """Whether a run may be drawn with another pen than its own: it is blank, and blanks look alike with both."""
    return not run.text.strip(" ") and blanks_alike(pen, run.pen)
