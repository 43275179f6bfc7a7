"""The ticket on the real screen: written, weighed, sent by `y` and by nothing else, and once."""

from decimal import Decimal

import pytest
from textual import events

from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.keys import ACTIONS, STOP_KEY
from cockpit.tui.modals.send import Send
from cockpit.tui.modals.ticket import Ticket
from oms.domain import order_events as oev
from oms.domain.market import Quote
from oms.domain.order import OrderTicket, OrderType, TimeInForce, ticket_hash
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, settings_for

SIZED = settings_for(sizing__fixed_risk__risk_frac="0.0005", sim__partial="0")
SIZES = [(40, 15), (80, 24), (120, 40)]


def shown(stage: Stage) -> str:
    return to_text(capture(stage.app, "", ""))


def orders(stage: Stage) -> list[OrderTicket]:
    """What was ordered by hand."""
    tickets = [record.event.ticket for record in stage.records if isinstance(record.event, oev.OrderInitialized)]
    return [ticket for ticket in tickets if ticket.parent_id is None and ticket.confidence is None]


def words(said: str) -> str:
    """What is on the screen without frames and the ends of lines."""
    return " ".join(said.replace("║", " ").split())


async def press(stage: Stage, *keys: str) -> str:
    """Press keys one after the other, and return what is then on the screen."""
    for key in keys:
        await stage.pilot.press(key)
        await stage.pilot.pause()
    return shown(stage)


@pytest.mark.usefixtures("at_once")
async def test_three_keys_send_an_order_of_the_usual_size_for_what_the_cursor_is_on() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "j", "b", "ctrl+y", "y")
        filled = await stage.until(oev.OrderFilled)
        await stage.settle()

        (ticket,) = orders(stage)
        assert (ticket.instrument_id, ticket.side, ticket.order_type) == ("GOOG.XNAS", "BUY", "MARKET")
        assert isinstance(filled.event, oev.OrderFilled)
        assert filled.event.fill.last_qty == ticket.quantity
        assert f"sent: BUY {ticket.quantity} GOOG MARKET · order 1" in stage.row("status")


@pytest.mark.usefixtures("at_once")
async def test_what_is_sent_is_what_was_confirmed() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y")
        question = stage.app.screen
        assert isinstance(question, Send)
        agreed = question._sealed  # noqa: SLF001 - what stands in it
        await press(stage, "y")
        submitted = (await stage.until(oev.OrderSubmitted)).event

        assert isinstance(submitted, oev.OrderSubmitted)
        assert submitted.ticket_hash == agreed.hash == ticket_hash(agreed.ticket) == ticket_hash(orders(stage)[0])


@pytest.mark.usefixtures("at_once")
async def test_every_field_ends_in_the_ticket() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        last = stage.session.state.marks.by_id[next(iter(stage.session.state.instruments.by_id))].px
        limit, stop, target = (str(last.quantize(Decimal(1)) + more) for more in (-1, -5, 9))
        await press(stage, "b", *["backspace"] * 4, *"1R", "ctrl+t", "ctrl+f", "down", "down", "down")
        await press(stage, "ctrl+u", *limit, "down", "down", *stop, "down", *target, "down", *"swing")
        said = await press(stage, "ctrl+y")
        await press(stage, "y")
        await stage.until(oev.OrderSubmitted)

        (ticket,) = orders(stage)
        assert (ticket.order_type, ticket.tif) == (OrderType.LIMIT, TimeInForce.GTC)
        assert (str(ticket.limit_px), str(ticket.protect_px), str(ticket.target_px)) == (
            f"{limit}.00", f"{stop}.00", f"{target}.00",
        )  # fmt: skip
        assert ticket.strategy_id == "swing"
        assert ticket.quantity == 50 // 4  # 0.05 % of 100,000 over the dollars between limit and stop
        assert f"protect {stop}.00" in said


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", SIZES)
async def test_what_is_weighed_can_be_read_at_every_size(size: tuple[int, int]) -> None:
    async with on_stage(quotes=QUOTES, size=size, settings=SIZED) as stage:
        form = await press(stage, "b")
        question = await press(stage, "ctrl+y")

        for word in ("quantity", "value", "AT RISK", "position", "gate", "^Y review"):
            assert word in form
        for word in ("BUY", "MARKET", "value", "AT RISK", "position", "gate", "y SEND"):
            assert word in question
        assert isinstance(stage.app.screen, Send)
        await press(stage, "y")
        await stage.until(oev.OrderSubmitted)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", [(20, 6), (30, 8)])
