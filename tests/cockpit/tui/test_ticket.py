"""The ticket on the real screen: every field typed, weighed and refused by keys."""

from decimal import Decimal

import pytest
from textual import events

from cockpit import format as fmt
from cockpit.tui.keys import ACTIONS, STOP_KEY
from cockpit.tui.modals.send import Send
from cockpit.tui.modals.ticket import Ticket
from oms.domain import order_events as oev
from oms.domain.order import OrderStatus, OrderType, Purpose, TimeInForce
from tests.cockpit.tui.hand import SIZED, SIZES, orders, press, shown, words
from tests.cockpit.tui.stage import QUOTES, Stage, on_stage, place, press_stop, settings_for


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
async def test_every_field_ends_in_the_ticket() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        last = stage.session.state.marks.by_id[next(iter(stage.session.state.instruments.by_id))].px
        limit, stop, target = (str(last.quantize(Decimal(1)) + more) for more in (-1, -5, 9))
        await press(stage, "b", *["backspace"] * 4, *"1R", "ctrl+t", "ctrl+f", "down", "down", "down")
        await press(stage, "ctrl+u", *limit, "down", "down", *stop, "down", "down", *target, "down", *"ma_crossover")
        said = await press(stage, "ctrl+y")
        await press(stage, "y")
        await stage.until(oev.OrderSubmitted)

        (ticket,) = orders(stage)
        assert (ticket.order_type, ticket.tif) == (OrderType.LIMIT, TimeInForce.GTC)
        assert (str(ticket.limit_px), str(ticket.protect_px), str(ticket.target_px)) == (
            f"{limit}.00", f"{stop}.00", f"{target}.00",
        )  # fmt: skip
        assert ticket.strategy_id == "ma_crossover"
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

        assert "position    0 → 10" in ten
        assert "position    0 → 11" in eleven
        assert "position    0 → -11" in sold
        assert "unlimited: no stop" in sold


async def test_a_limit_begins_where_the_market_is() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        said = await press(stage, "b", "ctrl+t")
        ask = next(iter(stage.session.state.marks.quotes.values())).ask_px

        assert f"limit    {ask}" in said
        assert "gate        ✓ passes" in said


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
async def test_a_stop_that_trails_is_written_by_its_length_and_begins_at_the_market() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        missing = await press(stage, "s", *["ctrl+t"] * 4)
        form = await press(stage, *["down"] * 4, *"2%")
        said = await press(stage, "ctrl+y")
        bid = next(iter(stage.session.state.marks.quotes.values())).bid_px
        length = (bid * 2 / 100).quantize(Decimal("0.01"))
        await press(stage, "y")
        await stage.until(oev.OrderSubmitted)
        await stage.settle()

        (ticket,) = orders(stage)
        assert "how far? 2.50, or 1.5% of the price" in words(missing)
        assert f"trail by 2%_  = {length}" in form
        assert f"stop     begins at {bid - length}" in form
        assert "protect" not in form
        assert f"TRAILING STOP by {length} from {bid - length}" in said
        assert (ticket.trails, ticket.trail_by, ticket.stop_px) == (True, length, bid - length)
        assert f"sent: SELL {ticket.quantity} AAPL TRAILING STOP {bid - length}" in stage.row("status")


@pytest.mark.usefixtures("at_once")
async def test_a_protective_stop_that_trails_is_made_of_the_fill() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        said = await press(stage, "b", *["down"] * 5, *"3", "ctrl+y")
        await press(stage, "y")
        filled = await stage.until(oev.OrderFilled)
        await stage.settle()

        (ticket,) = orders(stage)
        (leg,) = [order.ticket for order in stage.session.state.blotter.open.values()]
        assert "stop trails by 3.00" in said
        assert (ticket.protect_px, ticket.trail_by) == (None, Decimal(3))
        assert isinstance(filled.event, oev.OrderFilled)
        assert (leg.trail_by, leg.stop_px) == (Decimal(3), filled.event.fill.last_px - 3)


@pytest.mark.usefixtures("at_once")
async def test_an_order_may_work_until_a_date_and_what_is_none_is_said_below_the_field() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        plain = await press(stage, "b", "ctrl+t")
        empty = await press(stage, *["ctrl+f"] * 4)
        weekend = await press(stage, *["down"] * 5, *"2010-02-27")
        friday = await press(stage, "ctrl+u", *"2010-03-05")
        said = await press(stage, "ctrl+y")
        await press(stage, "y")
        await stage.until(oev.OrderSubmitted)

        (ticket,) = orders(stage)
        assert "until" not in plain
        assert "when? 2010-02-26, 2010-02-26" in empty
        assert "2010-02-27 has no session, the next" in weekend
        assert "2010-03-05_  to 21:00:00Z" in friday
        assert "GTD until 2010-03-05 21:00Z" in said
        assert ticket.tif is TimeInForce.GTD
        assert fmt.minute(ticket.expires_at) == "2010-03-05 21:00Z"


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("ctrl+t", "ctrl+t", "ctrl+t", "ctrl+t"), "how far? 2.50, or 1.5% of the price"),
        (("down", "down", "down", "down", "down", "0", "%"), "must be more than 0"),
        (("down", "down", "down", "down", "down", "9", "9", "9"), "must be less than the price"),
        (("ctrl+f",) * 4, "20:00Z or 4h"),
    ],
)
@pytest.mark.parametrize("size", SIZES)
async def test_what_cannot_be_meant_goes_no_further_at_any_size(
    size: tuple[int, int], keys: tuple[str, ...], said: str
) -> None:
    async with on_stage(quotes=QUOTES, size=size, settings=SIZED) as stage:
        form = words(await press(stage, "b", *keys, "ctrl+y"))
        await press(stage, "y")

        assert said in form
        assert isinstance(stage.app.screen, Ticket)
        assert orders(stage) == []


