"""What stands behind a position, by hand: what is said before it goes, and whether it comes back as was said."""

import asyncio
from decimal import Decimal

import pytest

from oms.domain import commands as do
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import MANUAL, AccountId, BrokerId, StrategyId
from oms.domain.order import OrderTicket, OrderType, Purpose, Side
from oms.domain.units import Price
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, press_stop
from tests.cockpit.tui.test_hands import IBM, TREND, WHOLE, flat, focus, hold, press, protect


async def bracket(stage: Stage, quantity: int = 10, strategy: StrategyId = MANUAL, *, waits: bool = False) -> Price:
    """Buy some IBM with a stop five below it and a target nine above, and return the last price; or let it wait."""
    px = stage.session.state.marks.by_id[IBM].px
    ticket = OrderTicket(
        broker=BrokerId("sim"), account=AccountId("SIM-000001"), strategy_id=strategy, instrument_id=IBM,
        side=Side.BUY, quantity=Decimal(quantity), protect_px=px - 5, target_px=px + 9,
        order_type=OrderType.LIMIT if waits else OrderType.MARKET, limit_px=px - 1 if waits else None,
    )  # fmt: skip
    await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
    async with asyncio.timeout(5):
        while len(stage.session.state.blotter.open) < (3 if waits else 2):
            await stage.pilot.pause(0.005)
    await stage.settle()
    return px


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(("waits", "downs"), [(False, 1), (True, 2)])
async def test_canceling_a_target_says_what_is_left_and_asks_because_nobody_makes_it_again(
    waits: bool, downs: int
) -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        px = await bracket(stage, waits=waits)
        await focus(stage, "orders")
        said = await press(stage, *["down"] * downs, "c")
        await press(stage, "n")
        await stage.settle()
        left = len(stage.session.state.blotter.open)
        await press(stage, "c", "y")
        await stage.until(oev.OrderCanceled)
        await stage.settle()
        await press(stage, "u")
        await stage.settle()

        follows = "what order 1 fills has none." if waits else f"10 IBM keep the stop {px - 5}."
        assert "Cancel target 3?" in said
        assert f"removes target {px + 9}: {follows} It is not made again, whatever is resumed." in said
        assert left == (3 if waits else 2)
        assert len(stage.session.state.blotter.open) == left - 1
        assert stage.row("status") == " nothing to take back"


@pytest.mark.usefixtures("at_once")
async def test_a_target_that_somebody_canceled_is_not_made_again_by_a_resume_and_one_that_a_stop_took_is() -> None:
    """What the question says is what the engine does."""
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await bracket(stage)
        await press_stop(stage)
        await stage.until(oev.OrderCanceled)
        await stage.session.switch.resume("test")
        await stage.settle()
        after_stop = [order.ticket.order_type for order in stage.session.state.blotter.open.values()]
        await focus(stage, "orders")
        await press(stage, "down", "c", "y")
        await stage.settle()
        await press_stop(stage)
        await stage.session.switch.resume("test")
        await stage.settle()

        assert after_stop == [OrderType.STOP_MARKET, OrderType.LIMIT]
        assert [order.ticket.order_type for order in stage.session.state.blotter.open.values()] == [
            OrderType.STOP_MARKET
        ]


@pytest.mark.usefixtures("at_once")
async def test_canceling_all_says_that_targets_are_not_made_again() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await bracket(stage)
        said = await press(stage, "C")

        assert "1 protective order stays." in said
        assert "1 target among them: not made again, whatever is resumed." in said


@pytest.mark.usefixtures("at_once")
async def test_pausing_a_strategy_says_that_its_orders_work_on() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await bracket(stage, strategy=TREND)
        await focus(stage, "strategies")
        await press(stage, "p")
        await stage.until(sev.StrategyPaused)
        await stage.settle()

        assert stage.row("status") == " trend_following paused · 2 orders still work · u resumes it 10s"
        assert len(stage.session.state.blotter.open) == 2


