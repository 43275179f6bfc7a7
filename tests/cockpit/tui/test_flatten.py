"""Flattening by hand: a row, everything, after a stop, and what is said of it."""

import asyncio
from decimal import Decimal

import pytest
from msgspec.structs import replace

from brokers.sim.matching import Matching
from brokers.sim.venue import SimBroker
from cockpit.tui import operator
from oms.domain import commands as do
from oms.domain.ids import MANUAL, AccountId, BrokerId, ClientOrderId, InstrumentId
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Purpose, Side
from oms.domain.report import CancelReject
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, press_stop, settings_for
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
        assert stage.row("status") == f" FLATTENING: 0/1 orders filled · {stays} · it goes on by itself"


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
        stays = "AAPL LONG 1 of manual stays · an order there is not canceled yet; the close follows"
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


async def guarded(stage: Stage) -> None:
    """Hold IBM with a stop that came with its order."""
    state = stage.session.state
    ticket = OrderTicket(
        broker=BrokerId("sim"), account=AccountId("SIM-000001"), strategy_id=MANUAL, instrument_id=IBM,
        side=Side.BUY, quantity=Decimal(5), order_type=OrderType.MARKET,
        protect_px=(state.marks.by_id[IBM].px * Decimal("0.9")).quantize(Decimal("0.01")),
    )  # fmt: skip
    await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
    async with asyncio.timeout(5):
        while not any(one.ticket.purpose is Purpose.PROTECT for one in state.blotter.open.values()):
            await stage.settle()


def rejecting(monkeypatch: pytest.MonkeyPatch, numbers: frozenset[int]) -> None:
    """Let the venue reject orders by their numbers."""

    def rejects(_matching: Matching, order_id: ClientOrderId) -> bool:
        return int(order_id.rpartition("-")[2]) in numbers

    monkeypatch.setattr(Matching, "rejects", rejects)


async def flattened(stage: Stage) -> str:
    """Flatten everything and return what is said of it."""
    await press(stage, "F", *"FLATTEN", "enter")
    async with asyncio.timeout(5):
        while not stage.row("status").startswith((" NOT FLAT", " not flattened")):
            await stage.settle()
    return stage.row("status")


@pytest.mark.usefixtures("at_once")
async def test_a_close_that_is_rejected_is_told_with_its_reason_and_the_stop_stands_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=WHOLE) as stage:
        await guarded(stage)
        rejecting(monkeypatch, frozenset({3}))
        said = await flattened(stage)

        (stop,) = stage.session.state.blotter.open.values()
        stays = f"IBM LONG 5 of manual stays, stop {stop.ticket.stop_px}"
        assert said.startswith(f" NOT FLAT: 0/1 orders filled · {stays} · order 3 REJECTED · rejected by chance")


@pytest.mark.usefixtures("at_once")
async def test_what_is_left_without_a_stop_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        rejecting(monkeypatch, frozenset({2}))
        said = await flattened(stage)

        stays = "IBM LONG 10 of manual stays UNPROTECTED"
        assert said.startswith(f" NOT FLAT: 0/1 orders filled · {stays} · order 2 REJECTED · rejected by chance")


