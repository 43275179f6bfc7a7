"""Orders, positions and strategies by hand: what is done at once, what asks, and what can be taken back."""

import asyncio
from decimal import Decimal

import pytest
from msgspec.structs import replace

from cockpit.tui.lines import Lines
from cockpit.tui.modals import confirm
from cockpit.tui.modals.confirm import Confirm
from cockpit.tui.modals.question import Question
from cockpit.tui.modals.ticket import Ticket
from cockpit.tui.undo import UNDO_SECS
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import MANUAL, AccountId, BrokerId, InstrumentId, StrategyId
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.roster import Standing
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, place, press_stop, settings_for

IBM = InstrumentId("IBM.XNYS")
TREND = StrategyId("trend_following")
WHOLE = settings_for(sim__partial="0")
"""Orders are filled at once: what is left of one would wait for the tape, which stands still."""


async def press(stage: Stage, *keys: str) -> str:
    """Press keys one after the other, and return what the question on top then says, if there is one."""
    for key in keys:
        await stage.pilot.press(key)
        await stage.pilot.pause()
        await stage.readable()
    question = stage.app.screen
    if not isinstance(question, Question):
        return ""
    body = question.query_one(Lines)
    return " ".join(f"{body.border_title} {body.text}".split())


async def focus(stage: Stage, name: str) -> None:
    """Go to a panel."""
    for _ in range(9):
        await stage.settle()
        panel = stage.app.screen.focused_panel  # type: ignore[attr-defined]
        if panel is not None and name == panel.NAME:
            return
        await stage.pilot.press("tab")
    pytest.fail(f"no way to {name}")


async def hold(stage: Stage, quantity: int = 10, strategy: StrategyId = MANUAL, side: Side = Side.BUY) -> None:
    """Buy some IBM at the market, or sell it."""
    ticket = OrderTicket(
        broker=BrokerId("sim"), account=AccountId("SIM-000001"), strategy_id=strategy, instrument_id=IBM,
        side=side, quantity=Decimal(quantity), order_type=OrderType.MARKET,
    )  # fmt: skip
    await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
    while not any(one.key.strategy_id == strategy for one in stage.session.state.ledger.open.values()):
        await stage.pilot.pause(0.005)


async def flat(stage: Stage) -> None:
    """Wait until nothing is held."""
    async with asyncio.timeout(5):
        while stage.session.state.ledger.open:
            await stage.pilot.pause(0.005)
    await stage.settle()


async def protect(stage: Stage, strategy: StrategyId = MANUAL, quantity: int = 10) -> OrderTicket:
    """Let a stop by hand work below what is held."""
    px = (stage.session.state.marks.by_id[IBM].px * Decimal("0.95")).quantize(Decimal("0.01"))
    ticket = OrderTicket(
        broker=BrokerId("sim"), account=AccountId("SIM-000001"), strategy_id=strategy, instrument_id=IBM,
        side=Side.SELL, quantity=Decimal(quantity), order_type=OrderType.STOP_MARKET, stop_px=px, tif=TimeInForce.GTC,
        purpose=Purpose.PROTECT,
    )  # fmt: skip
    records = await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
    assert isinstance(records[-1].event, oev.OrderSubmitted), records[-1].event
    await stage.settle()
    return ticket


async def test_a_cancel_is_one_key_and_can_be_written_again() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        order_id = await place(stage)
        await focus(stage, "orders")
        await press(stage, "c")
        await stage.until(oev.OrderCanceled)
        await stage.settle()
        said = stage.row("status")
        await press(stage, "u")

        assert stage.session.state.blotter.orders[order_id].status is OrderStatus.CANCELED
        assert said.startswith(" order 1 canceled: BUY 1 IBM LIMIT")
        assert said.endswith(" · u writes 1 again 10s")
        assert isinstance(stage.app.screen, Ticket)
        assert stage.app.screen.form.draft.limit == f"{stage.session.state.blotter.orders[order_id].ticket.limit_px}"


async def test_what_was_done_too_long_ago_is_not_taken_back() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await place(stage)
        await focus(stage, "orders")
        await press(stage, "c")
        await stage.until(oev.OrderCanceled)
        stage.wall.now += UNDO_SECS + 1
        await press(stage, "u")
        await stage.settle()

        assert stage.row("status") == " nothing to take back"
        assert len(stage.app.screen_stack) == 1


async def test_the_tape_goes_back_to_how_it_went() -> None:
    async with on_stage() as stage:
        await press(stage, "plus", "u")
        await stage.settle()
        assert stage.row("status") == " taken back: speed ×0.5, the tape is paused · , goes on"
        await press(stage, "comma", "u")
        await stage.settle()

        assert stage.session.pace.paused
        assert stage.row("status") == " taken back: speed ×0.5, the tape is paused · , goes on"
        await press(stage, "comma", "plus", "u")
        await stage.settle()
        assert stage.row("status").startswith(" taken back: speed ×0.5, the tape runs")
        await press(stage, "comma")
        assert str(stage.app._operator.speed) == "×0.5"  # noqa: SLF001 - what plays
        await press(stage, "plus")
        await stage.settle()
        assert stage.row("status").startswith(" speed ×1, the tape is paused · u ")


