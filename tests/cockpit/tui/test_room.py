"""Where panels stand: nothing overlaps, nothing sticks out, and what matters is always there."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.tui.places import EMPTY, GAUGES, HEADED, Load, places
from cockpit.tui.room import Box, Room, deal, room_of

LOAD = Load(instruments=4, positions=3, orders=1, strategies=4)


@pytest.mark.parametrize(
    ("size", "room"),
    [
        ((23, 40), Room.TINY),
        ((120, 7), Room.TINY),
        ((24, 8), Room.XS),
        ((40, 15), Room.XS),
        ((59, 60), Room.XS),
        ((200, 17), Room.XS),
        ((60, 18), Room.S),
        ((80, 24), Room.S),
        ((100, 30), Room.M),
        ((120, 40), Room.M),
        ((159, 60), Room.M),
        ((200, 49), Room.M),
        ((160, 50), Room.L),
    ],
)
def test_the_smaller_of_width_and_height_decides(size: tuple[int, int], room: Room) -> None:
    assert room_of(*size) is room


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@given(
    width=st.integers(1, 250),
    height=st.integers(1, 90),
    positions=st.integers(0, 30),
    orders=st.integers(0, 30),
    instruments=st.integers(0, 40),
    strategies=st.integers(0, 6),
)
def test_boxes_never_overlap_or_stick_out(
    width: int, height: int, positions: int, orders: int, instruments: int, strategies: int
) -> None:
    load = Load(instruments=instruments, positions=positions, orders=orders, strategies=strategies)
    boxes = places(width, height, load)

    assert boxes["banner"] == Box(0, 0, width, 1)
    assert all(box.x >= 0 and box.y >= 0 for box in boxes.values())
    assert all(box.x + box.width <= width and box.y + box.height <= height for box in boxes.values())
    assert all(box.width > 0 and box.height > 0 for box in boxes.values())
    assert not any(overlap(one, other) for one, other in combinations(boxes.values(), 2))


@pytest.mark.parametrize(("size", "positions"), list(product([(40, 15), (80, 24), (120, 40), (200, 60)], [0, 1, 9])))
def test_a_list_of_what_is_held_or_could_be_is_always_there(size: tuple[int, int], positions: int) -> None:
    boxes = places(*size, Load(instruments=4, positions=positions, orders=0, strategies=4))

    assert ("positions" in boxes) == (positions > 0)
    assert "prices" in boxes or positions
    assert "keys" in boxes
    assert "gauges" in boxes


def test_prices_stand_where_positions_would_and_shrink_to_their_rows_below_them() -> None:
    without, with_ = (places(120, 40, Load(instruments=4, positions=n, orders=0, strategies=4)) for n in (0, 3))

    assert without["prices"].y == with_["positions"].y
    assert with_["prices"].height == 4 + 3
    assert with_["prices"].y > with_["positions"].y


@pytest.mark.parametrize("size", [(40, 15), (80, 24), (100, 30), (120, 30), (120, 40), (200, 60)])
@pytest.mark.parametrize("orders", [0, 2])
def test_three_positions_and_the_prices_are_seen_at_every_size(size: tuple[int, int], orders: int) -> None:
    boxes = places(*size, Load(instruments=4, positions=3, orders=orders, strategies=4))

    assert boxes["positions"].height >= 3 + HEADED + 1
    assert boxes["prices"].height >= (EMPTY if size == (40, 15) else 4 + HEADED)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 30)])
def test_what_is_held_is_given_the_rows_of_log_orders_and_equity_first(size: tuple[int, int]) -> None:
    few, many = (places(*size, Load(instruments=4, positions=n, orders=3, strategies=4)) for n in (2, 4))

    assert many["positions"].height >= 4 + HEADED + 1
    assert many["prices"].height >= few["prices"].height - 2
    assert sum(few[name].height - many[name].height for name in ("log", "orders", "equity") if name in few) > 0
    assert [few[name].height for name in ("strategies",) if name in few] == [
        many[name].height for name in ("strategies",) if name in many
    ]


def test_a_large_screen_gives_strategies_and_log_its_whole_width_and_no_gauge_a_blank_row() -> None:
    boxes = places(200, 60, LOAD)

    assert boxes["strategies"].width == boxes["log"].width == 200
    assert boxes["gauges"].height == GAUGES == 8 + 2


def test_rows_are_dealt_in_rounds_and_the_last_parts_go_without() -> None:
    least = {"a": 4, "b": 4, "c": 4}

    assert deal(12, least, [("a", 9)], "b") == {"a": 4, "b": 4, "c": 4}
    assert deal(16, least, [("c", 6), ("a", 9)], "b") == {"a": 6, "b": 4, "c": 6}
    assert deal(30, least, [("c", 6), ("a", 9)], "b") == {"a": 9, "b": 15, "c": 6}
    assert deal(9, least, [("c", 6)], "c") == {"a": 5, "b": 4, "c": 0}


@pytest.mark.parametrize("name", ["orders", "log", "gauges", "equity", "strategies"])
def test_a_panel_that_is_called_takes_the_lists_place_where_it_has_none(name: str) -> None:
    for size in ((24, 8), (40, 15), (80, 24), (120, 40)):
        usual, called = places(*size, LOAD), places(*size, LOAD, called=name)

        assert called[name].height >= EMPTY
        assert (called == usual) or "positions" not in called
        assert called["keys"] == usual["keys"]


def test_a_zoomed_panel_has_all_the_room_for_panels() -> None:
    assert places(120, 40, LOAD, "log")["log"] == Box(0, 2, 120, 36)
    assert "positions" not in places(120, 40, LOAD, "log")


def test_working_orders_take_the_place_of_strategies_on_a_small_screen() -> None:
    assert "strategies" in places(80, 24, Load(instruments=4, positions=0, orders=0, strategies=4))
    assert "orders" in places(80, 24, LOAD)


def test_below_24_by_8_there_is_one_row() -> None:
    assert set(places(23, 8, LOAD)) == {"banner"}
