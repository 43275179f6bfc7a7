"""Pictures of the dashboard and the ticket, kept and read like code: a change of the screen is a change of these files.

`COCKPIT_PICTURES=write python -m pytest tests/cockpit/tui/test_pictures.py` makes them anew, on purpose.
"""

import os
from pathlib import Path
from time import monotonic

import pytest

from cockpit.glyphs import ASCII, UNICODE, Glyphs
from cockpit.snapshot.picture import Picture
from cockpit.snapshot.svg import to_svg
from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.modals import question as question_module
from cockpit.tui.theme import THEMES
from tests.cockpit.tui.stage import Stage, in_scene, settings_for

PICTURES = Path(__file__).parent / "pictures"
SIZES = ((40, 15), (80, 24), (120, 40), (200, 60))


WRITTEN = ("b", "ctrl+u", "3", "0", "ctrl+t", *["down"] * 3, *["minus"] * 2)
"""Keys that write a purchase by a limit two ticks inside the ask."""


async def asked(stage: Stage, *keys: str) -> str:
    """What stands on the screen after these keys."""
    for key in keys:
        await stage.pilot.press(key)
        await stage.pilot.pause()
        await stage.readable()
    await stage.settle()
    return to_text(capture(stage.app, "", ""))


async def taken(width: int, height: int, theme: str = "matrix", glyphs: Glyphs = UNICODE) -> Picture:
    async with in_scene((width, height), settings_for(ui__theme=theme), glyphs) as stage:
        return capture(stage.app, "cockpit dashboard", f"{width}×{height}, {theme}")


def same(name: str, text: str) -> bool:
    path = PICTURES / name
    if os.environ.get("COCKPIT_PICTURES") == "write":
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_dashboard_reads_as_it_was_reviewed(width: int, height: int) -> None:
    assert same(f"dashboard-{width}x{height}.txt", to_text(await taken(width, height)))


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_dashboard_looks_as_it_was_reviewed(width: int, height: int, theme: str) -> None:
    assert same(f"dashboard-{width}x{height}-{theme}.svg", to_svg(await taken(width, height, theme)))


async def test_the_dashboard_reads_in_ascii_as_it_was_reviewed() -> None:
    shown = to_text(await taken(80, 24, glyphs=ASCII))

    assert shown.isascii()
    assert same("dashboard-80x24-ascii.txt", shown)


async def test_the_dashboard_looks_without_color_as_it_was_reviewed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert same("dashboard-80x24-no-color.svg", to_svg(await taken(80, 24)))


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(("width", "height"), SIZES[:3])
async def test_the_ticket_and_its_question_read_as_they_were_reviewed(
    width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slow the machine is: no second passes for the question."""
    now = monotonic()
    monkeypatch.setattr(question_module, "monotonic", lambda: now)
    async with in_scene((width, height)) as stage:
        form = await asked(stage, *WRITTEN)
        question = await asked(stage, "ctrl+y")

    assert same(f"ticket-{width}x{height}.txt", form)
    assert same(f"send-{width}x{height}.txt", question)