@pytest.mark.parametrize("key", ["c", "e", "p", "S"])
async def test_a_key_acts_on_nothing_that_the_cursor_is_not_on(key: str) -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await place(stage)
        seq = stage.session.state.seq
        await press(stage, key)
        await stage.settle()

        assert stage.session.state.seq == seq
        assert "the cursor is on no" in stage.row("status")


@pytest.mark.usefixtures("at_once")
async def test_canceling_a_stop_says_what_is_left_without_one_and_asks() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        stop = await protect(stage)
        await focus(stage, "orders")
        said = await press(stage, "c")
        await press(stage, "n")
        assert not [record for record in stage.records if isinstance(record.event, oev.OrderPendingCancel)]
        await press(stage, "c", "y")
        await stage.until(oev.OrderCanceled)

        px = stage.session.state.marks.by_id[IBM].px
        lost = f"{(px - (stop.stop_px or px)) * 10:,.2f} → {px * 10:,.2f}"
        assert f"removes stop {stop.stop_px}: 10 IBM are unprotected at risk: {lost}" in said


@pytest.mark.usefixtures("at_once")
async def test_that_nobody_answered_a_question_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "PATIENCE_SECS", 0.05)
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await focus(stage, "positions")
        await press(stage, "f")
        async with asyncio.timeout(5):
            while isinstance(stage.app.screen, Question):
                await stage.pilot.pause(0.005)
        await stage.settle()

        assert stage.row("status") == " nothing was done: nobody answered in 0.05 s"
        assert stage.session.state.ledger.open


@pytest.mark.usefixtures("at_once")
async def test_two_stops_of_one_position_say_which_part_each_covers() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage, quantity=6)
        await protect(stage, quantity=3)
        await protect(stage, quantity=1)
        said = await press(stage, "C")
        await press(stage, "escape")

        assert "6 of 10 IBM are unprotected" in said
        assert "3 of 10 IBM are unprotected" in said
        assert "1 of 10 IBM is unprotected" in said


async def test_what_waits_for_another_order_is_not_changed_and_says_what_it_waits_for() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        px = stage.session.state.marks.by_id[IBM].px
        ticket = OrderTicket(
            broker=BrokerId("sim"), account=AccountId("SIM-000001"), strategy_id=MANUAL, instrument_id=IBM,
            side=Side.BUY, quantity=Decimal(1), order_type=OrderType.LIMIT, limit_px=px - 1, target_px=px + 9,
        )  # fmt: skip
        await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
        await stage.settle()
        await focus(stage, "orders")
        await press(stage, "down", "e")
        await stage.settle()
        said = stage.row("status")
        asked = len(stage.app.screen_stack) > 1
        opened = await press(stage, "enter")

        assert not asked
        assert said == " order 2 cannot be changed · it waits for order 1 to fill"
        assert "WAITS FOR order 1 to fill" in opened


async def test_a_stop_is_asked_about_by_what_its_own_strategy_holds_and_not_by_the_net() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage, 10)
        stop = await protect(stage)
        await hold(stage, 8, TREND, Side.SELL)
        await focus(stage, "orders")
        said = await press(stage, "c")

        px = stage.session.state.marks.by_id[IBM].px
        lost = f"{(px - (stop.stop_px or px)) * 10:,.2f} → {px * 10:,.2f}"
        assert f"removes stop {stop.stop_px}: 10 IBM are unprotected at risk: {lost}" in said


async def test_after_a_stop_positions_are_counted_as_their_panel_counts_them() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await hold(stage, strategy=TREND)
        while len(stage.session.state.ledger.open) < 2:
            await stage.pilot.pause(0.005)
        await press_stop(stage)
        await stage.settle()

        assert "2 positions stay" in stage.row("status")
        assert "sim had none to cancel" in stage.row("status")


