"""What the screen says of a venue outside the process that falls silent: a real session, and a venue on a socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
from msgspec.structs import replace

from cockpit import live_link, pauses
from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.cockpit import Cockpit
from cockpit.tui.life import Life
from oms.domain import events as ev
from tests.cockpit.tui.stage import Stage, Wall, built_with, settings_for
from tests.doubles.venue.listed import ABC, ACCOUNT, WIRE
from tests.doubles.venue.stage import Stage as Trading
from tests.doubles.venue.stage import a_venue
from tests.doubles.venue.venue import Venue

SILENT_SECS = 0.2
SILENT = "the venue has said nothing for 0.2 s"


@asynccontextmanager
async def at_a_distance() -> AsyncIterator[tuple[Stage, Venue]]:
    """Run the screen over a session whose venue gives a sign of life now and then, and has shown a price."""
    settings, venue = settings_for(), a_venue(beat_secs=0.01)
    built, paths = await built_with(settings)
    await built.session.close()
    await venue.open()
    session = Trading(venue).session
    life, wall, records = Life(session, ()), Wall(), list[ev.Record]()
    session.bus.subscribe(lambda record: records.append(record) if record.seq else None)
    seen = replace(settings, session=replace(settings.session, broker=WIRE, account=ACCOUNT))
    app = Cockpit(built._replace(session=session), paths, seen, life, monotonic=wall)
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            stage = Stage(app, pilot, session, life, wall, records, paths)
            await until_link(stage, "")
            venue.show("ABC", 1_000, 1_001)
            while not session.state.marks.quotes:
                await pilot.pause(0.005)
            await stage.settle()
            yield stage, venue
        life.end("the test is over")
        await life.outlive_screen()
    finally:
        await venue.close()


async def until_link(stage: Stage, why: str) -> None:
    """Wait until the link is away for this reason, or up for none."""
    while stage.session.state.runs.links.get(WIRE) != why:
        await stage.pilot.pause(0.005)


async def shown(stage: Stage) -> str:
    """What stands on the terminal."""
    stage.app.screen.mark_all()  # type: ignore[attr-defined]
    await stage.settle()
    return to_text(capture(stage.app, "", ""))


async def test_a_link_that_falls_silent_is_away_on_the_screen_until_somebody_asks_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pauses, "STEADY_SECS", 0.0)
    monkeypatch.setattr(pauses, "FIRST_SECS", 0.01)
    async with at_a_distance() as (stage, venue):
        before = await shown(stage)
        monkeypatch.setattr(live_link, "SILENT_SECS", SILENT_SECS)  # of the next link
        connects = venue.connects
        venue.cut()
        while venue.connects == connects:
            await stage.pilot.pause(0.005)
        await until_link(stage, "")
        monkeypatch.setattr(pauses, "FIRST_SECS", 3_600.0)  # so that it stays as it is
        venue.mute = True
        await until_link(stage, SILENT)
        stage.wall.now += 12
        silent = await shown(stage)
        venue.mute = False
        await stage.session.switch.resume("test")
        venue.show("ABC", 1_010, 1_011)
        while stage.session.state.marks.quotes[ABC.instrument_id].bid_px != Decimal("10.10"):
            await stage.pilot.pause(0.005)
        again = await shown(stage)

        assert "▌PAPER▐ tape " in before
        assert "wire ●" in before
        assert "▌OFFLINE▐ PAPER " in silent
        assert f"wire ○ away: {SILENT}" in silent
        assert "Prices (5) ── DISCONNECTED 00:12 · last " in silent
        assert f"wire DISCONNECTED: {SILENT}" in silent
        assert "10.00×" in silent
        assert "▌PAPER▐ tape " in again
        assert "wire ●" in again
        assert "10.10 " in again
