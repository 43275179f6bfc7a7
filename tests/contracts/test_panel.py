"""What every panel of the catalog promises, at each size it may be given and in each theme."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from cockpit.glyphs import ASCII, UNICODE, Glyphs
from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.meters import meters
from cockpit.tui.panels.catalog import PANELS
from cockpit.tui.panels.panel import Panel
from cockpit.tui.recent import Recent
from cockpit.tui.spelling import Spelling
from cockpit.tui.theme import THEMES, fallbacks
from cockpit.tui.view import Freshness, View
from oms.state import State
from tests.cockpit.tui import scene

EVERY = pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.NAME)
SIZES = ((1, 1), (8, 3), (24, 4), (38, 7), (56, 9), (76, 11), (118, 20), (200, 40))
AT_EACH_SIZE = pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
WIDEST = (240, 60)
NUMBER = re.compile(r"(?<![\w.,])(?:[-+] *)?[\d,]*\d\.\d+[%~k]*(?=\s|$|│)")
"""A figure with decimals that stands free, so that a cut one would be another figure."""


class Bench(App[None]):
    """One panel and nothing else."""

    def __init__(self, panel: Panel, glyphs: Glyphs) -> None:
        super().__init__()
        self.panel = panel
        if glyphs is ASCII:
            self._filters.append(Spelling())
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallbacks(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.panel

    @property
    def shown(self) -> str:
        """What stands on the terminal."""
        return to_text(capture(self, "", ""))


@asynccontextmanager
async def on_bench(
    kind: type[Panel], size: tuple[int, int], glyphs: Glyphs = UNICODE
) -> AsyncIterator[tuple[Bench, Pilot[None]]]:
    """Give a panel a whole terminal of this size."""
    app = Bench(kind(), glyphs)
    app.panel.styles.width, app.panel.styles.height = size
    async with app.run_test(size=size) as pilot:
        yield app, pilot


def empty() -> tuple[State, View]:
    """Before anything happened."""
    return State(), scene.view(Recent())


@cache
def full() -> tuple[State, View]:
    """After a whole afternoon. A panel only looks, so one is enough for all."""
    gate = scene.gate()
    state, recent = scene.afternoon(gate)
    return state, scene.view(recent, meters=meters(gate.get_risk_status(state), state))


WHOLE: dict[type[Panel], set[str]] = {}
"""Every figure that a panel has to show after that afternoon: painted once, where there is room for all of it."""


def numbers(shown: str) -> set[str]:
    return {match.replace(" ", "") for match in NUMBER.findall(shown)}


async def painted(kind: type[Panel], size: tuple[int, int], state: State, view: View) -> str:
    async with on_bench(kind, size, view.glyphs) as (app, pilot):
        app.panel.paint(state, view)
        await pilot.pause()
        return app.shown


@EVERY
@AT_EACH_SIZE
async def test_it_shows_nothing_and_everything_in_every_theme(kind: type[Panel], size: tuple[int, int]) -> None:
    seen = []
    async with on_bench(kind, size) as (app, pilot):
        for state, view in (empty(), full(), empty()):
            for theme in THEMES:
                app.theme = theme.name
                app.panel.paint(state, view)
                await pilot.pause()
            seen.append(app.shown)

    assert seen[0] == seen[2]
    assert (seen[0] != seen[1]) or size[0] < 24 or size[1] < 4
    for shown in seen:
        assert all(cell_len(line) <= size[0] for line in shown.splitlines())


@EVERY
async def test_empty_it_says_so(kind: type[Panel]) -> None:
    shown = await painted(kind, (76, 9), *empty())

    assert kind.TITLE in shown
    assert len(re.findall(r"[A-Za-z]+", shown)) > len(kind.TITLE.split())


@EVERY
@AT_EACH_SIZE
async def test_every_number_it_shows_is_whole(kind: type[Panel], size: tuple[int, int]) -> None:
    state, view = full()
    if kind not in WHOLE:
        WHOLE[kind] = numbers(await painted(kind, WIDEST, state, view))

    assert numbers(await painted(kind, size, state, view)) <= WHOLE[kind]


@EVERY
@pytest.mark.parametrize("freshness", Freshness, ids=lambda freshness: freshness.value)
async def test_it_shows_prices_of_every_age_and_says_which_are_old(kind: type[Panel], freshness: Freshness) -> None:
    state, view = full()
    shown = await painted(kind, (110, 20), state, replace(view, freshness=freshness, quiet_secs=70.0, away_secs=12.0))
    mark = {Freshness.STALE: "~", Freshness.DISCONNECTED: "×"}.get(freshness)

    assert (mark is not None and mark in shown) == (kind.PRICED and mark is not None)
    assert ("STALE 1m10" in shown) == (kind.PRICED and freshness is Freshness.STALE)


@EVERY
@AT_EACH_SIZE
async def test_without_unicode_it_shows_none(kind: type[Panel], size: tuple[int, int]) -> None:
    async with on_bench(kind, size, ASCII) as (app, pilot):
        for state, view in (empty(), full()):
            app.panel.paint(state, replace(view, glyphs=ASCII))
            await pilot.pause()
            assert app.shown.isascii()


@EVERY
def test_it_watches_something_and_nobody_else_has_its_name(kind: type[Panel]) -> None:
    assert kind.WATCHES
    assert [panel.NAME for panel in PANELS].count(kind.NAME) == 1
