"""Keys on the real screen over a real session: first the event a key caused, then what is to be seen of it."""

import stat
from decimal import Decimal
from hashlib import sha256

import pytest
from textual import events

from cockpit.tui.modals import question
from cockpit.tui.panels.prices import Prices
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import MANUAL, AccountId, BrokerId, ClientOrderId, InstrumentId
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.risk import TradingState
from tests.cockpit.tui.stage import Stage, on_stage

QUOTES = 20  # five instants into the first session: every price is known and the market is open


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions take answers from their first moment."""
    monkeypatch.setattr(question, "GUARD_SECS", 0.0)


async def place(stage: Stage) -> ClientOrderId:
    ticket = OrderTicket(
        broker=BrokerId("sim"), account=AccountId("SIM-000001"), strategy_id=MANUAL,
        instrument_id=InstrumentId("IBM.XNYS"), side=Side.BUY, quantity=Decimal(1), order_type=OrderType.LIMIT,
        limit_px=stage.session.state.marks.by_id[InstrumentId("IBM.XNYS")].px - 2, tif=TimeInForce.GTC,
    )  # fmt: skip
    records = await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
    assert isinstance(records[-1].event, ev.OrderSubmitted), records[-1].event
    return records[-1].event.client_order_id


async def stop(stage: Stage) -> None:
    await stage.pilot.press("ctrl+x", "ctrl+x")
    await stage.until(ev.TradingHalted)
    await stage.settle()


async def test_comma_holds_the_tape_and_lets_it_go_on() -> None:
    async with on_stage() as stage:
        pace, was = stage.session.pace, [stage.session.pace.paused]
        for _ in range(2):
            await stage.pilot.press("comma")
            was.append(pace.paused)
        await stage.settle()

        assert was == [True, False, True]
        assert "PAUSED" in stage.row("banner")
        assert "tape paused" in stage.row("status")


async def test_plus_and_underscore_change_the_speed() -> None:
    async with on_stage() as stage:
        rate = stage.session.pace.instants_per_sec
        assert rate is not None
        await stage.pilot.press("plus", "plus", "underscore")
        await stage.settle()

        assert stage.session.pace.instants_per_sec == 2 * rate
        assert "×1" in stage.row("banner")


async def test_the_hints_go_with_the_first_key() -> None:
    async with on_stage() as stage:
        assert "pause tape" in stage.row("status")
        await stage.pilot.press("j")
        await stage.settle()

        assert stage.row("status") == ""


@pytest.mark.usefixtures("at_once")
async def test_pausing_strategies_is_one_key_and_resuming_asks() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("P")
        await stage.until(ev.StrategyPaused)
        await stage.settle()
        assert "4 strategies paused" in stage.row("status")
        await stage.pilot.press("P")
        await stage.pilot.pause()
        enabled = sum(isinstance(record.event, ev.StrategyEnabled) for record in stage.records)
        await stage.pilot.press("y")
        await stage.settle()

        assert sum(isinstance(record.event, ev.StrategyEnabled) for record in stage.records) == enabled + 4


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("key", ["enter", "n", "escape", "P", "space"])
async def test_only_y_is_yes(key: str) -> None:
    async with on_stage() as stage:
        await stage.pilot.press("P")
        await stage.until(ev.StrategyPaused)
        await stage.pilot.press("P")
        await stage.pilot.pause()
        seq = stage.session.state.seq
        await stage.pilot.press(key)
        await stage.settle()

        assert stage.session.state.seq == seq
        assert len(stage.app.screen_stack) == 1


async def test_a_key_typed_before_the_question_could_be_read_is_no_answer() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("P")
        await stage.until(ev.StrategyPaused)
        seq = stage.session.state.seq
        await stage.pilot.press("P", "y", "y", "y")
        await stage.settle()

        assert stage.session.state.seq == seq
        assert len(stage.app.screen_stack) == 2


@pytest.mark.usefixtures("at_once")
async def test_pasted_text_never_acts() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("P")
        await stage.until(ev.StrategyPaused)
        await stage.pilot.press("P")
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
        await stop(stage)
        await stage.until(ev.OrderCanceled)
        await stage.settle()

        assert stage.session.state.trading.state is TradingState.HALTED
        assert stage.session.state.blotter.orders[order_id].status is OrderStatus.CANCELED
        assert not any(map(stage.session.state.roster.is_enabled, stage.session.state.roster.by_id))
        assert stage.row("banner").startswith("▌HALTED▐ PAPER by stop")
        stage.wall.now += 60
        await stage.settle()
        assert "1 of 1 working orders closed" in stage.row("status")


async def test_the_latch_is_closed_before_anything_is_drawn() -> None:
    async with on_stage() as stage:
        drawn_before: list[bool] = []
        latch, close = stage.session.latch, stage.session.latch.close
        paint = stage.app.paint

        def watched(reason: str) -> None:
            drawn_before.append(latch.flag.is_set())
            close(reason)
            stage.app.paint = never  # type: ignore[method-assign]
            stage.app.paint = paint  # type: ignore[method-assign]

        def never() -> None:
            raise AssertionError

        latch.close = watched  # type: ignore[method-assign]
        await stop(stage)

        assert drawn_before == [False]
        assert latch.flag.is_set()


@pytest.mark.parametrize("opener", ["q", "ctrl+p", "question_mark", "slash"])
async def test_the_stop_works_over_every_question_and_field(opener: str) -> None:
    async with on_stage() as stage:
        await stage.pilot.press(opener)
        await stage.pilot.pause()
        assert len(stage.app.screen_stack) == 2
        await stop(stage)

        assert stage.session.latch.flag.is_set()


@pytest.mark.usefixtures("at_once")
async def test_resuming_needs_the_word_and_leaves_strategies_paused() -> None:
    async with on_stage() as stage:
        await stop(stage)
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


@pytest.mark.usefixtures("at_once")
async def test_leaving_leaves_orders_at_the_venue() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        order_id = await place(stage)
        await stage.pilot.press("q")
        await stage.pilot.pause()
        await stage.pilot.press("l")
        await stage.until(ev.RunEnded)

        assert stage.session.ended_by == "quit, working orders: leave"
        assert stage.session.state.blotter.orders[order_id].status is OrderStatus.ACCEPTED


@pytest.mark.usefixtures("at_once")
async def test_cancelling_comes_before_the_end() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        order_id = await place(stage)
        await stage.pilot.press("q")
        await stage.pilot.pause()
        await stage.pilot.press("c")
        await stage.until(ev.RunEnded)

        assert stage.session.state.blotter.orders[order_id].status is OrderStatus.CANCELED
        kinds = [type(record.event) for record in stage.records]
        assert kinds.index(ev.OrderCanceled) < kinds.index(ev.RunEnded)


async def test_a_snapshot_is_private_whole_and_journaled() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("ctrl+e")
        await stage.until(ev.SnapshotExported)
        while len(written := [r.event for r in stage.records if isinstance(r.event, ev.SnapshotExported)]) < 2:
            await stage.pilot.pause(0.005)
        await stage.settle()
        files = sorted(stage.paths.snapshots.iterdir())

        assert [file.suffix for file in files] == [".svg", ".txt"]
        assert {event.sha256 for event in written} == {sha256(file.read_bytes()).hexdigest() for file in files}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert "▌PAPER▐" in files[1].read_text()
        assert written[-1].sha256[:12] in stage.row("status")


async def test_a_feed_that_died_is_marked_on_the_prices_themselves() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        stage.session.pace.set(1e-6)
        stage.session.pace.pause(paused=False)
        await stage.settle()
        assert "STALE" not in stage.row("banner")
        stage.wall.now += 6
        await stage.pilot.pause(0.3)
        await stage.settle()
        panel = stage.app.screen.query_one(Prices)

        assert "STALE" in stage.row("banner")
        assert "STALE 6s" in str(panel.border_title)
        assert panel.table is not None
        assert all(row.cells[1].text.endswith("~") for row in panel.table.rows)


async def test_a_paused_tape_never_gets_stale() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        stage.wall.now += 3_600
        await stage.settle()

        assert "STALE" not in stage.row("banner")
        assert "PAUSED" in stage.row("banner")


async def test_a_lost_broker_keeps_the_values_and_says_so() -> None:
    async with on_stage(quotes=QUOTES, size=(200, 60)) as stage:
        before = stage.row("banner")
        await stage.session.inbox.ask(do.BrokerDown(actor="test", broker=BrokerId("sim"), text="[/] reset"))
        stage.app.screen.mark_all()  # type: ignore[attr-defined]
        await stage.settle()
        panel = stage.app.screen.query_one(Prices)

        assert "NAV" in before
        assert stage.row("banner").startswith("▌HALTED▐ PAPER OFFLINE by stop: sim is lost: [/] reset")
        assert "NAV" in stage.row("banner")
        assert "DISCONNECTED" in str(panel.border_title)
        assert panel.table is not None
        assert all(row.cells[1].text.endswith("×") for row in panel.table.rows)
        assert "away: [/] reset" in stage.row("links")


async def test_the_cursor_is_always_on_an_instrument_and_keys_move_it() -> None:
    async with on_stage() as stage:
        table = stage.app.screen.query_one(Prices).table
        assert table is not None
        first = table.cursor_key
        await stage.pilot.press("j", "j")
        third = table.cursor_key
        await stage.pilot.press("g")

        assert first == table.cursor_key == "AAPL.XNAS"
        assert third == "IBM.XNYS"


async def test_typing_narrows_the_list_and_escape_brings_it_back() -> None:
    async with on_stage() as stage:
        table = stage.app.screen.query_one(Prices).table
        assert table is not None
        await stage.pilot.press("slash", *"ib")
        await stage.pilot.pause()
        narrowed = [row.key for row in table.rows]
        await stage.pilot.press("enter")
        await stage.settle()
        kept = [row.key for row in table.rows]
        await stage.pilot.press("escape")
        await stage.settle()

        assert narrowed == kept == ["IBM.XNYS"]
        assert len(table.rows) == 4


async def test_zoom_gives_a_panel_the_room_and_takes_it_back() -> None:
    async with on_stage() as stage:
        panel = stage.app.screen.query_one(Prices)
        await stage.pilot.press("z")
        await stage.settle()
        zoomed = panel.size
        await stage.pilot.press("z")
        await stage.settle()

        assert (zoomed.width, zoomed.height) == (118, 34)
        assert panel.size.width < 100


async def test_the_palette_finds_and_does() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("ctrl+p", *"hold", "enter")
        await stage.settle()

        assert not stage.session.pace.paused


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (40, 15), (23, 7), (10, 3), (1, 1)])
async def test_any_size_works_and_comes_back(size: tuple[int, int]) -> None:
    async with on_stage(quotes=QUOTES) as stage:
        await stage.pilot.resize_terminal(*size)
        await stage.pilot.pause(0.1)
        await stage.settle()
        await stage.pilot.resize_terminal(120, 40)
        await stage.pilot.pause(0.1)
        await stage.settle()

        assert stage.row("banner").startswith("▌PAPER▐")
        assert stage.app.failure is None


async def test_hidden_panels_are_not_painted() -> None:
    async with on_stage(size=(80, 24)) as stage:
        equity = stage.app.screen_stack[0].query_one("#equity")
        stage.app.screen.mark_all()  # type: ignore[attr-defined]
        await stage.settle()

        assert not equity.display
        assert getattr(equity, "is_dirty", False)


async def test_hostile_words_are_words() -> None:
    async with on_stage() as stage:
        for text in ("AAPL[/]", "[type=x, v={'a[0]'}]", "[@click=app.quit]X[/]", "\x1b]52;c;aGk=\x07", "\u202eYUB"):
            await stage.session.inbox.ask(do.HaltTrading(actor="test", reason=text))
            await stage.settle()
            assert all(character.isprintable() for character in stage.row("banner"))

        assert stage.app.failure is None


async def test_an_order_is_painted_long_before_the_next_tick_of_the_timer() -> None:
    async with on_stage(quotes=QUOTES) as stage:
        await stage.settle()
        stage.wall.now += 1
        await place(stage)
        await stage.pilot.pause(0.1)

        assert "Working orders (1)" in str(stage.app.screen.query_one("#orders").border_title)
