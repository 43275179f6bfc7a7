"""Flattening by hand: a row, everything, after a stop, and what is said of it."""

import asyncio
from decimal import Decimal

import pytest
from msgspec.structs import replace

from brokers.sim.venue import SimBroker
from cockpit.tui import operator
from oms.domain import commands as do
from oms.domain.ids import InstrumentId
from oms.domain.order import Order, Side
from tests.cockpit.tui.stage import QUOTES, on_stage, press_stop, settings_for
from tests.cockpit.tui.test_hands import IBM, TREND, WHOLE, flat, focus, hold, press, protect

AAPL = InstrumentId("AAPL.XNAS")


@pytest.mark.usefixtures("at_once")
async def test_flattening_what_the_cursor_is_on_asks_for_y_and_says_what_it_brings() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await focus(stage, "positions")
        said = await press(stage, "f")
        await press(stage, "enter")
        assert stage.session.state.ledger.open
        await press(stage, "f", "y")
        await flat(stage)

        assert "Flatten IBM of manual?" in said
        assert "SELL 10 IBM at the market, about" in said
        assert not stage.session.state.ledger.open


@pytest.mark.usefixtures("at_once")
async def test_a_row_is_flattened_by_itself_and_what_another_strategy_holds_against_it_stays_with_its_stop() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage, 10)
        await protect(stage)
        await hold(stage, 4, TREND, Side.SELL)
        await focus(stage, "positions")
        said = await press(stage, "f")
        await press(stage, "y")
        async with asyncio.timeout(5):
            while not stage.row("status").startswith(" FLATTENED"):
                await stage.settle()

        assert "Flatten IBM of manual?" in said
        assert "trend_following SHORT 4 stays: the account goes from LONG 6 to SHORT 4." in said
        assert stage.row("status") == (
            " FLATTENED: 1/1 orders filled · IBM of manual is flat · IBM SHORT 4 of trend_following stays"
        )


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("lends", ["true", "false"])
@pytest.mark.parametrize("short", [4, 10])
async def test_after_a_stop_everything_is_flattened_also_what_two_hold_against_each_other(
    short: int, lends: str
) -> None:
    async with on_stage(quotes=QUOTES, settings=settings_for(sim__partial="0", sim__short_sale=lends)) as stage:
        await hold(stage, 10)
        await hold(stage, short, TREND, Side.SELL)
        await press_stop(stage)
        said = await press(stage, "F")
        await press(stage, *"FLATTEN", "enter")
        await flat(stage)

        orders = 2 if short == 10 else 3
        assert f"Held: IBM 10 and -{short}" in said
        assert stage.row("status") == f" FLATTENED: {orders}/{orders} orders filled · no positions"
        assert not stage.session.state.ledger.held[IBM]


@pytest.mark.usefixtures("at_once")
async def test_nothing_is_called_flat_while_what_closes_it_still_trades(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operator, "CANCEL_SECS", 0.05)
    async with on_stage(quotes=QUOTES, settings=settings_for(sim__partial="1")) as stage:
        await hold(stage, 20)
        await focus(stage, "positions")
        await press(stage, "f", "y")
        async with asyncio.timeout(5):
            while not stage.row("status").startswith(" FLATTENING:"):
                await stage.settle()

        (position,) = stage.session.state.ledger.open.values()
        stays = f"IBM LONG {position.quantity:f} of manual stays until the rest trades"
        assert stage.row("status") == f" FLATTENING: 0/1 orders filled · {stays}"


@pytest.mark.usefixtures("at_once")
async def test_what_is_stuck_in_one_instrument_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operator, "CANCEL_SECS", 0.05)
    cancel = SimBroker.cancel

    def deaf(broker: SimBroker, order: Order) -> None:
        if order.ticket.instrument_id != AAPL:
            cancel(broker, order)

    monkeypatch.setattr(SimBroker, "cancel", deaf)
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage, 10)
        stop = await protect(stage)
        state = stage.session.state
        bought = next(iter(state.blotter.orders.values())).ticket
        aapl = replace(bought, instrument_id=AAPL, quantity=Decimal(1))
        px = state.marks.by_id[AAPL].px - 20
        for ticket in (aapl, replace(stop, instrument_id=AAPL, quantity=Decimal(1), stop_px=px)):
            await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
            await stage.settle()
        await press(stage, "F", *"FLATTEN", "enter")
        async with asyncio.timeout(5):
            while not stage.row("status").startswith(" NOT FLAT"):
                await stage.settle()

        assert [key.instrument_id for key in state.ledger.open] == [AAPL]
        stays = "AAPL LONG 1 of manual stays · an order there is not canceled yet; flatten again then"
        assert stage.row("status") == f" NOT FLAT: 1/1 orders filled · {stays}"


@pytest.mark.usefixtures("at_once")
async def test_after_a_stop_even_one_position_needs_the_word() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await focus(stage, "positions")
        await press_stop(stage)
        said = await press(stage, "f")
        await press(stage, "y", "enter")
        assert stage.session.state.ledger.open
        await press(stage, "escape", "f", *"FLATTEN", "enter")
        await flat(stage)

        assert "type FLATTEN and enter" in said
        assert not stage.session.state.ledger.open
