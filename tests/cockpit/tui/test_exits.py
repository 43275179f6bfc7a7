"""Exits by hand on the screen: what the ticket says of them, and how those are ended that are left over."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from msgspec import structs

from cockpit.flatten import Flattened
from cockpit.ticket.draft import Draft
from cockpit.tui.aftermath import flattened
from cockpit.tui.figures import terms_of
from cockpit.tui.sentence import sentence_of
from oms.blotter import position_key
from oms.decide.exits import OVER, Exits
from oms.domain import commands as do
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL
from oms.domain.order import OrderStatus, OrderType, Purpose, Side, TimeInForce
from oms.domain.report import CancelReject, ExecType
from tests.cockpit.ticket.written import Written
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, press_stop
from tests.cockpit.tui.test_hands import TREND, WHOLE, flat, focus, hold, press, protect
from tests.oms.examples import START, Core, said
from tests.oms.test_exits import holding, order_id, sell, stop
from tests.risk.desk import buy

STOP = Draft(
    side=Side.SELL, symbol="IBM", quantity="10", order_type=OrderType.STOP_MARKET, stop="98", tif=TimeInForce.GTC
)


def no_events(*_: object, **__: object) -> tuple[()]:
    return ()


async def leave_over(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sell what a stop by hand is for, and let the stop work on, as an older version did."""
    await hold(stage)
    await protect(stage)
    monkeypatch.setattr(Exits, "fit", no_events)
    sold = structs.replace(next(iter(stage.session.state.blotter.orders.values())).ticket, side=Side.SELL)
    await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=sold))
    await flat(stage)
    assert stage.session.state.blotter.exits


def told(core: Core) -> str:
    """Let the venue cancel order 2, and return what the log says of it."""
    (canceled, *_) = core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))
    sentence = sentence_of(canceled, core.state)
    assert sentence is not None
    return sentence.text


@pytest.mark.parametrize(("quantity", "said_so"), [("10", True), ("11", False)])
def test_what_only_reduces_says_so_in_its_terms(quantity: str, said_so: bool) -> None:
    desk = Written()
    desk.hold(buy("10", strategy=MANUAL))
    ticket = desk.tickets.read(replace(STOP, quantity=quantity)).ticket
    assert ticket is not None

    terms = terms_of(ticket, desk.tickets.preview(ticket))

    assert ("reduce only" in terms) is said_so


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("key", ["F", "f"])
async def test_flattening_cancels_what_is_left_over_and_says_so(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await leave_over(stage, monkeypatch)
        await focus(stage, "orders")
        asked = await press(stage, key)
        await press(stage, "y")
        async with asyncio.timeout(5):
            while stage.session.state.blotter.exits:
                await stage.settle()
        await stage.settle()

        assert "Nothing is held for 1 order to reduce: 2." in asked
        assert stage.row("status") == " 1 order canceled"


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("key", ["F", "f"])
async def test_what_is_bought_while_what_is_left_over_is_asked_about_is_not_sold(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await leave_over(stage, monkeypatch)
        await focus(stage, "orders")
        await press(stage, key)
        await hold(stage, 7, TREND)
        await press(stage, "y")
        async with asyncio.timeout(5):
            while stage.session.state.blotter.exits:
                await stage.settle()
        await stage.settle()

        assert stage.row("status") == " 1 order canceled"
        assert [one.quantity for one in stage.session.state.ledger.open.values()] == [7]
        assert not stage.session.state.blotter.open


@pytest.mark.usefixtures("at_once")
async def test_what_has_something_to_give_back_again_is_left_over_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await leave_over(stage, monkeypatch)
        await press(stage, "F")
        await hold(stage, 12)
        await press(stage, "y")
        await stage.settle()

        assert stage.row("status") == " nothing is left over any more"
        assert [one.ticket.purpose for one in stage.session.state.blotter.open.values()] == [Purpose.PROTECT]
        assert [one.quantity for one in stage.session.state.ledger.open.values()] == [12]


@pytest.mark.usefixtures("at_once")
async def test_a_stop_that_protects_nothing_is_canceled_without_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await leave_over(stage, monkeypatch)
        await focus(stage, "orders")
        asked = await press(stage, "c")
        await stage.until(oev.OrderCanceled)
        await stage.settle()

        assert asked == ""
        assert stage.row("status").startswith(" order 2 canceled: SELL 10 IBM STOP")


@pytest.mark.usefixtures("at_once")
async def test_a_stop_larger_than_what_is_held_is_no_protection_and_goes_with_a_stop_of_trading() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage, 5)
        state = stage.session.state
        px = (next(iter(state.ledger.open.values())).avg_px or Decimal(1)).quantize(Decimal(1)) - 10
        held = next(iter(state.blotter.orders.values())).ticket
        larger = structs.replace(
            held, side=Side.SELL, quantity=Decimal(10), order_type=OrderType.STOP_MARKET, stop_px=px, signal_px=None
        )
        await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=larger))
        await hold(stage, 6)
        await stage.settle()
        assert state.brackets.protection(position_key(held)) == ()
        await press_stop(stage)

        order = list(state.blotter.orders.values())[1]
        assert (order.ticket.purpose, order.status) == (Purpose.OPEN, OrderStatus.CANCELED)
        assert "protective" not in stage.row("status")


@pytest.mark.usefixtures("at_once")
async def test_the_log_says_why_a_stop_went() -> None:
    async with on_stage(quotes=QUOTES, settings=WHOLE) as stage:
        await hold(stage)
        await protect(stage)
        state = stage.session.state
        sold = structs.replace(next(iter(state.blotter.orders.values())).ticket, side=Side.SELL)
        await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=sold))
        record = await stage.until(oev.OrderCanceled)

        why = sentence_of(record.event, state)
        assert why is not None
        assert why.text == "manual SELL 10 IBM stop #2: canceled: nothing is left for it to give back"


def test_that_a_venue_was_late_to_cancel_does_not_hide_why() -> None:
    core = holding("10", stop("10"))
    sell(core, "10")
    core.wait(30)
    assert core.order(order_id(2)).text != OVER

    assert told(core) == "trend SELL 10 AAPL stop #2: canceled: nothing is left for it to give back"


def test_no_words_of_a_venue_are_a_reason_of_ours() -> None:
    core = holding("10", stop("10"))
    core.put(do.CancelOrder(actor="ann", client_order_id=order_id(2), reason=""))
    core.put(CancelReject(client_order_id=order_id(2), text=OVER, ts=START))
    core.put(do.CancelOrder(actor="ann", client_order_id=order_id(2), reason=""))
    assert core.order(order_id(2)).text == OVER

    assert told(core) == "trend SELL 10 AAPL stop #2: canceled"


def test_a_person_who_cancels_what_the_venue_would_not_is_the_reason_then() -> None:
    core = holding("10", stop("10"))
    sell(core, "10")
    core.put(CancelReject(client_order_id=order_id(2), text="too late", ts=START))
    core.put(do.CancelOrder(actor="ann", client_order_id=order_id(2), reason=""))

    assert told(core) == "trend SELL 10 AAPL stop #2: canceled"


def test_a_flatten_that_finds_nothing_held_any_more_says_what_it_canceled() -> None:
    done = Flattened(sent=(), canceled=(order_id(2),), denied=())

    assert flattened(Core().state, done).text == "1 order canceled that had nothing to reduce · no positions"
