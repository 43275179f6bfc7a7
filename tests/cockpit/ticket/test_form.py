"""The form while it is written."""

from dataclasses import replace
from decimal import Decimal

import pytest
from msgspec import structs

from cockpit.ticket.draft import Draft, Field
from cockpit.ticket.form import Form
from oms.domain.ids import MANUAL, StrategyId
from oms.domain.order import OrderTicket, OrderType, Side, TimeInForce
from tests.cockpit.ticket.written import Written
from tests.risk.desk import IBM, buy, sell


def begun() -> Form:
    """A form with the size that the sizer would take."""
    desk = Written().tickets
    form = Form(desk, desk.begin(Side.BUY, IBM))
    form.read()
    return form


def chosen(form: Form, field: Field, times: int) -> Form:
    for _ in range(times):
        form.choose(field, 1)
    form.read()
    return form


def test_types_come_one_after_the_other_and_begin_again() -> None:
    form = begun()
    words = [chosen(form, Field.TYPE, 1).draft.kind.words for _ in range(5)]

    assert words == ["LIMIT", "STOP MARKET", "STOP LIMIT", "TRAILING STOP", "MARKET"]


def test_a_limit_begins_at_the_market_and_a_length_is_left_to_be_typed() -> None:
    assert chosen(begun(), Field.TYPE, 1).draft.limit == "100.01"
    assert chosen(begun(), Field.TYPE, 4).reading.errors == {Field.TRAIL: "how far? 2.50, or 1.5% of the price"}


def test_a_length_begins_at_a_hundredth_of_the_price() -> None:
    form = chosen(begun(), Field.TYPE, 4)
    form.go_to_error()
    form.step(1)

    assert form.draft.trail == "1.00"


def test_the_cursor_goes_round_and_from_what_is_not_asked_any_more_to_what_was_chosen() -> None:
    form = chosen(begun(), Field.TYPE, 1)
    form.move(-1)
    form.move(-1)
    last = form.field
    while form.field is not Field.LIMIT:
        form.move(1)
    form.choose(Field.TYPE, -1)

    assert [last, form.field] == [Field.TAG, Field.TYPE]


@pytest.mark.parametrize(("typed", "quantity"), [("", "25"), ("7", "7")])
def test_the_size_is_the_sizers_until_somebody_has_typed_one(typed: str, quantity: str) -> None:
    form = begun()
    if typed:
        form.put(typed)
    form.choose(Field.SIDE, 1)
    form.choose(Field.SYMBOL, 1)
    form.choose(Field.SYMBOL, 1)

    assert (form.draft.side, form.draft.symbol, form.draft.quantity) == (Side.SELL, "IBM", quantity)


def test_a_choice_is_not_typed() -> None:
    form = begun()
    form.field = Field.TYPE
    form.put("LIMIT")

    assert form.draft.order_type is OrderType.MARKET


def test_until_is_asked_where_the_time_in_force_is_till_a_date() -> None:
    form = begun()
    asked = []
    for _ in TimeInForce:
        form.choose(Field.TIF, 1)
        if Field.UNTIL in form.fields:
            asked.append(form.draft.tif)

    assert asked == [TimeInForce.GTD]


def test_of_an_order_that_works_only_what_can_be_changed_is_asked() -> None:
    desk = Written()
    order = desk.state.blotter.orders[desk.send(buy("10", limit="99"))]
    form = Form(desk.tickets, desk.tickets.change(order), changes=order)
    form.read()

    assert form.fields == [Field.QUANTITY, Field.LIMIT]
    assert form.reading.ticket == order.ticket


@pytest.mark.parametrize(
    "wish",
    [
        buy("10", limit="99", strategy=StrategyId("trend following")),
        buy("10", limit="99", strategy=StrategyId("a_strategy_with_a_very_long_name")),
        structs.replace(sell("10", stop="90"), trail_by=Decimal(120)),  # the market has fallen below its length
    ],
    ids=["a name with a space", "a long name", "a long trail"],
)
def test_a_change_is_not_refused_for_what_it_cannot_touch(wish: OrderTicket) -> None:
    desk = Written()
    order = desk.state.blotter.orders[desk.send(wish)]
    form = Form(desk.tickets, replace(desk.tickets.change(order), quantity="4"), changes=order)
    form.read()

    assert form.reading.errors == {}
    assert form.reading.ticket == structs.replace(wish, quantity=Decimal(4))


