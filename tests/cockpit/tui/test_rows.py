"""The cursor stays on the thing, not on the place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.tui.rows import Cell, Move, Page, TableRow


def rows(*keys: str) -> list[TableRow]:
    return [TableRow(key, (Cell(key), Cell("1.00", "up"))) for key in keys]


def window(*keys: str, page: int = 3) -> Page:
    made = Page()
    made.set_height(page)
    made.set_rows(rows(*keys))
    return made


def shown(seen: Page) -> list[str]:
    return [(">" if line.has_cursor else "") + line.row.key if line.row else "" for line in seen.lines]


def test_rows_sorted_or_inserted_around_the_cursor_leave_it_on_its_key() -> None:
    seen = window("A", "B", "C")
    seen.move(Move.DOWN)
    seen.set_rows(rows("X", "Y", "C", "A", "B"))

    assert seen.cursor_key == "B"
    assert shown(seen) == ["C", "A", ">B"]


def test_a_row_that_goes_leaves_the_cursor_on_its_place() -> None:
    seen = window("A", "B", "C")
    seen.move(Move.BOTTOM)
    seen.set_rows(rows("A", "B"))

    assert seen.cursor_key == "B"


def test_without_rows_there_is_no_cursor() -> None:
    seen = window("A")
    seen.set_rows([])

    assert seen.cursor_key is None
    assert shown(seen) == ["", "", ""]


def test_the_page_follows_the_cursor() -> None:
    seen = window(*"ABCDEFG")
    steps = []
    for move in (Move.DOWN, Move.BOTTOM, Move.UP, Move.HALF_PAGE_UP, Move.TOP, Move.HALF_PAGE_DOWN, Move.UP, Move.UP):
        seen.move(move)
        steps.append("".join(shown(seen)))

    assert steps == ["A>BC", "EF>G", "E>FG", ">EFG", ">ABC", "A>BC", ">ABC", ">ABC"]


def test_a_larger_page_shows_what_is_above_before_it_shows_nothing() -> None:
    seen = window(*"ABCDE", page=2)
    seen.move(Move.BOTTOM)
    seen.set_height(4)

    assert shown(seen) == ["B", "C", "D", ">E"]


def test_a_filter_looks_into_every_cell_and_gives_everything_back() -> None:
    seen = window("AAPL.XNAS", "MSFT.XNAS", "IBM.XNYS")
    seen.set_filter("xnys")

    assert [row.key for row in seen.rows] == ["IBM.XNYS"]
    assert seen.hidden == 2

    seen.set_filter("1.0")

    assert seen.hidden == 0

    seen.set_filter("")

    assert len(seen.rows) == 3


@pytest.mark.parametrize("line", [-1, 2, 3])
def test_a_line_without_a_row_has_none(line: int) -> None:
    assert window("A", "B").index_at(line) is None


@given(st.lists(st.tuples(st.sampled_from([*Move, None]), st.integers(0, 12), st.integers(-1, 9)), max_size=20))
def test_the_cursor_is_always_on_the_page(steps: list[tuple[Move | None, int, int]]) -> None:
    seen = window(*"ABCD")
    for move, count, page in steps:
        if move is None:
            seen.set_rows(rows(*"ABCDEFGHIJKL"[:count]))
            seen.set_height(page)
        else:
            seen.move(move)

        assert sum(line.has_cursor for line in seen.lines) == bool(seen.rows)
        assert len(seen.lines) == max(1, page if move is None else seen.height)
