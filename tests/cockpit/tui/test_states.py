"""What the screen says of each state, when the state comes about by itself: nobody sets a flag."""

import re

import pytest

from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.pace import Tempo
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, place, press_stop
from tests.doubles.locked import locked

NEVER = Tempo(per_instant=1e6)


def shown(stage: Stage) -> str:
    """What stands on the terminal."""
    return to_text(capture(stage.app, "", ""))


async def after(stage: Stage, secs: float) -> str:
    """What stands there so many seconds of wall time later."""
    stage.wall.now += secs
    stage.app.screen.mark_all()  # type: ignore[attr-defined]
    await stage.settle()
    return shown(stage)


async def test_prices_age_as_soon_as_they_stop_arriving_and_are_fresh_again_when_they_come() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        stage.session.pace.set(NEVER)
        stage.session.pace.pause(paused=False)
        await stage.settle()
        seen = [await after(stage, secs) for secs in (0, 2, 4, 65)]
        stage.session.pace.set(None)
        ts = stage.session.state.ts
        while stage.session.state.ts == ts:
            await stage.pilot.pause(0.005)
        arrived = await after(stage, 0)

        fresh, ageing, stale, old = seen
        assert "feed ●  sim" in fresh
        assert "feed ● 2s  sim" in ageing
        assert not any("STALE" in screen for screen in (fresh, ageing))
        assert "▌PAPER▐ STALE  tape " in stale
        assert "Prices (4) ── STALE 6s" in stale
        assert "feed ○ STALE 1m11" in old
        assert "STALE" not in arrived


async def test_a_venue_that_cannot_keep_its_book_is_away_and_its_values_stay() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        order_id = await place(stage)
        worth = next(part for part in stage.row("banner").split("  ") if part.startswith("NAV"))
        with locked(stage.paths.venue):
            await stage.session.inbox.ask(do.CancelOrder(actor="test", client_order_id=order_id))
            await stage.until(ev.TradingHalted)
            lost = await after(stage, 12)

        assert "▌HALTED▐ PAPER OFFLINE" in lost
        assert worth.partition(".")[0] in lost  # the cents make room for who closed the gate
        assert "Prices (4) ── DISCONNECTED 00:12 · last " in lost
        assert "Z · ^R retries" in lost
        assert "sim ○ away: " in lost
        assert lost.count("×") > 4


async def test_the_gesture_halts_and_the_screen_says_so_everywhere() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        await place(stage)
        await press_stop(stage)
        await stage.until(oev.OrderCanceled)
        halted = await after(stage, 0)

        assert "▌HALTED▐ PAPER by operator " in halted
        assert " · 1/1 canceled · ^R resume" in halted
        assert re.search(r"Gate +HALTED", halted)
        assert re.search(r"STOPPED in \d+ ms: sim 1/1 canceled in \d+ ms · no positions · \^R resumes", halted)
        assert halted.rstrip().splitlines()[-1].startswith(" ^R resume ? help")


async def test_the_key_pauses_and_the_screen_says_so_everywhere() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        stage.session.pace.set(NEVER)
        await stage.pilot.press("comma", "comma")
        paused = await after(stage, 3_600)

        assert "▌PAPER▐ PAUSED  tape " in paused
        assert "Prices (4) ── TAPE PAUSED" in paused
        assert "feed ● paused" in paused
        assert ", go on" in paused


@pytest.mark.parametrize("key", ["comma", "plus", "underscore"])
async def test_at_the_end_of_the_tape_its_keys_say_that_it_has_ended(key: str) -> None:
    async with on_stage(quotes=QUOTES) as stage:
        stage.session.pace.pause(paused=False)
        await stage.session.inbox.feed_ended.wait()
        await stage.pilot.press(key)
        ended = await after(stage, 0)

        assert "▌PAPER▐ TAPE ENDED" in ended
        assert " the tape has ended" in ended
        assert "+ faster" not in ended
        assert not stage.session.pace.paused