def test_a_stop_that_trails_begins_anew_where_a_change_names_no_price_for_it() -> None:
    desk = Written()
    order = desk.state.blotter.orders[desk.send(structs.replace(sell("10", stop="90"), trail_by=Decimal(2)))]
    form = Form(desk.tickets, replace(desk.tickets.change(order), stop=""), changes=order)
    form.read()

    assert form.reading.notes == {Field.STOP: "begins at 97.99"}
    assert form.reading.ticket == structs.replace(order.ticket, stop_px=Decimal("97.99"))


def test_what_is_wrong_is_where_the_cursor_goes() -> None:
    form = begun()
    form.draft = replace(form.draft, target="90", tag="?")
    form.read()
    form.go_to_error()

    assert form.field is Field.TARGET
    assert form.preview is None


def test_a_draft_that_was_begun_keeps_its_size() -> None:
    desk = Written().tickets
    form = Form(desk, Draft(side=Side.BUY, symbol="IBM", quantity="3"), begun=True)
    form.choose(Field.SIDE, 1)

    assert form.draft.quantity == "3"


def test_arrows_choose_among_those_whom_an_order_may_count_for() -> None:
    form = begun()
    tags = [chosen(form, Field.TAG, 1).draft.tag for _ in range(3)]

    assert tags == ["trend_following", "mean_reversion", ""]
    assert form.reading.ticket is not None
    assert form.reading.ticket.strategy_id == MANUAL


@pytest.mark.parametrize(("typed", "tag"), [("me", "mean_reversion"), ("m", ""), ("zz", "")])
def test_the_beginning_of_a_name_and_an_arrow_are_the_name(typed: str, tag: str) -> None:
    form = begun()
    form.draft = replace(form.draft, tag=typed)

    assert chosen(form, Field.TAG, 1).draft.tag == tag


def test_another_tag_has_the_size_that_is_usual_for_it() -> None:
    desk = Written()
    desk.hold(buy("7"))  # of trend_following, which would give back that much
    form = Form(desk.tickets, desk.tickets.begin(Side.SELL, IBM))

    assert chosen(form, Field.TAG, 1).draft.quantity == "7"


def typed(form: Form, text: str) -> str:
    """What stands in the field after this was typed, each character by itself."""
    for character in text:
        form.write(character)
    return form.draft.text(form.field)


def test_the_first_character_replaces_what_was_filled_in_and_the_next_is_put_after_it() -> None:
    form = begun()
    filled = form.draft.quantity

    assert (filled, form.is_selected) == ("24", True)
    assert typed(form, "5") == "5"
    assert typed(form, "1") == "51"
    assert not form.is_selected


def test_a_limit_that_begins_at_the_market_is_replaced_by_what_is_typed() -> None:
    form = chosen(begun(), Field.TYPE, 1)
    form.move(3)

    assert (form.field, form.draft.limit) == (Field.LIMIT, "100.01")
    assert typed(form, "30") == "30"


def test_a_backspace_edits_what_was_filled_in() -> None:
    form = begun()
    form.erase()

    assert form.draft.quantity == "2"
    assert typed(form, "7") == "27"


def test_whoever_comes_back_to_a_field_replaces_what_stands_there() -> None:
    form = begun()
    typed(form, "51")
    form.move(1)
    form.move(-1)

    assert form.is_selected
    assert typed(form, "8") == "8"


@pytest.mark.parametrize(("field", "filled"), [(Field.QUANTITY, ""), (Field.QUANTITY, "25"), (Field.LIMIT, "128.50")])
@pytest.mark.parametrize("sign", ["-", "+"])
def test_a_number_with_a_sign_is_wrong_and_never_another_number(field: Field, filled: str, sign: str) -> None:
    form = chosen(begun(), Field.TYPE, 1)
    form.draft, form.field = form.draft.typed(field, filled), field
    form.step(1 if sign == "+" else -1, sign)
    said = typed(form, "120")
    form.read()

    assert said == f"{sign}120"
    assert form.reading.errors == {field: f"{sign}120 is not a number: + and - are steps"}
    assert form.reading.ticket is None


def test_a_sign_alone_is_a_step_and_what_was_stepped_is_replaced_or_edited() -> None:
    form = begun()
    form.step(-1, "-")
    down = form.draft.quantity
    form.step(-1)
    replaced = typed(form, "8")
    form.step(1, "+")
    form.erase()

    assert (down, replaced, form.draft.quantity) == ("23", "8", "")


def test_of_a_stop_limit_the_stop_is_asked_first() -> None:
    fields = chosen(begun(), Field.TYPE, 3).fields

    assert fields.index(Field.STOP) + 1 == fields.index(Field.LIMIT)
