"""A column that has grown keeps its cells, and what comes into it later has room beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.tui.columns import Align, Column
from cockpit.tui.layout import Layout
from cockpit.tui.rows import Cell

STOP = Column(title="STOP", align=Align.POINT, width=8)
ROOM = 40
TEXTS = st.sampled_from(["none", "—", "?", "195.00●", "195.00◐10", "1,195.00○", "62,310.5", "0.0001", "7"])


def shown(layout: Layout, *texts: str) -> list[str]:
    """Return how the column shows these rows, which come in the place of whatever it showed."""
    layout.settle([[Cell(text)] for text in texts], ROOM)
    return ["".join(piece.text for piece in layout.line([Cell(text)])) for text in texts]


@pytest.mark.parametrize("later", ["none", "1,195.00●"])
def test_what_follows_a_number_with_a_long_tail_is_shown_whole(later: str) -> None:
    layout = Layout([STOP], ellipsis="…")
    shown(layout, "195.00◐10")

    (line,) = shown(layout, later)

    assert line.strip() == later


def test_a_word_takes_no_more_room_than_its_letters_though_numbers_had_a_long_tail() -> None:
    layout = Layout([STOP], ellipsis="…")
    shown(layout, "195.00◐10")
    before = layout.places

    assert shown(layout, "none") == ["none     "]
    assert layout.places == before


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_whatever_a_column_has_shown_before_all_of_it_is_whole_and_lined_up(frames: list[list[str]]) -> None:
    layout = Layout([STOP], ellipsis="…")

    for texts in frames:
        lines = shown(layout, *texts)
        assert [line.strip() for line in lines] == texts
        assert len({len(line) for line in lines}) == 1
        assert len({line.index(".") for line in lines if "." in line}) <= 1
