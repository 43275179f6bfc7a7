"""What is exported is what the terminal is sent."""

from typing import cast

from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.rows import Cell, TableRow
from cockpit.tui.screens.dashboard import Dashboard
from tests.cockpit.tui.stage import in_scene


async def test_a_capture_holds_every_cell_of_the_screen() -> None:
    async with in_scene((80, 24)) as stage:
        picture = capture(stage.app, "t", "d")

    assert (picture.width, picture.height, len(picture.rows)) == (80, 24, 24)
    assert {sum(inked.cells for inked in row) for row in picture.rows} == {80}


async def test_a_question_is_captured_over_what_it_covers() -> None:
    async with in_scene((80, 24)) as stage:
        await stage.pilot.press("q")
        await stage.pilot.pause()
        text = to_text(capture(stage.app, "t", "d"))

    assert "End this session?" in text
    assert "▌PAPER▐" in text
    assert "Positions" in text


async def test_what_a_question_covers_is_captured_as_it_is_now_and_not_as_the_question_found_it() -> None:
    async with in_scene((80, 24)) as stage:
        dashboard = cast("Dashboard", stage.app.screen)
        await stage.pilot.press("q")
        await stage.pilot.pause()
        table = dashboard.panel("positions").table
        assert table is not None
        table.set_rows([TableRow("X", (Cell("newest"),) * len(table.rows[0].cells))])
        await stage.pilot.pause()
        text = to_text(capture(stage.app, "t", "d"))

    assert "newest" in text
    assert "▌PAPER▐" in text