@pytest.mark.parametrize(("size", "said"), [
    ((120, 40), "1 protective order stays · 1 position stays · F flattens · ^R resumes"),
    ((80, 24), "1/1 canceled · 1 stop, 1 position stay · F flat · ^R resume"),
    ((40, 15), "1/1 canceled"),
])  # fmt: skip
async def test_of_a_stop_nothing_that_stays_is_left_unsaid_without_a_sign(size: tuple[int, int], said: str) -> None:
    async with on_stage(quotes=QUOTES, size=size, settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        await place(stage)
        await press_stop(stage)
        await stage.until(oev.OrderCanceled)
        await stage.settle()
        row = stage.row("status")

        assert said in row
        assert row.endswith(("^R resumes", "^R resume", "…"))


@pytest.mark.usefixtures("at_once")
async def test_cancel_all_leaves_stops_and_takes_them_only_with_the_word() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        entry = await place(stage)
        said = await press(stage, "C")
        await press(stage, "y")
        await stage.until(oev.OrderCanceled)
        await stage.settle()
        orders = stage.session.state.blotter
        assert orders.orders[entry].status is OrderStatus.CANCELED
        assert [order.ticket.purpose for order in orders.open.values()] == [Purpose.PROTECT]
        again = await press(stage, "C")
        await press(stage, "y", "enter", "escape")
        assert len(orders.open) == 1
        await press(stage, "C", *"CANCEL", "enter")
        await stage.settle()

        assert "Cancel 1 working order?" in said
        assert f"BUY 1 IBM LIMIT {orders.orders[entry].ticket.limit_px}" in said
        assert "1 protective order stays" in said
        assert "type CANCEL and enter" in again
        assert not orders.open


@pytest.mark.usefixtures("at_once")
async def test_an_order_is_changed_after_its_yes_and_only_in_what_can_be_changed() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        order_id = await place(stage)
        await focus(stage, "orders")
        form = await press(stage, "e", "backspace", "3", "down", "minus")
        question = await press(stage, "ctrl+y")
        before = stage.session.state.blotter.orders[order_id].ticket
        await press(stage, "y")
        await stage.until(oev.OrderReplaced)
        await stage.settle()
        after = stage.session.state.blotter.orders[order_id].ticket

        assert "CHANGE PAPER ORDER 1" in form
        assert "in force" not in form
        assert "was: BUY 1 IBM" in question
        assert before.quantity == 1
        assert (after.quantity, after.limit_px) == (Decimal(3), (before.limit_px or 0) - Decimal("0.01"))
        assert "asked to change order 1: BUY 3 IBM LIMIT" in stage.row("status")


async def test_where_nothing_is_held_nothing_is_asked() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await press(stage, "f")
        await stage.settle()
        one = stage.row("status")
        await press(stage, "F")
        await stage.settle()

        assert one == " nothing of AAPL is held"
        assert stage.row("status") == " no position is held"


@pytest.mark.usefixtures("at_once")
async def test_one_strategy_is_paused_by_one_key_and_trades_again_after_its_yes() -> None:
    async with on_stage() as stage:
        await focus(stage, "strategies")
        await press(stage, "p")
        await stage.until(sev.StrategyPaused)
        await stage.settle()
        roster = stage.session.state.roster
        assert [name for name in roster.by_id if not roster.is_enabled(name)] == [TREND]
        assert stage.row("status") == " trend_following paused · u resumes it 10s"
        asked = await press(stage, "u")
        await press(stage, "n", "p", "y")
        await stage.settle()

        assert "Let trend_following trade?" in asked
        assert "One position may take 5.00% of NAV." in asked
        assert roster.is_enabled(TREND)


@pytest.mark.usefixtures("at_once")
async def test_a_strategy_is_stopped_after_its_yes_with_its_orders_and_enabled_by_name_only() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        order_id = await place(stage)
        ticket = replace(stage.session.state.blotter.orders[order_id].ticket, strategy_id=TREND, quantity=Decimal(2))
        records = await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
        own = next(record.event.client_order_id for record in records if isinstance(record.event, oev.OrderInitialized))
        await focus(stage, "strategies")
        said = await press(stage, "S")
        assert isinstance(stage.app.screen, Confirm)
        await press(stage, "y")
        await stage.until(sev.StrategyStopped)
        await stage.until(oev.OrderCanceled)
        await press(stage, "P")
        await stage.settle()
        await press(stage, "P", "y")
        await stage.settle()
        state = stage.session.state
        stopped = state.roster.by_id[TREND].standing
        await press(stage, "p", "y")
        await stage.settle()

        assert "Stop trend_following?" in said
        assert "It cancels 1 working order. It holds nothing." in said
        assert state.blotter.orders[own].status is OrderStatus.CANCELED
        assert state.blotter.orders[order_id].status is OrderStatus.ACCEPTED
        assert stopped is Standing.STOPPED
        assert state.roster.is_enabled(TREND)


@pytest.mark.usefixtures("at_once")
async def test_selling_on_a_position_closes_it_for_the_strategy_that_holds_it() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage, 7, TREND)
        await focus(stage, "positions")
        await press(stage, "s", "ctrl+y", "y")
        await flat(stage)

        assert not stage.session.state.ledger.open


async def test_leaving_cancels_all_but_what_protects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.tui.modals.question.Question.guard_secs", 0.0)
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        entry = await place(stage)
        await press(stage, "q", "c")
        await stage.until(ev.RunEnded)

        orders = stage.session.state.blotter
        assert orders.orders[entry].status is OrderStatus.CANCELED
        assert [order.ticket.purpose for order in orders.open.values()] == [Purpose.PROTECT]
