"""Pictures made of characters: sparkline, braille line, gauge.

A picture shows shape, never a value to act on; the number stands beside it. None and NaN in a series are gaps, left
blank: a line drawn across missing data would claim knowledge nobody has.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import ceil, isfinite
from typing import Final, TypeAlias

from cockpit.glyphs import UNICODE, Glyphs

Level: TypeAlias = Decimal | int | float | None
"""A value to draw; None is a gap."""

_BRAILLE: Final = 0x2800
# Unicode §21.1: bit of each dot of a cell, by column and row from the top.
_DOTS: Final = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_ACROSS: Final = 2
_DOWN: Final = 4


def sparkline(levels: Sequence[Level], width: int | None = None, *, glyphs: Glyphs = UNICODE) -> str:
    """One character per level, the lowest `▁`, the highest `█`; levels that are all equal lie in the middle.

    With a width only the newest levels are drawn, and a shorter series is padded on the left, where its past would be.
    """
    series = _numbers(levels if width is None else levels[max(0, len(levels) - width) :])
    known = [level for level in series if level is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    top = len(glyphs.spark) - 1
    drawn = "".join(" " if level is None else glyphs.spark[_step(level, low, high, top)] for level in series)
    return drawn if width is None else drawn.rjust(width)


def line(levels: Sequence[Level], width: int, height: int, *, glyphs: Glyphs = UNICODE) -> list[str]:
    """`height` strings of `width` cells: the whole series as a line of dots, oldest at the left, highest at the top.

    A series longer than the dots across is sampled evenly, its last level always included. The ASCII set draws one sign
    per cell instead of eight dots. Raises ValueError unless width and height are at least 1.
    """
    if width < 1 or height < 1:
        raise ValueError(f"a plot needs at least one cell, not {width} × {height}")
    braille = glyphs is UNICODE
    across, down = (width * _ACROSS, height * _DOWN) if braille else (width, height)
    heights = _heights(_sampled(_numbers(levels), across), down)
    dots: set[tuple[int, int]] = set()
    previous: int | None = None
    for column, at in enumerate(heights):
        if at is not None:
            dots.update((column, row) for row in _joined(previous, at))
        previous = at
    return _braille_rows(dots, width, height) if braille else _sign_rows(dots, width, height, glyphs)


def gauge(fraction: Level, width: int, *, glyphs: Glyphs = UNICODE) -> str:
    """`██░░░░`: how much of a limit is used. Any use fills a cell, and only the whole limit fills the last one."""
    used = _number(fraction)
    if used is None:
        return "?".ljust(width)
    filled = width if used >= 1 else max(0, min(width - 1, ceil(used * width)))
    return glyphs.full * filled + glyphs.empty * (width - filled)


def _number(level: Level) -> float | None:
    return float(level) if level is not None and isfinite(level) else None


def _numbers(levels: Sequence[Level]) -> list[float | None]:
    return [_number(level) for level in levels]


def _step(level: float, low: float, high: float, top: int) -> int:
    """The rung of a level on a ladder from 0 to `top`; the middle if the ladder has no height."""
    return round((level - low) / (high - low) * top) if high > low else top // 2


def _sampled(series: list[float | None], columns: int) -> list[float | None]:
    if len(series) <= columns:
        return series
    if columns == 1:
        return series[-1:]
    last = len(series) - 1
    return [series[column * last // (columns - 1)] for column in range(columns)]


def _heights(series: list[float | None], rows: int) -> list[int | None]:
    known = [level for level in series if level is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return [None if level is None else _step(level, low, high, rows - 1) for level in series]


def _joined(previous: int | None, at: int) -> range:
    """The rows to fill in a column: a steep step reaches to its neighbor, so that the line does not fall apart."""
    if previous is None or previous == at:
        return range(at, at + 1)
    return range(previous + 1, at + 1) if at > previous else range(at, previous)


def _braille_rows(dots: set[tuple[int, int]], width: int, height: int) -> list[str]:
    cells = [[0] * width for _ in range(height)]
    for column, up in dots:
        row = height * _DOWN - 1 - up
        cells[row // _DOWN][column // _ACROSS] |= _DOTS[column % _ACROSS][row % _DOWN]
    return ["".join(chr(_BRAILLE + bits) if bits else " " for bits in row) for row in cells]


def _sign_rows(dots: set[tuple[int, int]], width: int, height: int, glyphs: Glyphs) -> list[str]:
    cells = [[" "] * width for _ in range(height)]
    for column, up in dots:
        cells[height - 1 - up][column] = glyphs.on
    return ["".join(row) for row in cells]