@pytest.mark.usefixtures("at_once")
async def test_a_stop_that_is_rejected_when_it_comes_back_is_held_here_and_said_to_be_soft(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        stop = await protect(stage)
        rejecting(monkeypatch, frozenset(range(3, 99)))
        said = await flattened(stage)

        stays = f"NOT FLAT: 0/1 orders filled · IBM LONG 10 of manual stays, soft stop {stop.stop_px}"
        assert said == f" {stays} · order 3 REJECTED · rejected by chance, as the venue is set to do"


@pytest.mark.usefixtures("at_once")
async def test_a_stop_that_comes_back_protects_only_once_the_venue_has_taken_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(operator, "CANCEL_SECS", 0.05)
    submit = SimBroker.submit

    def deaf(broker: SimBroker, order: Order) -> None:
        if not order.client_order_id.endswith("-4"):
            submit(broker, order)

    monkeypatch.setattr(SimBroker, "submit", deaf)
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        rejecting(monkeypatch, frozenset({3}))
        said = await flattened(stage)

        (stop,) = stage.session.state.blotter.open.values()
        assert (stop.ticket.purpose, stop.status) == (Purpose.PROTECT, OrderStatus.SUBMITTED)
        assert "IBM LONG 10 of manual stays UNPROTECTED · order 3 REJECTED" in said


@pytest.mark.usefixtures("at_once")
async def test_what_a_stop_does_not_cover_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=WHOLE) as stage:
        await guarded(stage)
        more = replace(next(iter(stage.session.state.blotter.orders.values())).ticket, protect_px=None)
        await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=replace(more, quantity=Decimal(4))))
        async with asyncio.timeout(5):
            while [int(one.quantity) for one in stage.session.state.ledger.open.values()] != [9]:
                await stage.settle()
        rejecting(monkeypatch, frozenset({4}))

        assert "IBM LONG 9 of manual stays, 4 of it UNPROTECTED · order 4 REJECTED" in await flattened(stage)


@pytest.mark.usefixtures("at_once")
async def test_what_was_never_quoted_stays_with_its_stop_and_the_row_says_why() -> None:
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=WHOLE) as stage:
        await guarded(stage)
        stage.session.state.marks.quotes.clear()
        before = list(stage.session.state.blotter.open)
        said = await flattened(stage)

        assert said.startswith(" not flattened: there is no price of IBM.XNYS yet")
        assert list(stage.session.state.blotter.open) == before


@pytest.mark.usefixtures("at_once")
async def test_a_flatten_whose_cancel_was_not_confirmed_in_time_goes_on_once_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(operator, "CANCEL_SECS", 0.05)
    cancel, silent = SimBroker.cancel, True

    def deaf(broker: SimBroker, order: Order) -> None:
        if not silent:
            cancel(broker, order)

    monkeypatch.setattr(SimBroker, "cancel", deaf)
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=WHOLE) as stage:
        await guarded(stage)
        said, blotter, silent = await flattened(stage), stage.session.state.blotter, False
        (asked,) = blotter.open.values()
        await stage.session.inbox.ask(do.CancelOrder(actor="gate", client_order_id=asked.client_order_id))
        await flat(stage)

        assert "an order there is not canceled yet; the close follows" in said
        assert blotter.orders[asked.client_order_id].status is OrderStatus.CANCELED
        assert not blotter.open
        await stage.settle()
        assert stage.row("status") == " FLATTENED after all: no positions"


@pytest.mark.usefixtures("at_once")
async def test_a_venue_that_refuses_a_cancel_ends_the_flatten_and_the_stop_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(operator, "CANCEL_SECS", 0.05)
    cancel = SimBroker.cancel
    monkeypatch.setattr(SimBroker, "cancel", lambda _broker, _order: None)
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=WHOLE) as stage:
        await guarded(stage)
        await flattened(stage)
        session = stage.session
        (stop,) = session.state.blotter.open.values()
        refusal = CancelReject(client_order_id=stop.client_order_id, ts=session.state.ts, text="too late")
        session.inbox.put(refusal)  # type: ignore[arg-type]
        while session.state.brackets.legs.aside:
            await stage.settle()
        gave_up = "the venue refuses to cancel order 2"
        told = f" NOT FLAT, given up: {gave_up} · IBM LONG 5 of manual stays, stop {stop.ticket.stop_px}"
        assert stage.row("status") == told
        stage.wall.now += 3_600  # nobody looked for an hour
        await stage.settle()
        assert stage.row("status") == told

        (stands,) = session.state.blotter.open.values()
        assert (stands.client_order_id, stands.status) == (stop.client_order_id, OrderStatus.ACCEPTED)
        monkeypatch.setattr(SimBroker, "cancel", cancel)  # what is canceled from now on is canceled for itself
        await session.inbox.ask(do.CancelOrder(actor="test", client_order_id=stop.client_order_id))
        while session.state.blotter.open:
            await stage.settle()
        assert session.state.ledger.open