@pytest.mark.usefixtures("at_once")
async def test_a_stop_by_hand_below_what_is_held_outlives_the_stop_of_trading() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        await press(stage, "b", "ctrl+y", "y")
        await stage.until(oev.OrderFilled)
        await stage.settle()
        await press(stage, "s", *["ctrl+t"] * 4, *["down"] * 4, *"5", "ctrl+y", "y")
        await stage.settle()
        await press_stop(stage)
        await stage.settle()

        (stop,) = stage.session.state.blotter.open.values()
        assert stop.ticket.purpose is Purpose.PROTECT
        assert stop.ticket.trails
        assert stop.status is OrderStatus.ACCEPTED


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


@pytest.mark.usefixtures("at_once")
async def test_a_protective_stop_past_the_market_is_refused_whatever_the_limit_is() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        quote = next(iter(stage.session.state.marks.quotes.values()))
        limit, past = quote.ask_px + 5, quote.ask_px + 3
        said = await press(stage, "b", "ctrl+t", *["down"] * 3, "ctrl+u", *f"{limit}", *["down"] * 2, *f"{past}")
        await press(stage, "ctrl+y", "y")
        right = await press(stage, *["backspace"] * 9, *f"{quote.bid_px - 1}")

        assert f"must be below {quote.bid_px}" in words(said)
        assert orders(stage) == []
        assert "at limit" in right


@pytest.mark.usefixtures("at_once")
async def test_on_the_smallest_screen_the_largest_size_is_said_and_a_sign_of_what_has_no_room() -> None:
    async with on_stage(quotes=QUOTES, size=(40, 15), settings=SIZED) as stage:
        said = words(await press(stage, "b", *["backspace"] * 4, *"9999"))

        assert "! DENIED at most" in said
        assert "… more in a larger window" in said


@pytest.mark.usefixtures("at_once")
async def test_arrows_choose_the_strategy_and_the_empty_field_says_whose_it_is() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        empty = await press(stage, "b", "up", "up")
        chosen = await press(stage, "right")

        assert "strategy _  manual" in empty
        assert "strategy trend_following" in chosen


@pytest.mark.usefixtures("at_once")
async def test_after_too_many_orders_at_once_it_is_said_how_the_tape_goes_on() -> None:
    async with on_stage(quotes=QUOTES, settings=settings_for(risk__order_rate__burst="1")) as stage:
        await place(stage)
        said = words(await press(stage, "b"))

        assert "every size passes again when time has gone on" in said
        assert "the tape is paused: esc and , play it on" in said


@pytest.mark.usefixtures("at_once")
async def test_what_was_filled_in_is_shown_as_selected_and_the_first_character_replaces_it() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        begun = await press(stage, "b", "ctrl+t")
        size = _marked(stage)
        typed = await press(stage, "5")
        after = _marked(stage)
        limit = await press(stage, "down", "down", "down")
        price = _marked(stage)
        replaced = await press(stage, *"30")
        pasted_over = await press(stage, "up", "down")
        stage.app.post_message(events.Paste("31.50"))
        await stage.settle()

        assert f"quantity {size}" in begun
        assert "^U clear" in begun
        assert "quantity 5_" in typed
        assert after == ""
        assert f"limit    {price}" in limit
        assert "limit    30_" in replaced
        assert "limit    30 " in pasted_over
        assert "limit    31.50_" in shown(stage)


@pytest.mark.usefixtures("at_once")
async def test_a_negative_number_is_refused_beside_its_field_and_sends_nothing() -> None:
    async with on_stage(quotes=QUOTES, settings=SIZED) as stage:
        said = await press(stage, "b", "minus", "5")
        emptied = await press(stage, "ctrl+u", "minus", "5", "ctrl+y")

        for form in (said, emptied):
            assert "quantity -5" in form
            assert "-5 is not a number: + and - are" in form
        assert "not complete yet" in emptied
        assert orders(stage) == []


def _marked(stage: Stage) -> str:
    """What is shown as selected in the form."""
    form = stage.app.screen
    assert isinstance(form, Ticket)
    return "".join(cell.text for line in form.lines() for cell in line if cell.word == "selected")
