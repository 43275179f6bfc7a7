"""The screen of a terminal without Unicode."""

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from cockpit.tui.spelling import Spelling, spelled


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("AAPL", "AAPL"),
        ("z +1.70 of ±2.0 · rsi 44…", "z +1.70 of ~2.0 | rsi 44~"),
        ("╭─ Log ─╮", "+- Log -+"),
        ("╔═ Log ═╗", "#= Log =#"),
        ("ж 中概 e\u0301", "? ???? e"),
    ],
)
def test_every_sign_is_replaced_cell_for_cell(text: str, plain: str) -> None:
    assert spelled(text) == plain
    assert cell_len(plain) == cell_len(text)


def test_what_is_respelled_keeps_its_looks() -> None:
    bold = Segment("▲ 1", Style(bold=True))

    assert Spelling().apply([bold], Color(0, 0, 0)) == [Segment("^ 1", Style(bold=True))]
