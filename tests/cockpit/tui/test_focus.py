"""Panels and rows under the hand: every panel can be reached, and every row be opened and copied."""

import pytest
from textual import events

from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.panels.catalog import PANELS
from cockpit.tui.screens.dashboard import Dashboard
from tests.cockpit.tui.stage import Stage, in_scene, on_stage

NAMES = {panel.NAME for panel in PANELS}


def dashboard(stage: Stage) -> Dashboard:
    screen = stage.app.screen_stack[0]
    assert isinstance(screen, Dashboard)
    return screen


def shown(stage: Stage) -> str:
    return to_text(capture(stage.app, "", ""))


async def focus(stage: Stage, name: str) -> None:
    """Press `tab` until keys go to a panel."""
    for _ in NAMES:
        panel = dashboard(stage).focused_panel
        if panel is not None and name == panel.NAME:
            return
        await stage.pilot.press("tab")
        await stage.settle()
    raise AssertionError(name)


@pytest.mark.parametrize("size", [(24, 8), (40, 15), (80, 24), (120, 40), (200, 60)])
async def test_tab_reaches_every_panel_and_comes_round(size: tuple[int, int]) -> None:
    async with in_scene(size) as stage:
        seen = []
        for _ in range(2 * len(NAMES)):
            await stage.pilot.press("tab")
            await stage.pilot.pause()
            panel = dashboard(stage).focused_panel
            assert panel is not None
            assert panel.size.height
            seen.append(panel.NAME)

        assert set(seen[: len(NAMES)]) == NAMES
        assert seen[: len(NAMES)] == seen[len(NAMES) :]


async def test_shift_tab_goes_the_other_way() -> None:
    async with in_scene((120, 40)) as stage:
        first = dashboard(stage).focused_panel
        await stage.pilot.press("tab", "tab", "shift+tab")
        second = dashboard(stage).focused_panel
        await stage.pilot.press("shift+tab")

        assert second is not first
        assert dashboard(stage).focused_panel is first


@pytest.mark.parametrize("name", sorted(NAMES))
async def test_every_panel_can_be_zoomed_and_the_zoom_goes_along(name: str) -> None:
    async with in_scene((80, 24)) as stage:
        await focus(stage, name)
        await stage.pilot.press("z")
        await stage.settle()
        zoomed = [panel.NAME for panel in dashboard(stage).panels]
        await stage.pilot.press("tab")
        await stage.settle()
        following = [panel.NAME for panel in dashboard(stage).panels]

        assert zoomed == [name]
        assert len(following) == 1
        assert following != zoomed


async def test_a_click_focuses_a_panel_without_rows_too() -> None:
    async with in_scene((120, 40)) as stage:
        await stage.pilot.click("#gauges")
        await stage.settle()
        panel = dashboard(stage).focused_panel

        assert panel is not None
        assert panel.NAME == "gauges"


async def test_escape_brings_the_lists_back() -> None:
    async with in_scene((40, 15)) as stage:
        await focus(stage, "log")
        assert "Positions" not in shown(stage)
        await stage.pilot.press("escape")
        await stage.settle()

        assert "Positions (3)" in shown(stage)


async def test_enter_shows_a_row_to_the_end_of_its_texts_and_with_every_column() -> None:
    async with in_scene((120, 40)) as stage:
        await focus(stage, "strategies")
        assert "MSFT 10/30" not in shown(stage)
        await stage.pilot.press("enter")
        await stage.settle()
        opened = shown(stage)
        await stage.pilot.press("enter")
        await stage.settle()

        assert "╔═ Strategies ═" in opened
        assert "MSFT 10/30 gap -0.1%" in " ".join(line.strip(" ║│") for line in opened.splitlines())
        assert "MSFT 10/30" not in shown(stage)


async def test_a_row_is_copied_whole_as_tab_separated_values() -> None:
    async with in_scene((80, 24)) as stage:
        await focus(stage, "positions")
        await stage.pilot.press("y")
        await stage.settle()

        fields = stage.app.clipboard.split("\t")
        assert fields[:5] == ["AAPL", "▼ SHRT", "14", "252.11", "252.73▴"]
        assert {"-8.66", "mean_reversion", "3.54%", "29m00"} <= set(fields)
        assert stage.row("status") == f" copied {len(fields)} fields"


@pytest.mark.parametrize(("key", "said"), [("y", "no row to copy"), ("enter", "no row to open")])
async def test_a_panel_without_rows_says_so(key: str, said: str) -> None:
    async with in_scene((80, 24)) as stage:
        await focus(stage, "gauges")
        await stage.pilot.press(key)
        await stage.settle()

        assert said in stage.row("status")


async def test_a_filter_that_nothing_matches_says_so_and_not_that_there_is_nothing() -> None:
    async with in_scene((120, 40)) as stage:
        for name in ("prices", "orders"):
            await focus(stage, name)
            await stage.pilot.press("slash", *"zz")
            await stage.settle()
            said = shown(stage)
            await stage.pilot.press("escape")
            await stage.settle()

            assert "Nothing matches the filter." in said
            assert "Nothing matches" not in shown(stage)


async def test_the_frame_says_how_many_rows_it_has_no_room_for_and_what_is_filtered() -> None:
    async with in_scene((40, 15)) as stage:
        assert "Prices (4) ── +3 more" in shown(stage)
        await focus(stage, "positions")
        await stage.pilot.press("slash", *"g")
        await stage.settle()

        assert "Positions (3) ── /g 2 of 3" in shown(stage)


@pytest.mark.parametrize(("key", "name"), [("w", "w"), ("ctrl+q", "^Q"), ("f7", "F7"), ("left_curly_bracket", "{")])
async def test_a_key_that_does_nothing_says_so(key: str, name: str) -> None:
    async with on_stage() as stage:
        seq = stage.session.state.seq
        await stage.pilot.press(key)
        await stage.settle()

        assert stage.row("status") == f" {name}: no such key · ? lists them"
        assert stage.session.state.seq == seq
        assert stage.app.is_running


async def test_an_answer_of_the_terminal_is_no_key() -> None:
    """Textual hands on what it does not know as `^` and the letters that follow it."""
    async with on_stage() as stage:
        for key, character in (("circumflex_accent", "^"), ("left_square_bracket", "["), ("c", "c")):
            stage.app.post_message(events.Key(key, character))
        await stage.settle()

        assert stage.row("status") == ""


async def test_the_smallest_screens_show_results_in_the_line_of_the_gate() -> None:
    async with in_scene((40, 15)) as stage:
        before = stage.row("status")
        await stage.pilot.press("w")
        await stage.settle()
        said = stage.row("status")
        stage.wall.now += 11
        await stage.settle()

        assert before == " Gate ACTIVE · 2 orders · feed ● sim ● "
        assert said == " w: no such key · ? lists them"
        assert stage.row("status").startswith(" Gate ACTIVE · 2 orders · ")
