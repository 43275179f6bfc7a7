"""An exported picture needs nothing but itself and says exactly what was on the screen."""

from xml.etree import ElementTree as ET

import pytest

from cockpit.snapshot.picture import Ink, Inked, Picture
from cockpit.snapshot.svg import CELL_WIDTH, to_svg
from cockpit.snapshot.text import to_text

INK = Ink("#C8F7D4", "#000000")
LOUD = Ink("#FFFFFF", "#B00020", bold=True)
SVG = "{http://www.w3.org/2000/svg}"


def picture(*rows: tuple[Inked, ...]) -> Picture:
    return Picture(20, len(rows), rows, "#000000", "a <screen>", "record 7 & more")


def texts(svg: str) -> list[tuple[str, str]]:
    root = ET.fromstring(svg)  # noqa: S314 - our own document
    return [(node.text or "", node.get("textLength") or "") for node in root.iter(f"{SVG}text")]


def test_every_run_of_text_has_the_length_it_must_have() -> None:
    svg = to_svg(picture((Inked("NAV ", 4, INK), Inked("中文", 4, LOUD))))

    assert texts(svg) == [("NAV ", str(4 * CELL_WIDTH)), ("中文", str(4 * CELL_WIDTH))]


def test_a_ground_of_its_own_is_a_block_below_the_text() -> None:
    svg = to_svg(picture((Inked("ok", 2, INK), Inked("HALTED", 6, LOUD))))
    root = ET.fromstring(svg)  # noqa: S314 - our own document
    blocks = [node for node in root.iter(f"{SVG}rect") if node.get("fill") == "#B00020"]

    assert [(block.get("x"), block.get("width")) for block in blocks] == [
        (str(8 + 2 * CELL_WIDTH), str(6 * CELL_WIDTH))
    ]
    assert svg.index("#B00020") < svg.index("HALTED")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", 'a" onload="x', "&amp;", "]]>"])
def test_text_stays_text(text: str) -> None:
    svg = to_svg(picture((Inked(text, len(text), INK),)))

    assert texts(svg) == [(text, str(len(text) * CELL_WIDTH))]
    assert "<script" not in svg


def test_it_asks_nobody_for_anything() -> None:
    svg = to_svg(picture((Inked("x", 1, INK),))).replace("http://www.w3.org/2000/svg", "")

    assert "http" not in svg
    assert "url(" not in svg
    assert "@import" not in svg
    assert "href" not in svg


def test_it_says_what_it_is_to_those_who_cannot_see_it() -> None:
    root = ET.fromstring(to_svg(picture((Inked("x", 1, INK),))))  # noqa: S314 - our own document

    assert root.findtext(f"{SVG}title") == "a <screen>"
    assert root.findtext(f"{SVG}desc") == "record 7 & more"


def test_the_same_picture_is_the_same_bytes() -> None:
    shown = picture((Inked("x", 1, INK), Inked("y", 1, LOUD)), (Inked("z", 1, LOUD),))

    assert to_svg(shown) == to_svg(shown)


def test_plain_text_has_a_line_per_row_and_no_trailing_blanks() -> None:
    shown = picture((Inked("NAV", 3, INK), Inked("   ", 3, INK)), (Inked("", 0, INK),))

    assert to_text(shown) == "NAV\n\n"
