"""What a newcomer waits for: the first picture is whole, and nothing is loaded for it that it does not show."""

import subprocess
import sys

import pytest

from cockpit.tui.screens.dashboard import SETTLE_SECS, Dashboard
from tests.cockpit.tui.stage import on_stage


def test_the_first_picture_loads_neither_questions_nor_pictures_of_itself() -> None:
    code = "import cockpit.tui.app, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert "cockpit.tui.screens.dashboard" in loaded
    assert {"cockpit.tui.acts", "cockpit.tui.dialog", "cockpit.tui.modals.question", "cockpit.snapshot.svg"}.isdisjoint(
        loaded
    )


async def test_everything_stands_in_its_place_and_is_filled_before_it_is_first_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    refresh = Dashboard._refresh_layout  # noqa: SLF001 - Textual tells nobody else of the first layout

    def note(self: Dashboard, *given: object, **named: object) -> None:
        shown.append(self.query_one("#banner").text)  # type: ignore[attr-defined]
        refresh(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Dashboard, "_refresh_layout", note)
    async with on_stage():
        assert "PAPER" in shown[0]


async def test_a_resize_to_the_size_that_stands_lays_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual tells a new screen its size three times."""
    laid_out: list[tuple[int, int]] = []
    lay_out = Dashboard.lay_out

    def note(self: Dashboard) -> None:
        laid_out.append(self.app.size)
        lay_out(self)

    async with on_stage(size=(120, 40)) as stage:
        monkeypatch.setattr(Dashboard, "lay_out", note)
        dashboard = stage.app.screen_stack[0]
        assert isinstance(dashboard, Dashboard)
        dashboard.on_resize(None)  # type: ignore[arg-type]
        await stage.pilot.pause(2 * SETTLE_SECS)
        assert laid_out == []

        await stage.pilot.resize_terminal(100, 40)
        await stage.pilot.pause(2 * SETTLE_SECS)
        assert set(laid_out) == {(100, 40)}
