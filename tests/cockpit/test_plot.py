"""Exact pictures."""

from decimal import Decimal

import pytest

from cockpit.glyphs import ASCII, UNICODE
from cockpit.plot import gauge, line, sparkline


def test_a_sparkline_spans_its_own_range() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([Decimal("99.5"), Decimal(101), Decimal("99.5")]) == "▁█▁"
    assert sparkline([0, 7, 7], glyphs=ASCII) == "_##"


def test_a_flat_series_lies_in_the_middle_and_a_gap_is_blank() -> None:
    assert sparkline([5, 5, 5]) == "▄▄▄"
    assert sparkline([0, None, float("nan"), 7]) == "▁  █"
    assert sparkline([]) == ""


def test_a_width_keeps_the_newest_levels_and_pads_the_past() -> None:
    assert sparkline([9, 9, 0, 7], 2) == "▁█"
    assert sparkline([0, 7], 4) == "  ▁█"


def test_a_rising_line_climbs_from_the_lower_left_to_the_upper_right() -> None:
    assert line([0, 1, 2, 3], 2, 1) == ["⡠⠊"]
    assert line([3, 2, 1, 0], 2, 1) == ["⠑⢄"]
    assert line([0, 1], 2, 2, glyphs=ASCII) == [" *", "* "]


def test_a_jump_is_joined_and_a_gap_is_not() -> None:
    assert line([0, 3], 1, 1) == ["⡸"]
    assert line([0, None, None, 3], 2, 1) == ["⡀⠈"]


def test_a_long_series_is_sampled_to_the_width_and_ends_on_its_last_level() -> None:
    rows = line([0] * 999 + [1], 10, 2)

    assert [len(row) for row in rows] == [10, 10]
    assert rows[0] == " " * 9 + "⢸"


def test_a_plot_without_cells_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one cell"):
        line([1], 0, 1)


@pytest.mark.parametrize(
    ("fraction", "bar"),
    [
        (0, "░░░░░░░░░░"),
        (Decimal("0.001"), "█░░░░░░░░░"),
        (Decimal("0.35"), "████░░░░░░"),
        (Decimal("0.999"), "█████████░"),
        (1, "██████████"),
        (Decimal("1.7"), "██████████"),
        (Decimal(-1), "░░░░░░░░░░"),
        (None, "?         "),
        (Decimal("NaN"), "?         "),
    ],
)
def test_any_use_fills_a_cell_and_only_the_whole_limit_fills_the_last(fraction: Decimal | int | None, bar: str) -> None:
    assert gauge(fraction, 10) == bar


def test_both_sets_draw_one_cell_per_sign() -> None:
    for glyphs in (UNICODE, ASCII):
        signs = [sign for name, sign in vars(glyphs).items() if name != "spark"]

        assert all(len(sign) == 1 for sign in signs)
        assert len(glyphs.spark) == 8
    assert all(sign.isascii() for sign in vars(ASCII).values())