@pytest.mark.usefixtures("at_once")
async def test_a_flatten_that_is_answered_too_late_says_that_it_was_given_up_and_what_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(operator, "CANCEL_SECS", 0.05)
    monkeypatch.setattr("cockpit.pursuit.LATEST", -1)
    cancel = SimBroker.cancel
    late: list[tuple[SimBroker, Order]] = []
    monkeypatch.setattr(SimBroker, "cancel", lambda broker, order: late.append((broker, order)))
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=WHOLE) as stage:
        await guarded(stage)
        await flattened(stage)
        ((venue, asked),) = late
        cancel(venue, asked)
        unknown = ClientOrderId("SIM-9-9")  # whatever is asked, a venue on a held tape is heard with it
        await stage.session.inbox.ask(do.CancelOrder(actor="test", client_order_id=unknown))
        async with asyncio.timeout(5):
            while asked.client_order_id in stage.session.state.blotter.open or not stage.session.state.blotter.open:
                await stage.settle()

        left = "IBM LONG 5 of manual stays and its stop comes back"
        assert stage.row("status") == f" NOT FLAT, given up: no answer within 5 minutes · {left}"
        (stop,) = stage.session.state.blotter.open.values()
        assert stop.ticket.stop_px == asked.ticket.stop_px


@pytest.mark.usefixtures("at_once")
async def test_a_stop_says_what_it_came_to_and_not_that_it_took_back_a_flatten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(operator, "CANCEL_SECS", 0.05)
    monkeypatch.setattr(SimBroker, "cancel", lambda _broker, _order: None)
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=WHOLE) as stage:
        await guarded(stage)
        await flattened(stage)
        await press_stop(stage)
        await stage.settle()

        assert stage.row("status").startswith(" STOPPED")


@pytest.mark.usefixtures("at_once")
async def test_a_flatten_on_a_tape_that_is_held_goes_on_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operator, "CANCEL_SECS", 0.05)
    settings = settings_for(sim__partial="0", sim__latency_ms="200")
    async with on_stage(size=(160, 40), quotes=QUOTES, settings=settings) as stage:
        stage.session.pace.pause(paused=False)  # or nothing would ever be answered
        await guarded(stage)
        stage.session.pace.pause(paused=True)
        said = await flattened(stage)
        again = await flattened(stage)
        assert stage.session.state.ledger.open
        stage.session.pace.pause(paused=False)
        await flat(stage)

        told = " not flattened: an order there is not canceled yet; the close follows"
        assert (said, again) == (told, told)
        await stage.settle()
        assert stage.row("status") == " FLATTENED after all: no positions"
        orders = stage.session.state.blotter.orders.values()
        closed = [one for one in orders if one.confirmed and one.ticket.strategy_id == MANUAL]
        assert [one.status for one in closed] == [OrderStatus.FILLED]


@pytest.mark.usefixtures("at_once")
async def test_a_flatten_that_was_cut_off_is_said_by_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operator, "CANCEL_SECS", 0.05)
    settings = settings_for(sim__partial="1")
    async with on_stage(quotes=QUOTES, settings=settings) as stage:
        await hold(stage, 20)
        await press(stage, "F", *"FLATTEN", "enter")
        async with asyncio.timeout(5):
            while not stage.row("status").startswith(" FLATTENING"):
                await stage.settle()
        (position,) = stage.session.state.ledger.open.values()
    async with on_stage(size=(160, 40), settings=settings) as stage:
        async with asyncio.timeout(5):
            while not stage.row("status").startswith(" NOT FLAT"):
                await stage.settle()

        stays = f"IBM LONG {position.quantity:f} of manual stays UNPROTECTED"
        assert stage.row("status") == f" NOT FLAT, given up: it was cut off when the last run ended · {stays}"
