"""Columns go, digits stay."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cockpit.tui.columns import GAP, Align, Column, arrange, fit, fit_items, measure

SYM = Column(title="SYM", priority=0)
QTY = Column(title="QTY", align=Align.RIGHT, priority=2)
LAST = Column(title="LAST", align=Align.POINT, priority=1)


def test_numbers_line_up_at_the_decimal_point_whatever_follows_it() -> None:
    texts = ["189.20▴", "62,310.5", "871.32", "300", "—"]
    width, decimals = measure(LAST, texts)

    assert [fit(text, Align.POINT, width, decimals=decimals) for text in texts] == [
        "   189.20▴",
        "62,310.5  ",
        "   871.32 ",
        "   300    ",
        "     —    ",
    ]


def test_text_ends_in_an_ellipsis_and_a_number_is_whole_or_not_there() -> None:
    assert fit("insufficient margin", Align.LEFT, 10) == "insuffici…"
    assert fit("中文字典", Align.LEFT, 6) == "中文… "
    assert fit("1,024,113.22", Align.RIGHT, 8) == "       …"
    assert fit("AAPL", Align.LEFT, 6) == "AAPL  "
    assert fit("300", Align.RIGHT, 6) == "   300"
    assert fit("x", Align.LEFT, 0) == ""
    assert fit("long", Align.LEFT, 3, ellipsis="~") == "lo~"


def test_the_least_important_columns_go_first_and_order_stays() -> None:
    columns = [SYM, QTY, LAST]
    needs = [(4, 0), (5, 0), (8, 3)]

    assert [place.index for place in arrange(columns, needs, 19)] == [0, 1, 2]
    assert [place.index for place in arrange(columns, needs, 18)] == [0, 2]
    assert [place.index for place in arrange(columns, needs, 12)] == [0]
    assert [(place.x, place.width) for place in arrange(columns, needs, 19)] == [(0, 4), (5, 5), (11, 8)]


def test_nothing_less_important_slips_into_the_gap_of_a_column_that_went() -> None:
    columns = [SYM, QTY, LAST]

    assert [place.index for place in arrange(columns, [(4, 0), (1, 0), (90, 3)], 20)] == [0]


def test_a_stretching_column_takes_what_is_left() -> None:
    columns = [SYM, Column(title="REASON", stretches=True, width=8, priority=1), QTY]

    assert [place.width for place in arrange(columns, [(4, 0), (8, 0), (5, 0)], 40)] == [4, 29, 5]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 20), st.booleans()), min_size=1, max_size=8),
    st.integers(0, 90),
)
def test_no_shown_column_overlaps_or_leaves_the_room(shape: list[tuple[int, int, bool]], room: int) -> None:
    columns = [Column(title="", priority=priority, width=width, stretches=grows) for priority, width, grows in shape]
    places = arrange(columns, [measure(column, ()) for column in columns], room)

    assert places
    for left, right in pairwise(places):
        assert left.x + left.width + GAP == right.x
    assert places[-1].x + places[-1].width <= room


@pytest.mark.parametrize("align", Align)
@given(text=st.text(st.sampled_from("a中1.5e\u0301▴"), max_size=12), width=st.integers(0, 14))
def test_a_fitted_text_has_exactly_its_width(align: Align, text: str, width: int) -> None:
    assert cell_len(fit(text, align, width, decimals=3)) == width


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (40, "AAPL gap +0.4% · GOOG gap -1.2% · IBM z"),
        (38, "AAPL gap +0.4% · GOOG gap -1.2% +1"),
        (34, "AAPL gap +0.4% · GOOG gap -1.2% +1"),
        (33, "AAPL gap +0.4% +2"),
        (16, "AAPL gap +0.4%…"),
        (9, "AAPL gap…"),
    ],
)
def test_items_are_cut_at_whole_ones_and_the_rest_is_counted(width: int, shown: str) -> None:
    fitted = fit_items("AAPL gap +0.4% · GOOG gap -1.2% · IBM z", width)

    assert fitted.rstrip() == shown
    assert cell_len(fitted) == width
