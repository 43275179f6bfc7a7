"""What came of what a person has sent is said in the row of results as it comes, in words and as a danger."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from brokers.sim.venue import SimBroker
from cockpit.tui import dealer
from cockpit.tui.replies import Replies
from cockpit.tui.said import Said
from oms.domain import commands as do
from oms.domain import order_events as oev
from oms.domain.order import Order
from oms.domain.report import CancelReject, ExecType, ExecutionReport, ReplaceReject, VenueReport
from tests.cockpit.tui.hand import SIZED, SIZES
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, place, press_stop, settings_for
from tests.cockpit.tui.test_hands import TREND, focus, press

REFUSING = settings_for(sizing__fixed_risk__risk_frac="0.0005", sim__reject="1")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", SIZES)
async def test_that_the_venue_rejects_what_was_sent_takes_the_place_of_sent(size: tuple[int, int]) -> None:
    async with on_stage(quotes=QUOTES, size=size, settings=REFUSING) as stage:
        await press(stage, "b", *["backspace"] * 4, "1", "ctrl+y", "y")
        await stage.until(oev.OrderRejected)
        await stage.settle()

        said = stage.row("status")
        assert said.startswith(" order 1 REJECTED")
        assert "sent" not in said
        if size == SIZES[-1]:
            assert said == " order 1 REJECTED · rejected by chance, as the venue is set to do · BUY 1 AAPL MARKET"


def answering(monkeypatch: pytest.MonkeyPatch, verb: str, answer: Callable[[Order], VenueReport]) -> None:
    """Let the venue answer a verb with this and do nothing."""
    said: list[VenueReport] = []
    drained = SimBroker.drain

    def drain(broker: SimBroker) -> list[VenueReport]:
        found = [*drained(broker), *said]
        said.clear()
        return found

    monkeypatch.setattr(SimBroker, verb, lambda _broker, order, *_: said.append(answer(order)))
    monkeypatch.setattr(SimBroker, "drain", drain)


async def hear(stage: Stage) -> None:
    """Let the session listen to the venue, which has nothing to wake it by."""
    await stage.session.inbox.ask(do.NoteExport(actor="test", path="x", sha256=""))
    await stage.settle()


def reported(order: Order, kind: ExecType, text: str = "") -> ExecutionReport:
    ticket = order.ticket
    return ExecutionReport(
        exec_type=kind,
        client_order_id=order.client_order_id,
        instrument_id=ticket.instrument_id,
        side=ticket.side,
        ts=order.ts_event,
        text=text,
    )


@pytest.mark.usefixtures("at_once")
async def test_a_cancel_that_the_venue_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dealer, "CONFIRM_SECS", 0.01)
    answering(
        monkeypatch,
        "cancel",
        lambda order: CancelReject(client_order_id=order.client_order_id, ts=order.ts_event, text="too late"),
    )
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await place(stage)
        await focus(stage, "orders")
        await press(stage, "c")
        await hear(stage)

        assert stage.row("status").startswith(" cancel of order 1 REFUSED · too late · it works on · BUY 1 IBM LIMIT 1")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", SIZES)
async def test_a_change_that_the_venue_refuses_is_told(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    answering(
        monkeypatch,
        "replace",
        lambda order: ReplaceReject(
            client_order_id=order.client_order_id, number=order.replaces, ts=order.ts_event, text="not now"
        ),
    )
    async with on_stage(quotes=QUOTES, size=size, settings=SIZED) as stage:
        await place(stage)
        await focus(stage, "orders")
        await press(stage, "e", "down", "minus", "ctrl+y", "y")
        await hear(stage)

        assert stage.row("status").startswith(" change of order 1 REFUSED · not now")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (ExecType.CANCELED, "order 1 was CANCELED by the venue · BUY 1 IBM LIMIT"),
        (ExecType.EXPIRED, "order 1 expired · BUY 1 IBM LIMIT"),
        (ExecType.REJECTED, "order 1 REJECTED · no reason given · BUY 1 IBM LIMIT"),
    ],
)
async def test_an_order_by_hand_that_ends_without_being_asked_to_is_told_until_something_else_is(
    monkeypatch: pytest.MonkeyPatch, kind: ExecType, words: str
) -> None:
    answering(monkeypatch, "submit", lambda order: reported(order, kind))
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await place(stage)
        await hear(stage)
        stage.wall.put(stage.wall.now + 3_600)
        await stage.settle()

        assert stage.row("status").startswith(f" {words}")
        await press(stage, "j")
        await press(stage, "u")
        assert not stage.row("status").startswith(f" {words}")


@pytest.mark.usefixtures("at_once")
async def test_what_was_asked_for_is_told_by_who_asked_for_it() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        order_id = await place(stage)
        said: list[Said] = []
        stage.session.bus.subscribe(Replies(stage.session.state, "operator", said.append).watch)
        await stage.session.inbox.ask(do.CancelOrder(actor="operator", client_order_id=order_id, reason="by hand"))
        await stage.until(oev.OrderCanceled)

        assert said == []


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("is_agreed", [True, False])
async def test_an_order_for_a_strategy_is_told_where_a_person_has_agreed_to_it(
    monkeypatch: pytest.MonkeyPatch, is_agreed: bool
) -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        state = stage.session.state
        wish = state.blotter.orders[await place(stage)].ticket
        answering(monkeypatch, "submit", lambda order: reported(order, ExecType.EXPIRED))
        said: list[Said] = []
        stage.session.bus.subscribe(Replies(state, "operator", said.append).watch)
        agreed = state.ts if is_agreed else None
        ticket = replace(wish, strategy_id=TREND)
        await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket, ts_agreed=agreed))
        await hear(stage)

        assert [one.text.partition(" · ")[0] for one in said] == (["order 2 expired"] if is_agreed else [])


@pytest.mark.usefixtures("at_once")
async def test_while_trading_is_stopped_the_row_is_left_to_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(
        monkeypatch,
        "cancel",
        lambda order: CancelReject(client_order_id=order.client_order_id, ts=order.ts_event, text="too late"),
    )
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await place(stage)
        await press_stop(stage)
        await hear(stage)

        assert "REFUSED" not in stage.row("status")
