"""Lines are handed out again until something has changed them."""

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip

from cockpit.tui.kept import Kept
from cockpit.tui.lines import Lines
from cockpit.tui.rows import Cell
from tests.cockpit.tui.themed import Themed

ALL = Region(0, 0, 12, 4)


class Bench(Themed):
    """An app with three lines in a frame."""

    CSS = "Lines { border: round white; width: 12; height: 4; } Lines.-other { border: round red; }"

    def compose(self) -> ComposeResult:
        yield Lines()

    @property
    def lines(self) -> Lines:
        return self.query_one(Lines)


def drawn(widget: Kept) -> list[Strip]:
    return widget.render_lines(ALL)


async def test_lines_that_nothing_changed_are_handed_out_as_they_were() -> None:
    app = Bench()
    async with app.run_test():
        app.lines.set_lines([(Cell("one"),), (Cell("two"),)])
        before, again = drawn(app.lines), drawn(app.lines)

        assert all(one is other for one, other in zip(before, again, strict=True))


async def test_a_changed_line_is_drawn_anew_and_the_one_beside_it_is_not() -> None:
    app = Bench()
    async with app.run_test():
        app.lines.set_lines([(Cell("one"),), (Cell("two"),)])
        before = drawn(app.lines)
        app.lines.set_lines([(Cell("one"),), (Cell("three"),)])
        after = drawn(app.lines)

        assert [strip.text for strip in after] == ["╭──────────╮", "│one       │", "│three     │", "╰──────────╯"]
        assert [one is other for one, other in zip(before, after, strict=True)] == [True, True, False, True]


async def test_a_title_a_frame_a_theme_and_a_size_change_the_lines() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        plain = str(drawn(app.lines)[0]._segments[0].style)  # noqa: SLF001
        app.lines.border_title = Content("title")
        titled = drawn(app.lines)[0].text
        app.lines.add_class("-other")
        await pilot.pause()
        framed = str(drawn(app.lines)[0]._segments[0].style)  # noqa: SLF001
        app.lines.set_lines([(Cell("up", "up"),)])
        green = {str(segment.style) for segment in drawn(app.lines)[1]}
        app.theme = "blue-orange"
        await pilot.pause()
        app.lines.refresh()
        blue = {str(segment.style) for segment in drawn(app.lines)[1]}

        assert "title" in titled
        assert framed != plain
        assert green != blue
        assert [strip.cell_length for strip in app.lines.render_lines(Region(0, 0, 5, 2))] == [5, 5]


async def test_a_line_that_is_shown_no_more_leaves_nothing_for_the_collector() -> None:
    """Textual keeps in a strip what it was divided into, and that is the strip itself where nothing cut it."""
    app = Bench()
    async with app.run_test():
        app.lines.set_lines([(Cell("one"),)])
        gone = drawn(app.lines)[1]
        assert gone.divide([gone.cell_length]) == [gone]
        app.lines.set_lines([(Cell("two"),)])
        drawn(app.lines)

        assert not gone._divide_cache  # noqa: SLF001
