"""Retracement levels against their definition."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.indicators.fibonacci import RATIOS, Fibonacci

BARS = st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**4)), min_size=5, max_size=40)


def fed(period: int, *bars: tuple[float, float]) -> Fibonacci:
    """Return the indicator after these highs and lows."""
    levels = Fibonacci(period)
    for high, low in bars:
        levels.update(high, low)
    return levels


def test_a_rise_is_given_back_downward() -> None:
    levels = fed(3, (110, 100), (150, 120), (200, 140))

    assert levels.is_up
    assert levels.levels == pytest.approx((200, 176.4, 161.8, 150, 138.2, 121.4, 100))
    assert levels.value == pytest.approx(138.2)


def test_a_fall_is_given_back_upward() -> None:
    levels = fed(3, (200, 190), (180, 150), (120, 100))

    assert not levels.is_up
    assert levels.levels == pytest.approx((100, 123.6, 138.2, 150, 161.8, 178.6, 200))


def test_what_left_the_window_is_forgotten() -> None:
    assert fed(2, (900, 1), (110, 100), (120, 110)).levels == fed(2, (110, 100), (120, 110)).levels


def test_of_equal_extremes_the_newest_counts() -> None:
    assert not fed(4, (200, 150), (160, 100), (200, 150), (160, 100)).is_up
    assert fed(4, (160, 100), (200, 150), (160, 100), (200, 150)).is_up


def test_a_swing_within_one_bar_went_up() -> None:
    assert fed(2, (110, 105), (200, 100)).is_up


@given(BARS)
def test_the_levels_go_from_the_end_of_the_swing_to_its_beginning(bars: list[tuple[int, int]]) -> None:
    spans = [(low + height, low) for low, height in bars]
    levels = fed(5, *spans)
    top, bottom = max(high for high, _ in spans[-5:]), min(low for _, low in spans[-5:])

    assert (levels.levels[0], levels.levels[-1]) == ((top, bottom) if levels.is_up else (bottom, top))
    assert all((one >= other) if levels.is_up else (one <= other) for one, other in pairwise(levels.levels))


def test_the_ratios_are_those_of_the_sequence() -> None:
    sequence = [1, 1]
    while len(sequence) < 40:
        sequence.append(sequence[-1] + sequence[-2])

    for steps, ratio in ((1, 0.618), (2, 0.382), (3, 0.236)):
        assert round(sequence[-1 - steps] / sequence[-1], 3) == ratio
        assert ratio in RATIOS
    assert round(0.618**0.5, 3) in RATIOS