async def test_where_it_cannot_be_read_it_cannot_be_sent(size: tuple[int, int]) -> None:
    async with on_stage(quotes=QUOTES, size=size, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y", "y", "y", "escape", "escape")

        assert orders(stage) == []


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("size", SIZES)
async def test_a_denial_names_the_rule_its_numbers_and_the_largest_size_that_would_pass(size: tuple[int, int]) -> None:
    async with on_stage(quotes=QUOTES, size=size, settings=SIZED) as stage:
        said = words(await press(stage, "b", *["backspace"] * 4, *"26", "ctrl+y"))

        assert "! DENIED max_position: position 5.26%" in said or "position 5.26% of" in said
        assert "at most 24 would pass" in said
        assert isinstance(stage.app.screen, Ticket)
        assert orders(stage) == []


@pytest.mark.usefixtures("at_once")
async def test_the_preview_follows_what_is_typed() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        ten = await press(stage, "b", *["backspace"] * 4, *"10")
        eleven = await press(stage, "plus")
        sold = await press(stage, "up", "right")

        assert "position   0 → 10" in ten
        assert "position   0 → 11" in eleven
        assert "position   0 → -11" in sold
        assert "no end: no stop" in sold


async def test_a_limit_begins_where_the_market_is() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        said = await press(stage, "b", "ctrl+t")
        ask = next(iter(stage.session.state.marks.quotes.values())).ask_px

        assert f"limit    {ask}" in said
        assert "gate       ● passes" in said


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
        question = stage.app.screen
        assert isinstance(question, Send)
        question._deaf_until = 0.0  # noqa: SLF001 - the guard is over, and the key is still down
        await press(stage, "y", "y")

        assert "keys count in a moment" in said
        assert orders(stage) == []
        assert isinstance(stage.app.screen, Send)


@pytest.mark.usefixtures("at_once")
async def test_keys_of_one_read_open_one_ticket_and_send_nothing() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        for key in ("b", "b", "y", "C", "ctrl+y", "y"):
            stage.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await stage.settle()

        assert len(stage.app.screen_stack) == 2
        assert orders(stage) == []


@pytest.mark.usefixtures("at_once")
async def test_what_is_pasted_is_text_in_a_ticket_and_no_answer_to_a_question() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", *["backspace"] * 4)
        stage.app.post_message(events.Paste("12\ny\x19y"))
        await stage.settle()
        written = shown(stage)
        await press(stage, "ctrl+y")
        stage.app.post_message(events.Paste("y"))
        await stage.settle()

        assert "quantity 12_" in written
        assert isinstance(stage.app.screen, Send)
        assert orders(stage) == []


@pytest.mark.usefixtures("at_once")
async def test_the_mouse_sends_nothing() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b")
        for opened in (Ticket, Send):
            assert isinstance(stage.app.screen, opened)
            for x, y in ((30, 18), (60, 20), (30, 27), (5, 38)):
                await stage.pilot.click(offset=(x, y))
            await press(stage, *(["ctrl+y"] if opened is Ticket else []))

        assert orders(stage) == []


@pytest.mark.usefixtures("at_once")
async def test_a_price_that_has_gone_too_far_is_asked_about_again() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y")
        state = stage.session.state
        instrument = next(iter(state.instruments.by_id.values()))
        quote = state.marks.quotes[instrument.instrument_id]
        up = quote.ask + quote.ask // 100
        state.marks.quotes[instrument.instrument_id] = Quote(
            instrument=instrument, ts=quote.ts, bid=up - 2, ask=up, last=up, bid_size=9, ask_size=9
        )
        said = await press(stage, "y")
        sent_then = orders(stage)
        await press(stage, "y")
        await stage.until(oev.OrderSubmitted)

        assert "not sent: the price went from" in said
        assert "(+1.00%)" in said
        assert sent_then == []
        assert [ticket.signal_px for ticket in orders(stage)] == [instrument.price(up)]


@pytest.mark.usefixtures("at_once")
async def test_what_the_gate_denies_after_all_comes_back_to_be_corrected() -> None:
    """Between the question and its answer somebody closed the gate."""
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", *["backspace"] * 4, "1", "ctrl+y")
        await stage.session.halt("ann", "enough")
        said = await press(stage, "y")
        await stage.settle()

        assert isinstance(stage.app.screen, Ticket)
        assert "denied: BUY 1 AAPL MARKET: trading_state: trading is HALTED" in words(said)
        assert not [record for record in stage.records if isinstance(record.event, oev.OrderSubmitted)]


async def test_no_single_key_orders_anything() -> None:
    """Nor does it with enter after it; what a key opens is closed before the next."""
    async with on_stage(quotes=QUOTES, size=(80, 24), settings=SIZED) as stage:
        keys = [key for action in ACTIONS for key in action.keys if action.name not in ("run.quit", "tape.pause")]
        for key in keys:
            if key != STOP_KEY:
                await stage.pilot.press(key, "enter")
                stage.app.post_message(events.Key("escape", None))
                await stage.pilot.pause()
                while len(stage.app.screen_stack) > 1:
                    stage.app.post_message(events.Key("escape", None))
                    await stage.pilot.pause()
        await stage.settle()

        assert orders(stage) == []
        assert stage.app.failure is None
        assert len(stage.app.screen_stack) == 1


async def test_without_color_and_in_ascii_everything_is_said_in_words() -> None:
    async with on_stage(quotes=QUOTES, settings=settings_for(ui__glyphs="ascii")) as stage:
        stage.app.no_color = True
        said = await press(stage, "s", *["backspace"] * 4, *"99")

        assert "! DENIED" in said
        assert "at most" in said
