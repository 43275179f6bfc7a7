"""What is said of a cancel and of a resume: what came of it, not what was asked for."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from brokers.sim.venue import SimBroker
from cockpit.tui import dealer
from cockpit.tui.dealer import Dealer
from oms.domain import commands as do
from oms.domain import events as ev
from tests.cockpit.tui.stage import QUOTES, on_stage, place, press_stop
from tests.cockpit.tui.test_hands import IBM, WHOLE, focus, hold, press


async def test_a_cancel_that_the_venue_does_not_confirm_at_once_was_asked_for_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dealer, "CONFIRM_SECS", 0.01)
    monkeypatch.setattr(SimBroker, "cancel", lambda _broker, _order: None)
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        order = stage.session.state.blotter.orders[await place(stage)]
        done = await Dealer(stage.session).cancel(order)

        assert done.is_done
        assert done.said.text.startswith("cancel of order 1 asked for: BUY 1 IBM LIMIT")


@pytest.mark.usefixtures("at_once")
async def test_the_targets_that_a_resume_makes_anew_are_counted() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        px = stage.session.state.marks.by_id[IBM].px
        await hold(stage)
        bought = next(iter(stage.session.state.blotter.orders.values())).ticket
        await stage.session.inbox.ask(
            do.SubmitTicket(actor="test", ticket=replace(bought, quantity=Decimal(5), target_px=px + 9))
        )
        await stage.settle()
        await press_stop(stage)
        await press(stage, "ctrl+r", *"RESUME", "enter")
        await stage.until(ev.TradingResumed)
        await stage.settle()

        paused = "strategies stay paused until P"
        assert stage.row("status") == f" trading resumed; 1 target made anew; {paused}"


@pytest.mark.usefixtures("at_once")
async def test_of_a_strategy_without_orders_no_cancels_are_foretold() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await focus(stage, "strategies")

        assert "Stop trend_following? It holds nothing." in await press(stage, "x")
