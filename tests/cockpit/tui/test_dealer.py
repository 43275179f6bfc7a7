"""What is said of a cancel and of a resume: what came of it, not what was asked for."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from brokers.sim.venue import SimBroker
from cockpit import format as fmt
from cockpit.log.log import TradingLog
from cockpit.tui import dealer
from cockpit.tui.dealer import Dealer
from cockpit.tui.recent import Recent
from oms.bus import Bus
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
async def test_the_targets_that_a_resume_makes_anew_are_counted_and_told_one_by_one(tmp_path: Path) -> None:
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
        recent = Recent()
        recent.recall(stage.records, stage.session.state)
        told = [line.said.text for line in recent.lines if "anew" in line.said.text]
        assert told == [
            f"manual SELL 5 IBM limit {fmt.price(px + 9, Decimal('0.01'))} target #4: made anew: trading was resumed"
        ]
        log = TradingLog(tmp_path / "log", wall=lambda: 0)
        log.follow(Bus(), stage.session.state)
        for record in stage.records:
            log.watch(record)
        log.close()
        written = [line for line in map(json.loads, (tmp_path / "log").read_text().splitlines()) if "anew" in str(line)]
        assert [(line["text"], line["client_order_id"]) for line in written] == [
            ("target of 2, made anew: trading was resumed", "SIM-1-4")
        ]


@pytest.mark.usefixtures("at_once")
async def test_of_a_strategy_without_orders_no_cancels_are_foretold() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await focus(stage, "strategies")

        assert "Stop trend_following? It holds nothing." in await press(stage, "S")
