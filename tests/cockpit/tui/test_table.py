"""The table on a screen: what it draws, what it asks to be drawn again, what it tells."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

import pytest
from textual import on
from textual.app import ComposeResult
from textual.geometry import Region
from textual.message import Message

from cockpit.tui.columns import Align, Column
from cockpit.tui.rows import Cell, Move, TableRow
from cockpit.tui.table import Table
from tests.cockpit.tui.themed import Themed

COLUMNS = (
    Column(title="SYM", width=5),
    Column(title="QTY", align=Align.RIGHT, width=6, priority=2),
    Column(title="LAST", align=Align.POINT, width=9, priority=1),
)


def row(symbol: str, quantity: str = "300", last: str = "189.20", word: str = "up") -> TableRow:
    return TableRow(symbol, (Cell(symbol), Cell(quantity), Cell(last, word)))


BOOK = (row("AAPL"), row("MSFT", "1,200", "409.85", "down"), row("BTC", "0.75", "62,310.5"))


class Watched(Table):
    """A table that remembers what it asked to be painted again: None is everything."""

    asked: list[Region | None]

    def __init__(self, columns: Sequence[Column], *, empty: str) -> None:
        self.asked = []
        super().__init__(columns, empty=empty)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        self.asked += regions or (None,)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class Bench(Themed):
    """An app with nothing but the table."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield Watched(COLUMNS, empty="No positions. b buy")

    @on(Table.CursorMoved)
    @on(Table.Chosen)
    @on(Table.LayoutChanged)
    def remember(self, message: Message) -> None:
        self.told.append(message)

    @property
    def table(self) -> Watched:
        return self.query_one(Watched)

    @property
    def lines(self) -> list[str]:
        return [self.table.render_line(y).text.rstrip() for y in range(self.table.size.height)]


def words(app: Bench, y: int, text: str) -> Any:
    return next((segment.style for segment in app.table.render_line(y) if text in segment.text), None)


async def test_rows_footer_and_cursor_stand_where_they_belong() -> None:
    app = Bench()
    async with app.run_test(size=(30, 6)):
        app.table.set_rows(BOOK, (Cell("Σ", "muted"), Cell(""), Cell("+534.00", "up")))

        assert app.lines == [
            " SYM      QTY      LAST",
            "▸AAPL     300    189.20",
            " MSFT   1,200    409.85",
            " BTC     0.75 62,310.5",
            "",
            " Σ              +534.00",
        ]


async def test_nothing_to_show_is_said_in_a_sentence() -> None:
    app = Bench()
    async with app.run_test(size=(30, 4)):
        assert app.lines == [" No positions. b buy", "", "", ""]


async def test_a_table_with_nothing_to_show_misses_no_column() -> None:
    app = Bench()
    async with app.run_test(size=(14, 4)):
        before = app.table.hidden_columns
        app.table.set_rows(BOOK)

        assert (before, app.table.hidden_columns) == (0, 2)


async def test_the_cursor_shows_where_keys_go_and_nowhere_else() -> None:
    app = Bench()
    async with app.run_test(size=(30, 6)) as pilot:
        app.table.set_rows(BOOK)
        marked = "".join(line[0] for line in app.lines if line)
        app.set_focus(None)
        await pilot.pause()

        assert marked == " ▸  "
        assert not any(line.startswith("▸") for line in app.lines)
        assert app.table.cursor_key == BOOK[0].key


@asynccontextmanager
async def showing_the_book() -> AsyncIterator[Watched]:
    """Show a table with the book in it, that remembers what it asks for from now on."""
    app = Bench()
    async with app.run_test(size=(30, 6)):
        app.table.set_rows(BOOK)
        app.table.asked.clear()
        yield app.table


async def test_a_changed_cell_is_painted_again_alone_and_an_equal_row_not_at_all() -> None:
    async with showing_the_book() as table:
        table.set_rows([row("AAPL"), *BOOK[1:]])
        unchanged = list(table.asked)
        table.set_rows([row("AAPL", last="189.21"), *BOOK[1:]])
        digit = list(table.asked)
        table.asked.clear()
        table.set_rows([row("AAPL", last="189.21", word="stale"), *BOOK[1:]])

        assert unchanged == []
        assert digit == [Region(14, 1, 9, 1)]
        assert table.asked == [Region(14, 1, 9, 1)], "another word is another look"


async def test_several_changed_cells_of_a_line_are_painted_again_as_one_stretch() -> None:
    """For each of several Textual would write the line anew, from its start."""
    async with showing_the_book() as table:
        table.set_rows([row("AAPL", quantity="301", last="189.21"), *BOOK[1:]])

        assert table.asked == [Region(7, 1, 16, 1)]


async def test_a_new_row_is_a_new_line_and_a_wider_text_moves_everything() -> None:
    app = Bench()
    async with app.run_test(size=(30, 6)):
        table = app.table
        table.set_rows(BOOK[:2])
        table.asked.clear()
        table.set_rows((*BOOK[:2], row("IBM")))
        assert table.asked == [Region(0, 3, 30, 1)]

        table.asked.clear()
        table.set_rows((row("AAPL", "1,000,000"),))
        assert None in table.asked

        table.asked.clear()
        table.set_rows((row("AAPL", "1"),))
        assert table.asked == [Region(7, 1, 9, 1)], "columns do not shrink with every tick"


