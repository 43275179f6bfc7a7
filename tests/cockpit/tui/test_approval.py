"""An order is approved by one key, once, for what was shown, as long as it holds: rows O-27 to O-30 of the catalogue.

The approval is the `y` under the question, and the engine is asked in the same moment. What can expire before it is the
question. After it the order may wait for a slow commit: `tests/cockpit/test_expired_approval.py` has that.
"""

import asyncio

import pytest
from textual import events
from textual.await_complete import AwaitComplete

from cockpit.ticket.sealed import Sealed
from cockpit.tui.modals import send
from cockpit.tui.modals.send import Send
from oms.domain import order_events as oev
from oms.domain.market import Quote
from oms.domain.order import OrderTicket
from tests.cockpit.tui.hand import sending
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, settings_for

SIZED = settings_for(sizing__fixed_risk__risk_frac="0.0005", sim__partial="0", strategies="{}")
pytestmark = pytest.mark.usefixtures("at_once")


async def ask(stage: Stage) -> None:
    """Write an order of the usual size, and be asked whether to send it."""
    for key in ("b", "ctrl+y"):
        await stage.pilot.press(key)
        await stage.pilot.pause()
        await stage.readable()


async def burst(stage: Stage, *keys: str) -> None:
    """Press keys in one moment, before any of them is answered, and wait for what comes of it."""
    for key in keys:
        stage.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await stage.settle()


def approved(stage: Stage) -> list[oev.OrderSubmitted]:
    return [record.event for record in stage.records if isinstance(record.event, oev.OrderSubmitted)]


def tickets(stage: Stage) -> list[OrderTicket]:
    return [record.event.ticket for record in stage.records if isinstance(record.event, oev.OrderInitialized)]


async def test_a_yes_after_the_question_has_expired_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """O-27."""
    answers: list[Sealed | None] = []
    answer = Send.dismiss

    def noted(question: Send, said: Sealed | None = None) -> AwaitComplete:
        answers.append(said)
        return answer(question, said)

    monkeypatch.setattr(Send, "dismiss", noted)
    monkeypatch.setattr(send, "PATIENCE_SECS", 0.05)
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await ask(stage)
        async with asyncio.timeout(10):
            while not answers or isinstance(stage.app.screen, Send):
                await stage.pilot.pause(0.005)
        await burst(stage, "y", "y")

        assert set(answers) == {None}
        assert tickets(stage) == []


async def test_a_market_that_has_moved_between_the_question_and_its_yes_is_asked_about_again() -> None:
    """O-28: what leaves is what was shown last."""
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await ask(stage)
        question = sending(stage)
        marks = stage.session.state.marks
        instrument = next(iter(stage.session.state.instruments.by_id.values()))
        ask_px = marks.quotes[instrument.instrument_id].ask * 1_006 // 1_000
        marks.quotes[instrument.instrument_id] = Quote(
            instrument=instrument, ts=stage.session.state.ts, bid=ask_px - 2, ask=ask_px, last=ask_px,
            bid_size=9, ask_size=9,
        )  # fmt: skip
        await burst(stage, "y")
        await stage.readable()
        assert tickets(stage) == []
        assert stage.app.screen is question
        await burst(stage, "y")
        await stage.until(oev.OrderSubmitted)

        assert [ticket.signal_px for ticket in tickets(stage)] == [instrument.price(ask_px)]


async def test_the_gate_judges_once_more_when_the_yes_comes() -> None:
    """O-28: it would have passed when it was shown, and meanwhile trading was stopped."""
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await ask(stage)
        await stage.session.switch.halt("test", "meanwhile")
        await burst(stage, "y")
        await stage.until(oev.OrderDenied)

        assert approved(stage) == []


@pytest.mark.parametrize("times", [2, 20])
async def test_yes_said_more_than_once_is_one_order(times: int) -> None:
    """O-29."""
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await ask(stage)
        await burst(stage, *["y"] * times)
        await stage.until(oev.OrderFilled)
        await burst(stage, *["y"] * times)

        assert len(tickets(stage)) == len(approved(stage)) == 1


@pytest.mark.parametrize(("keys", "orders"), [(("y", "n"), 1), (("n", "y"), 0), (("escape", "y"), 0)])
async def test_of_a_yes_and_a_no_in_one_moment_the_first_counts(keys: tuple[str, ...], orders: int) -> None:
    """O-30."""
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await ask(stage)
        await burst(stage, *keys)
        if orders:
            await stage.until(oev.OrderFilled)
        await stage.settle()

        assert len(approved(stage)) == orders


async def test_a_yes_says_when_it_was_given() -> None:
    """By the engine's time, so that an approval can expire."""
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await ask(stage)
        now = stage.session.now()
        await burst(stage, "y")
        await stage.until(oev.OrderSubmitted)

        assert [event.ts_agreed for event in approved(stage)] == [now]
