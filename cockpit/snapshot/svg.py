"""A picture as SVG 1.1 that needs nothing but itself: no font from elsewhere, no script, no link.

Fonts differ in width from one machine to the next. So every run of text is given the length it must have
(`textLength`), and columns stay columns in any renderer. Blocks of color are rectangles below the text.
"""

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from cockpit.snapshot.picture import Ink, Inked, Picture

CELL_WIDTH: Final = 9
CELL_HEIGHT: Final = 19
FONT_SIZE: Final = 15
BASELINE: Final = 14
MARGIN: Final = 8
FONT: Final = "ui-monospace,'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,monospace"


def to_svg(picture: Picture) -> str:
    """Return the picture as a document, the same for the same picture."""
    width, height = picture.width * CELL_WIDTH + 2 * MARGIN, picture.height * CELL_HEIGHT + 2 * MARGIN
    classes: dict[str, str] = {}
    body: list[str] = []
    for y, row in enumerate(picture.rows):
        body += _row(row, y, picture.ground, classes)
    rules = "".join(f".{name}{{{rule}}}" for rule, name in classes.items())
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" font-family={quoteattr(FONT)} font-size="{FONT_SIZE}" xml:space="preserve">'
    )
    head = (
        opening,
        f"<title>{escape(picture.title)}</title>",
        f"<desc>{escape(picture.detail)}</desc>",
        f"<style>{rules}</style>",
        f'<rect width="{width}" height="{height}" fill="{picture.ground}"/>',
    )
    return "\n".join([*head, *body, "</svg>", ""])


def _row(row: tuple[Inked, ...], y: int, ground: str, classes: dict[str, str]) -> list[str]:
    blocks: list[str] = []
    texts: list[str] = []
    x = 0
    top = MARGIN + y * CELL_HEIGHT
    for inked in row:
        left, length = MARGIN + x * CELL_WIDTH, inked.cells * CELL_WIDTH
        x += inked.cells
        if inked.ink.ground != ground:
            blocks.append(
                f'<rect x="{left}" y="{top}" width="{length}" height="{CELL_HEIGHT}" fill="{inked.ink.ground}"/>'
            )
        if not inked.text.strip() and not inked.ink.underline:
            continue
        name = classes.setdefault(_rule(inked.ink), f"t{len(classes)}")
        texts.append(
            f'<text x="{left}" y="{top + BASELINE}" class="{name}" textLength="{length}"'
            f' lengthAdjust="spacingAndGlyphs">{escape(inked.text)}</text>'
        )
    return [*blocks, *texts]


def _rule(ink: Ink) -> str:
    parts = [f"fill:{ink.color}"]
    if ink.bold:
        parts.append("font-weight:bold")
    if ink.italic:
        parts.append("font-style:italic")
    if ink.underline:
        parts.append("text-decoration:underline")
    if ink.dim:
        parts.append("opacity:.7")
    return ";".join(parts)