@pytest.mark.usefixtures("at_once")
async def test_stopping_a_strategy_says_that_its_target_is_not_made_again_and_it_is_not() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await bracket(stage, strategy=TREND)
        await focus(stage, "strategies")
        said = await press(stage, "S")
        await press(stage, "y")
        await stage.until(oev.OrderCanceled)
        await stage.settle()
        again = await press(stage, "p")
        await press(stage, "y")
        await stage.settle()
        state = stage.session.state

        assert "It cancels 1 working order. 1 target among them: not made again when it may trade." in said
        assert "1 protective order stays." in said
        assert "Orders that its stop canceled, targets too, are not made anew." in again
        assert state.roster.is_enabled(TREND)
        assert [order.ticket.order_type for order in state.blotter.open.values()] == [OrderType.STOP_MARKET]


@pytest.mark.usefixtures("at_once")
async def test_a_flatten_that_was_asked_for_before_a_stop_needs_the_word_after_it() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await focus(stage, "positions")
        before = await press(stage, "f")
        await stage.session.switch.halt("ann", "enough")
        after = await press(stage, "y")
        held = len(stage.session.state.ledger.open)
        await press(stage, *"FLATTEN", "enter")
        await flat(stage)

        assert "type FLATTEN" not in before
        assert "type FLATTEN and enter" in after
        assert held == 1


@pytest.mark.usefixtures("at_once")
async def test_a_change_of_the_legs_of_a_bracket_counts_each_leg_for_itself() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        px = await bracket(stage)
        await focus(stage, "orders")
        stop = await press(stage, "e", "down", "ctrl+u", *"20", "ctrl+y")
        await press(stage, "n", "escape")
        target = await press(stage, "down", "e", "down", "ctrl+u", *f"{px + 5}", "ctrl+y")

        assert f"AT RISK 50.00 \u2192 {(px - 20) * 10:,.2f} to the stop" in stop
        assert "AT RISK 0.00 it only reduces" in target


@pytest.mark.usefixtures("at_once")
async def test_a_ticket_says_which_orders_give_back_already_what_it_would() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        px = await bracket(stage)
        await focus(stage, "positions")
        further = await press(stage, "s", "ctrl+t", "ctrl+t", *["down"] * 3, *f"{px - 2}")
        await press(stage, "escape", "b")
        other_way = await press(stage)

        assert "given back 10 by stop 2, 10 by target 3" in further
        assert "! DENIED" in further
        assert "given back" not in other_way


@pytest.mark.usefixtures("at_once")
async def test_a_change_of_a_stop_shows_the_risk_before_and_after_as_its_cancel_does() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        stop = await protect(stage)
        px = stage.session.state.marks.by_id[IBM].px
        await focus(stage, "orders")
        canceling = await press(stage, "c")
        await press(stage, "n", "e", "down", "ctrl+u", *"20")
        changing = await press(stage, "ctrl+y")
        before, after = ((px - at) * 10 for at in (stop.stop_px or px, 20))

        assert f"at risk: {before:,.2f} → {px * 10:,.2f}" in canceling
        assert f"AT RISK {before:,.2f} → {after:,.2f} to the stop" in changing


@pytest.mark.usefixtures("at_once")
async def test_canceling_a_target_that_was_written_by_hand_asks_and_can_be_taken_back() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        px = stage.session.state.marks.by_id[IBM].px + 9
        ticket = OrderTicket(
            broker=BrokerId("sim"), account=AccountId("SIM-000001"), strategy_id=MANUAL, instrument_id=IBM,
            side=Side.SELL, quantity=Decimal(10), order_type=OrderType.LIMIT, limit_px=px, purpose=Purpose.CLOSE,
        )  # fmt: skip
        await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
        await stage.settle()
        await focus(stage, "orders")
        said = await press(stage, "c")
        await press(stage, "n")
        left = len(stage.session.state.blotter.open)
        await press(stage, "c", "y")
        await stage.until(oev.OrderCanceled)
        await stage.settle()
        status = stage.row("status")
        again = await press(stage, "u")

        assert "Cancel target 2?" in said
        assert f"removes target {px}: 10 IBM have no stop either." in said
        assert "not made again" not in said
        assert (left, len(stage.session.state.blotter.open)) == (1, 0)
        assert "u writes 2 again" in status
        assert f"limit    {px}" in again or f"limit {px}" in again
