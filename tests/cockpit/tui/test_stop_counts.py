"""What a stop will cancel and what it leaves, before and after it was given, also at a venue that cannot answer."""

import pytest

from cockpit import aftermath
from cockpit.tui.banner import banner
from oms.domain import events as ev
from oms.domain import order_events as oev
from tests.cockpit.tui.stage import QUOTES, on_stage, place, press_stop, settings_for
from tests.cockpit.tui.test_hands import WHOLE, focus, hold, protect


async def test_an_armed_stop_counts_what_it_would_cancel_and_says_that_stops_stay() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        await place(stage)
        both = banner(stage.session.state, stage.app._watch.view(), 120, armed=True)  # noqa: SLF001
        await stage.pilot.press("ctrl+x")

        said = "▌E-STOP ARMED▐ press ^X again within 0.9 s — cancels 1 order, 1 stop stays, blocks new ones"
        assert "".join(cell.text for cell in both.line) == said
        assert stage.row("banner").strip() == said


async def test_with_nothing_but_stops_an_armed_stop_cancels_nothing() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        await stage.pilot.press("ctrl+x")

        assert stage.row("banner").strip().endswith("— blocks new orders, 1 stop stays")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_venue_that_lives_in_the_time_of_a_tape_that_is_held_is_said_to_wait_for_it(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(aftermath, "SILENT_SECS", 0.0)
    settings = settings_for(sim__partial="0", sim__latency_ms="500")
    async with on_stage(quotes=QUOTES, size=size, settings=settings) as stage:
        await place(stage)
        await press_stop(stage)
        top, status = stage.row("banner"), stage.row("status")
        stage.session.pace.pause(paused=False)
        await stage.until(oev.OrderCanceled)
        await stage.settle()

        assert (" 0/1 canceled, tape held · ^R resume" in top) == (size == (120, 40))
        assert "sim 0/1 canceled" in status
        assert "does not answer while the tape is held" in status
        assert "sim 1/1 canceled" in stage.row("status")
        assert (" 1/1 canceled · ^R resume" in stage.row("banner")) == (size == (120, 40))


async def test_a_cancel_by_hand_says_so_too() -> None:
    settings = settings_for(sim__partial="0", sim__latency_ms="500")
    async with on_stage(quotes=QUOTES, settings=settings) as stage:
        await place(stage)
        await focus(stage, "orders")
        await stage.pilot.press("c")
        await stage.until(oev.OrderPendingCancel)
        while "asked for" not in stage.row("status"):
            await stage.pilot.pause(0.005)
            await stage.settle()

        assert "cancel of order 1 asked for: BUY 1 IBM" in stage.row("status")
        assert " · sim does not answer while the tape is held" in stage.row("status")
        assert not [record for record in stage.records if isinstance(record.event, ev.CommandRefused)]