async def test_a_moved_cursor_paints_two_lines_and_says_where_it_is() -> None:
    app = Bench()
    async with app.run_test(size=(30, 6)) as pilot:
        table = app.table
        table.set_rows(BOOK)
        await pilot.pause()
        app.told.clear()
        table.asked.clear()
        table.move_cursor(Move.DOWN)
        await pilot.pause()

        assert table.asked == [Region(0, 1, 30, 1), Region(0, 2, 30, 1)]
        assert [message.key for message in app.told if isinstance(message, Table.CursorMoved)] == ["MSFT"]
        assert [line[0] for line in app.lines[1:4]] == [" ", "▸", " "]

        table.action_move("bottom")
        table.action_choose()
        await pilot.pause()

        assert [message.key for message in app.told if isinstance(message, Table.Chosen)] == ["BTC"]
        assert table.select("AAPL")
        assert not table.select("TSLA")
        assert table.cursor_key == "AAPL"


async def test_rows_that_arrive_above_do_not_take_the_cursor_away() -> None:
    app = Bench()
    async with app.run_test(size=(30, 6)) as pilot:
        app.table.set_rows(BOOK)
        app.table.select("MSFT")
        await pilot.pause()
        app.told.clear()
        app.table.set_rows((row("NEW"), *BOOK))
        await pilot.pause()

        assert app.table.cursor_key == "MSFT"
        assert app.told == []
        assert app.lines[3].startswith("▸MSFT")


async def test_a_narrow_table_drops_whole_columns_and_says_how_many() -> None:
    app = Bench()
    async with app.run_test(size=(18, 4)) as pilot:
        app.table.set_rows(BOOK)
        await pilot.pause()

        assert app.lines[:2] == [" SYM        LAST", "▸AAPL     189.20"]
        assert app.table.hidden_columns == 1
        assert [message.hidden_columns for message in app.told if isinstance(message, Table.LayoutChanged)] == [1]

        await pilot.resize_terminal(40, 5)
        await pilot.pause()

        assert app.table.hidden_columns == 0
        assert app.lines[0] == " SYM      QTY      LAST"


async def test_a_filter_keeps_rows_back_and_tells() -> None:
    app = Bench()
    async with app.run_test(size=(30, 6)) as pilot:
        app.table.set_rows(BOOK)
        app.table.set_filter("ms")
        await pilot.pause()

        assert app.lines[1:3] == ["▸MSFT   1,200    409.85", ""]
        assert app.table.hidden_rows == 2


async def test_a_click_puts_the_cursor_and_a_second_chooses() -> None:
    app = Bench()
    async with app.run_test(size=(30, 6)) as pilot:
        app.table.set_rows(BOOK)
        await pilot.double_click(Watched, offset=(3, 2))
        await pilot.click(Watched, offset=(3, 5))
        await pilot.pause()

        assert app.table.cursor_key == "MSFT"
        assert [message.key for message in app.told if isinstance(message, Table.Chosen)] == ["MSFT"]


@pytest.mark.parametrize("name", ["[red]X[/]", "AAPL[/]", "[@click=app.quit]X[/]", "[type=x, v={'a[0]'}]"])
async def test_markup_is_only_strange_text(name: str) -> None:
    app = Bench()
    async with app.run_test(size=(60, 4)):
        app.table.set_rows([row(name)])

        assert app.lines[1].startswith(f"▸{name} ")


async def test_a_word_takes_its_color_from_the_theme_of_the_moment() -> None:
    app = Bench()
    async with app.run_test(size=(30, 6)) as pilot:
        app.set_focus(None)
        app.table.set_rows(BOOK)
        colors = []
        for theme in ("textual-dark", "matrix", "blue-orange"):
            app.table.asked.clear()
            app.theme = theme
            await pilot.pause()
            assert None in app.table.asked, "the whole table is painted again"
            colors.append(words(app, 2, "409.85").color.name)

        assert len(set(colors)) == 3


async def test_only_a_focused_table_fills_its_cursor_row() -> None:
    app = Bench()
    async with app.run_test(size=(30, 6)) as pilot:
        app.table.set_rows(BOOK)
        app.table.focus()
        await pilot.pause()
        focused = words(app, 1, "AAPL").bgcolor
        app.set_focus(None)
        await pilot.pause()

        assert focused != words(app, 2, "MSFT").bgcolor
        assert words(app, 1, "AAPL").bgcolor == words(app, 2, "MSFT").bgcolor


async def test_without_color_the_cursor_row_is_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Bench()
    async with app.run_test(size=(30, 6)) as pilot:
        app.table.set_rows(BOOK)
        app.table.focus()
        await pilot.pause()

        assert words(app, 1, "AAPL").reverse
        assert words(app, 1, "189.20").reverse
        assert not words(app, 2, "MSFT").reverse


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (5, 3), (300, 120)])
async def test_any_size_is_drawn_to_its_edges(size: tuple[int, int]) -> None:
    app = Bench()
    async with app.run_test(size=size) as pilot:
        app.table.set_rows(BOOK, (Cell("Σ"), Cell(""), Cell("+534.00", "up")))
        app.table.move_cursor(Move.BOTTOM)
        await pilot.pause()

        assert {app.table.render_line(y).cell_length for y in range(size[1])} == {size[0]}
