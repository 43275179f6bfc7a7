"""The screen as it is composed, frozen into a picture.

What is captured are the cells that Textual composes for the terminal, so an export shows what the trader saw, modals
included. Colors that a style leaves open are the theme's.
"""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.color import Color, ColorType
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.strip import Strip

from cockpit.snapshot.picture import Ink, Inked, Picture


def capture(app: App[None], title: str, detail: str) -> Picture:
    """Return what the app shows now."""
    variables = app.theme_variables
    color, ground = variables["foreground"], variables["background"]
    # Textual offers no other door to the composed cells: its own export writes SVG with a font from the network.
    strips = app.screen._compositor.render_strips()  # noqa: SLF001
    rows = tuple(tuple(_inked(strip, color, ground)) for strip in strips)
    return Picture(app.size.width, app.size.height, rows, ground, title, detail)


def _inked(strip: Strip, color: str, ground: str) -> Iterable[Inked]:
    """Yield runs of equal looks."""
    text, look = "", None
    for segment in strip:
        ink = _ink(segment, color, ground)
        if ink != look and text and look is not None:
            yield Inked(text, cell_len(text), look)
            text = ""
        look = ink
        text += segment.text
    if text and look is not None:
        yield Inked(text, cell_len(text), look)


def _ink(segment: Segment, color: str, ground: str) -> Ink:
    style = segment.style or Style()
    front, back = _hex(style.color, color), _hex(style.bgcolor, ground)
    if style.reverse:
        front, back = back, front
    return Ink(front, back, bool(style.bold), bool(style.italic), bool(style.underline), bool(style.dim))


def _hex(color: Color | None, default: str) -> str:
    if color is None or color.type is ColorType.DEFAULT:
        return default
    return color.get_truecolor().hex.upper()
