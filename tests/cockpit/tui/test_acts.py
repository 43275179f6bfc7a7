"""Keys on the real screen over a real session: first the event a key caused, then what is to be seen of it."""

import re

import pytest
from textual import events

from cockpit.tui.said import Said
from cockpit.tui.screens.dashboard import Dashboard
from cockpit.tui.view import View
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderStatus
from oms.domain.risk import TradingState
from oms.state import State
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, place, press_stop


@pytest.mark.usefixtures("at_once")
async def test_pausing_strategies_is_one_key_and_resuming_asks() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("P")
        await stage.until(sev.StrategyPaused)
        await stage.settle()
        assert "4 strategies paused" in stage.row("status")
        await stage.pilot.press("escape", "P")
        await stage.pilot.pause()
        enabled = sum(isinstance(record.event, sev.StrategyEnabled) for record in stage.records)
        await stage.pilot.press("y")
        await stage.settle()

        assert sum(isinstance(record.event, sev.StrategyEnabled) for record in stage.records) == enabled + 4


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("key", ["enter", "n", "escape", "P", "space"])
async def test_only_y_is_yes(key: str) -> None:
    async with on_stage() as stage:
        await stage.pilot.press("P")
        await stage.until(sev.StrategyPaused)
        await stage.pilot.press("escape", "P")
        await stage.pilot.pause()
        seq = stage.session.state.seq
        await stage.pilot.press(key)
        await stage.settle()

        assert stage.session.state.seq == seq
        assert len(stage.app.screen_stack) == 1


async def test_a_key_typed_before_the_question_could_be_read_is_no_answer() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("P")
        await stage.until(sev.StrategyPaused)
        seq = stage.session.state.seq
        await stage.pilot.press("escape", "P", "y", "y", "y")
        await stage.settle()

        assert stage.session.state.seq == seq
        assert len(stage.app.screen_stack) == 2


@pytest.mark.usefixtures("at_once")
async def test_pasted_text_never_acts() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("P")
        await stage.until(sev.StrategyPaused)
        await stage.pilot.press("escape", "P")
        await stage.pilot.pause()
        seq = stage.session.state.seq
        for text in ("y", "P", "q", "\x18\x18", "RESUME\n"):
            stage.app.post_message(events.Paste(text))
        await stage.settle()

        assert stage.session.state.seq == seq
        assert not stage.session.latch.flag.is_set()
        assert len(stage.app.screen_stack) == 2


async def test_one_press_of_the_stop_key_arms_and_stops_nothing() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("ctrl+x")
        armed = stage.row("banner")
        await stage.pilot.press("j")
        await stage.settle()

        assert "ARMED" in armed
        assert "ARMED" not in stage.row("banner")
        assert not stage.session.latch.flag.is_set()


async def test_two_presses_stop_cancel_and_pause() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        order_id = await place(stage)
        await press_stop(stage)
        await stage.until(oev.OrderCanceled)
        await stage.settle()

        assert stage.session.state.trading.state is TradingState.HALTED
        assert stage.session.state.blotter.orders[order_id].status is OrderStatus.CANCELED
        assert not any(map(stage.session.state.roster.is_enabled, stage.session.state.roster.by_id))
        assert stage.row("banner").startswith("▌HALTED▐ PAPER by operator")
        stage.wall.now += 60
        await stage.settle()
        said = r" STOPPED in \d+ ms: sim 1/1 canceled in \d+ ms · no positions · \^R resumes"
        assert re.fullmatch(said, stage.row("status"))


async def test_the_latch_is_closed_before_anything_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage() as stage:
        order: list[str] = []
        close, paint = stage.session.latch.close, Dashboard.paint

        def closing(reason: str) -> None:
            order.append("latch")
            close(reason)

        def painting(
            screen: Dashboard, state: State, view: View, said: Said | None, *, armed: bool, first: bool, undo: str
        ) -> None:
            order.extend(["screen"] if said is not None and "STOPPED" in said.text else [])
            paint(screen, state, view, said, armed=armed, first=first, undo=undo)

        monkeypatch.setattr(stage.session.latch, "close", closing)
        monkeypatch.setattr(Dashboard, "paint", painting)
        await press_stop(stage)

        assert order[:2] == ["latch", "screen"]


@pytest.mark.parametrize("opener", ["q", "ctrl+p", "question_mark", "slash"])
async def test_the_stop_works_over_every_question_and_field(opener: str) -> None:
    async with on_stage() as stage:
        await stage.pilot.press(opener)
        await stage.pilot.pause()
        assert len(stage.app.screen_stack) == 2
        await press_stop(stage)

        assert stage.session.latch.flag.is_set()


@pytest.mark.usefixtures("at_once")
async def test_resuming_needs_the_word_and_leaves_strategies_paused() -> None:
    async with on_stage() as stage:
        await press_stop(stage)
        await stage.pilot.press("ctrl+r")
        await stage.pilot.pause()
        await stage.pilot.press(*"RESUM", "enter")
        await stage.settle()
        assert stage.session.state.trading.state is TradingState.HALTED
        await stage.pilot.press("ctrl+r")
        await stage.pilot.pause()
        await stage.pilot.press(*"RESUME", "enter")
        await stage.until(ev.TradingResumed)
        await stage.settle()

        assert not stage.session.latch.flag.is_set()
        assert not any(map(stage.session.state.roster.is_enabled, stage.session.state.roster.by_id))
        assert "strategies stay paused" in stage.row("status")


async def test_control_c_says_how_to_leave() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("ctrl+c")
        await stage.settle()

        assert stage.row("status") == " q ends the session · ^X ^X stops trading"


@pytest.mark.usefixtures("at_once")
async def test_quitting_can_be_thought_better_of() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("q")
        await stage.pilot.pause()
        await stage.pilot.press("x", "enter", "escape")
        await stage.settle()

        assert stage.session.ended_by is None
        assert stage.app.is_running


async def quit_with_an_order(stage: Stage, how: str) -> ClientOrderId:
    """Place an order, quit and answer how; return the order's id once the run has ended."""
    order_id = await place(stage)
    await stage.pilot.press("q")
    await stage.pilot.pause()
    await stage.pilot.press(how)
    await stage.until(ev.RunEnded)
    return order_id


@pytest.mark.usefixtures("at_once")
async def test_leaving_leaves_orders_at_the_venue() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        order_id = await quit_with_an_order(stage, "l")

        assert stage.session.ended_by == "quit, working orders: leave"
        assert stage.session.state.blotter.orders[order_id].status is OrderStatus.ACCEPTED


@pytest.mark.usefixtures("at_once")
async def test_cancelling_comes_before_the_end() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        order_id = await quit_with_an_order(stage, "c")

        assert stage.session.state.blotter.orders[order_id].status is OrderStatus.CANCELED
        kinds = [type(record.event) for record in stage.records]
        assert kinds.index(oev.OrderCanceled) < kinds.index(ev.RunEnded)
