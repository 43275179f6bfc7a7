"""How far a cell is must be known without going there."""

from hypothesis import given
from hypothesis import strategies as st

from cockpit.tui.driver.way import distance, way

CELLS = st.tuples(st.integers(0, 250), st.integers(0, 120))


@given(st.none() | CELLS, CELLS)
def test_a_distance_is_the_length_of_the_way(start: tuple[int, int] | None, end: tuple[int, int]) -> None:
    assert distance(start, end) == len(way(start, end))
