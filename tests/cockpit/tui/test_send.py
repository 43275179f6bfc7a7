"""The question that sends, on the real screen: answered by `y` and by nothing else, once, and never by the clock."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from textual import events

from cockpit.tui.modals import question as question_module
from cockpit.tui.modals import send
from cockpit.tui.modals.question import Question
from cockpit.tui.modals.send import Send
from cockpit.tui.modals.ticket import Ticket
from oms.domain import order_events as oev
from oms.domain.order import TimeInForce, ticket_hash
from tests.cockpit.tui.hand import SIZED, orders, press, sending, shift, shown, until_shown, words
from tests.cockpit.tui.stage import QUOTES, on_stage


@pytest.fixture
def watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question looks at the market a hundred times a second."""
    monkeypatch.setattr(question_module, "BEAT_SECS", 0.01)


@pytest.mark.usefixtures("at_once")
async def test_what_is_sent_is_what_was_confirmed() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y")
        question = sending(stage)
        agreed = question._sealed  # noqa: SLF001 - what stands in it
        await press(stage, "y")
        submitted = (await stage.until(oev.OrderSubmitted)).event

        assert isinstance(submitted, oev.OrderSubmitted)
        assert submitted.ticket_hash == agreed.hash == ticket_hash(agreed.ticket) == ticket_hash(orders(stage)[0])


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", [(20, 6), (30, 8)])
async def test_where_it_cannot_be_read_it_cannot_be_sent(size: tuple[int, int]) -> None:
    async with on_stage(quotes=QUOTES, size=size, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y", "y", "y", "escape", "escape")

        assert orders(stage) == []


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("key", ["enter", "escape", "n", "space", "Y", "b", "ctrl+y"])
async def test_any_key_but_y_does_not_send_and_the_ticket_comes_back_as_it_was(key: str) -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        said = await press(stage, "b", *["backspace"] * 4, *"7", "ctrl+y", key)

        assert orders(stage) == []
        assert isinstance(stage.app.screen, Ticket)
        assert "quantity 7" in said


@pytest.mark.usefixtures("at_once")
async def test_y_twice_sends_once_and_does_not_copy_a_row_either() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y")
        for _ in range(5):
            stage.app.post_message(events.Key("y", "y"))
        await stage.until(oev.OrderFilled)
        await stage.settle()

        assert len(orders(stage)) == 1
        assert "sent:" in stage.row("status")


async def test_keys_that_came_before_the_question_could_be_read_do_not_count_and_held_they_never_do() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y")
        said = await press(stage, "y", "y", "y")
        question = sending(stage)
        question._deaf_until = 0.0  # noqa: SLF001 - the guard is over, and the key is still down
        await press(stage, "y", "y")

        assert "keys count in a moment" in said
        assert orders(stage) == []
        assert isinstance(stage.app.screen, Send)


@pytest.mark.usefixtures("at_once")
async def test_a_price_that_has_gone_too_far_is_asked_about_again() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y")
        moved = shift(stage, 1)
        said = await press(stage, "y")
        sent_then = orders(stage)
        await press(stage, "y")
        await stage.until(oev.OrderSubmitted)

        assert "not sent: the price went from" in said
        assert "(+1.00%)" in said
        assert sent_then == []
        assert [ticket.signal_px for ticket in orders(stage)] == [moved.ask_px]


@pytest.mark.usefixtures("at_once", "watchful")
async def test_while_it_is_asked_a_market_that_goes_too_far_makes_the_figures_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        before = await press(stage, "b", *["backspace"] * 4, *"10", "ctrl+y")
        question = sending(stage)
        monkeypatch.setattr(Question, "guard_secs", 60.0)
        moved = shift(stage, 1)
        after = await until_shown(stage, "not sent: the price went from")
        await press(stage, "y", "y")

        value = f"{10 * moved.ask_px:,.2f}"
        assert value not in before
        assert value in after
        assert "keys count in a moment" in after
        assert question._sealed.ticket.signal_px == moved.ask_px  # noqa: SLF001 - what a yes would send
        assert orders(stage) == []


@pytest.mark.usefixtures("at_once", "watchful")
async def test_an_order_that_names_its_price_stands_whatever_the_market_does_and_a_yes_to_it_counts() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        before = await press(stage, "b", "ctrl+t", "ctrl+y")
        question = sending(stage)
        agreed = question._sealed  # noqa: SLF001 - what stands in it
        shift(stage, 2)
        after = await until_shown(stage, "below the bid")
        await press(stage, "y")
        submitted = (await stage.until(oev.OrderSubmitted)).event

        assert "at the ask: trades now" in before
        assert "asked again" not in after
        assert isinstance(submitted, oev.OrderSubmitted)
        assert submitted.ticket_hash == agreed.hash


@pytest.mark.usefixtures("at_once", "watchful")
async def test_where_the_gate_says_something_else_of_a_new_market_keys_wait_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sell stop that the market has passed would not pass any more."""
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "s", "ctrl+t", "ctrl+t", *["down"] * 3, *"200", "ctrl+y")
        assert isinstance(stage.app.screen, Send)
        monkeypatch.setattr(Question, "guard_secs", 60.0)
        shift(stage, -2)
        said = await until_shown(stage, "! DENIED")
        await press(stage, "y")

        assert "stop_validity" in said
        assert "any key goes back" in said
        assert isinstance(stage.app.screen, Send)
        assert stage.app.screen.is_deaf


@pytest.mark.usefixtures("at_once", "watchful")
@pytest.mark.parametrize("key", ["y", "n", "escape"])
async def test_from_what_the_gate_denies_any_key_goes_back(key: str) -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "s", "ctrl+t", "ctrl+t", *["down"] * 3, *"200", "ctrl+y")
        shift(stage, -2)
        said = await until_shown(stage, "any key goes back")
        await press(stage, key)

        assert "y SEND" not in said
        assert isinstance(stage.app.screen, Ticket)
        assert orders(stage) == []


async def test_the_question_shows_how_long_keys_do_not_count_and_how_long_it_stands() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b")
        await stage.pilot.press("ctrl+y")
        deaf = await until_shown(stage, "keys count in a moment")
        question = sending(stage)
        question._deaf_until = 0.0  # noqa: SLF001 - the guard is over
        question._closes_at -= 12  # noqa: SLF001 - and so is most of its time
        question._show()  # noqa: SLF001
        late = await until_shown(stage, "closes in 3 s")

        assert "█" in deaf.split("keys count in a moment")[1].splitlines()[0]
        assert "closes in 15 s" in deaf
        assert "y SEND" in late


@pytest.mark.usefixtures("at_once")
async def test_nobody_answers_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "PATIENCE_SECS", 0.05)
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y")
        async with asyncio.timeout(10):
            while not isinstance(stage.app.screen, Ticket):
                await stage.pilot.pause(0.005)

        assert orders(stage) == []


@pytest.mark.usefixtures("at_once")
async def test_that_nobody_answered_is_said_and_a_yes_that_comes_too_late_is_no_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        monkeypatch.setattr(send, "PATIENCE_SECS", 0.05)
        await press(stage, "b", *["backspace"] * 4, *"7", "ctrl+y")
        said = await until_shown(stage, "^Y review")
        await stage.settle()
        status = stage.row("status")
        late = await press(stage, "y", "y")
        typed = await press(stage, "1", "y")

        assert "not sent: nobody answered in 0.05 s" in said
        assert status.strip() == "not sent: nobody answered in 0.05 s"
        assert "quantity 7 " in late
        assert "not sent: nobody answered" in late
        assert "quantity 1y_" in typed
        assert orders(stage) == []


@pytest.mark.usefixtures("at_once")
async def test_a_yes_that_is_heard_before_the_timer_but_after_the_time_is_too_late() -> None:
    """A process that slept reads the keys that were typed meanwhile, and only then looks at its timers."""
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y")
        question = sending(stage)
        question._closes_at -= question_module.PATIENCE_SECS  # noqa: SLF001 - the clock went on
        said = await press(stage, "y")

        assert orders(stage) == []
        assert isinstance(stage.app.screen, Ticket)
        assert "not sent: nobody answered in 15 s" in said


@pytest.mark.usefixtures("at_once", "watchful")
async def test_that_trading_was_stopped_meanwhile_is_shown_before_anybody_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        before = await press(stage, "b", *["backspace"] * 4, "1", "ctrl+y")
        monkeypatch.setattr(Question, "guard_secs", 60.0)
        await stage.session.switch.halt("ann", "enough")
        said = await until_shown(stage, "the gate says something else now")  # not only the ticket behind it
        question = stage.app.screen

        assert "\u2713 passes" in before
        assert "! DENIED" in said
        assert "trading_state: trading is HALTED" in words(said)
        assert isinstance(question, Send)
        assert question.is_deaf


@pytest.mark.usefixtures("at_once")
async def test_in_a_market_that_never_rests_what_stands_there_agrees_and_it_can_be_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(question_module, "BEAT_SECS", 60.0)
    asked: list[str] = []
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", *["backspace"] * 4, *"10", "ctrl+y")
        question = sending(stage)
        monkeypatch.setattr(question, "be_deaf", lambda: asked.append("again"))
        moved = shift(stage, 0)
        for percent in (2, -2, 2, -2, 2, -2, 2, -2, 2):
            moved = shift(stage, percent)
            question._show()  # noqa: SLF001 - a beat
            await stage.pilot.pause()
            said = words(shown(stage))
            low, high = said.split("asked again outside ")[1].split()[0:3:2]
            assert f"market {moved.bid_px} \u00d7 {moved.ask_px}" in said
            assert f"to {moved.ask_px} (" in said
            assert f"value {10 * moved.ask_px:,.2f}" in said
            assert Decimal(low) <= moved.ask_px <= Decimal(high)
        await press(stage, "y")
        await stage.until(oev.OrderSubmitted)

        assert len(asked) <= 4
        assert [ticket.signal_px for ticket in orders(stage)] == [moved.ask_px]


@pytest.mark.usefixtures("at_once")
async def test_the_question_tells_what_it_costs_and_what_may_be_lost() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        last = int(stage.session.state.marks.by_id[next(iter(stage.session.state.instruments.by_id))].px)
        protect = str(last - 2)
        said = await press(stage, "b", *["backspace"] * 4, *"10", *["down"] * 4, *protect, "ctrl+y")
        quote = next(iter(stage.session.state.marks.quotes.values()))
        value, risk = 10 * quote.ask_px, 10 * (quote.ask_px - (last - 2))

        for part in (
            "PAPER ORDER · sim ••••0001",
            f"MARKET · DAY · protect {protect}.00 · for manual",
            f"market      {quote.bid_px} × {quote.ask_px}  0s old",
            f"value       {value:,.2f}  {value / 1000:.2f}% of NAV",
            f"buying pw   100,000.00 → {100_000 - value - 1:,.2f}",
            "position    0 → 10",
            f"average     — → {quote.ask_px}",
            f"AT RISK     {risk:,.2f}  lost at stop",
            "ES95 1 day  ",
            "of 64 days",
            f"gap -8%     {value * 8 / 100:,.2f}",
            "room today  5,000.00",
            "fees        1.00",
            "slippage    ",
            "gate        ✓ passes",
            "✓ position",
            "asked again outside",
            "y SEND   ▸ No  any other key",
        ):
            assert part in said


@pytest.mark.usefixtures("at_once")
async def test_what_the_gate_denies_after_all_comes_back_to_be_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the question and its answer somebody closed the gate, and the question has not looked again."""
    monkeypatch.setattr(Send, "_follow", lambda _question: None)
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", *["backspace"] * 4, "1", "ctrl+y")
        await stage.session.switch.halt("ann", "enough")
        said = await press(stage, "y")
        await stage.settle()

        assert isinstance(stage.app.screen, Ticket)
        assert "denied: BUY 1 AAPL MARKET: trading_state: trading is HALTED" in words(said)
        assert not [record for record in stage.records if isinstance(record.event, oev.OrderSubmitted)]


@pytest.mark.usefixtures("at_once")
async def test_the_longest_wish_can_be_agreed_to_on_the_smallest_screen() -> None:
    async with on_stage(quotes=QUOTES, size=(40, 15), settings=SIZED) as stage:
        px = next(iter(stage.session.state.marks.quotes.values())).bid_px
        await press(stage, "b", "ctrl+t")
        form = stage.app.screen.form  # type: ignore[attr-defined]
        form.draft = replace(
            form.draft, limit=str((px / 2).quantize(Decimal("0.01"))), tif=TimeInForce.GTD, until="2010-03-05 15:30",
            trailing="2.5", target=str(px + 20), tag="trend_following",
        )  # fmt: skip
        said = words(await press(stage, "ctrl+y"))

        for term in ("GTD until 2010-03-05 15:30Z", "stop trails by 2.50", "for trend_following", "! far: limit"):
            assert term in said
