"""Stories told step by step, which the drawn ones meet only now and then."""

from decimal import Decimal

import pytest

from oms.domain.order import OrderFlag, OrderStatus
from oms.domain.risk import TradingState
from tests.model.rules import Step
from tests.model.story import Story


def told(at_once: bool, *steps: str, stops: bool = True) -> Story:
    """Tell the steps, each a rule and its numbers."""
    story = Story(at_once=at_once, stops=stops)
    for step in steps:
        name, *numbers = step.split()
        story.step(Step(name, tuple(map(int, numbers))))
    return story


@pytest.mark.parametrize("at_once", [True, False])
def test_a_stop_that_triggers_while_the_link_is_down_is_found_with_its_fills(at_once: bool) -> None:
    """O-26."""
    story = told(at_once, "send 0 2 1", "arrive 0 1", "hear", "cut 1 0", "trigger 0", "fill 0", "reconnect")
    (order,) = story.program.state.blotter.orders.values()

    assert (order.status, order.filled_qty, order.triggered) == (OrderStatus.FILLED, Decimal(40), True)
    story.end()


@pytest.mark.parametrize("at_once", [True, False])
def test_a_process_that_dies_at_each_of_its_recoveries_goes_on_as_if_it_had_died_once(at_once: bool) -> None:
    """J-06."""
    once, thrice = (
        told(at_once, "send 0 2 1", "arrive 0 1", "hear", "fill_partly 0 1", f"crash 0 0 {deaths}") for deaths in (0, 2)
    )

    assert once.reference.orders == thrice.reference.orders
    assert once.reference.positions == thrice.reference.positions
    once.end()
    thrice.end()


def test_a_change_whose_cancel_was_refused_is_still_waited_for_after_a_restart() -> None:
    """I-21: nothing but the refusal stands in the journal, and the question that followed it does not."""
    story = told(
        True, "send 0 2 1", "arrive 0 1", "hear", "fill 0", "change 0 4 0", "lose_request 0", "cancel 0", "arrive 0 1"
    )
    story.step(Step("hear_out_of_order", (1,)))
    (order,) = story.program.state.blotter.orders.values()
    assert order.status is OrderStatus.PENDING_REPLACE
    story.step(Step("crash", (0, 0, 0)))
    story.end()


def test_what_overfills_only_because_a_change_is_refused_is_an_overfill() -> None:
    """O-12: it traded 45 of 40 while 100 were asked for."""
    story = told(True, "send 0 2 1", "arrive 0 1", "hear", "overfill 0", "change 0 4 0", "hear")
    (order,) = story.program.state.blotter.orders.values()
    assert (order.status, order.flags) == (OrderStatus.PENDING_REPLACE, ())
    story.step(Step("arrive", (0, 1)))
    story.step(Step("hear", ()))
    (order,) = story.program.state.blotter.orders.values()

    assert (order.status, order.flags) == (OrderStatus.FILLED, (OrderFlag.OVERFILLED,))
    assert story.program.state.trading.state is TradingState.REDUCING
    story.end()


def test_an_order_that_turns_out_to_be_full_waits_for_no_answer_to_its_cancel() -> None:
    """It was to become larger, and was not: what it has traded is all of it."""
    story = told(True, "send 0 2 1", "arrive 0 1", "hear", "fill 0", "change 0 4 0", "hear", "cancel 0", "arrive 0 1")
    story.step(Step("hear", ()))
    (order,) = story.program.state.blotter.orders.values()

    assert order.status is OrderStatus.FILLED
    story.end()


def test_a_change_that_is_lost_under_a_stop_is_asked_about_and_not_said_to_be_asked_for() -> None:
    """It was full when it was to become larger, nobody told us, and trading was stopped before the change arrived."""
    story = told(True, "send 0 2 1", "arrive 0 1", "hear", "fill 0", "lose_answer 0", "change 0 4 0", "lose_request 0")
    story.step(Step("halt", (0, 0)))
    story.step(Step("arrive", (0, 1)))
    story.step(Step("hear", ()))
    story.answer_all()
    (order,) = story.program.state.blotter.orders.values()
    assert (order.status, order.filled_qty) == (OrderStatus.PENDING_REPLACE, Decimal(40))
    before = len(story.program.disk.rows())
    for _ in range(4):
        story.step(Step("wait", (5,)))
        assert story.venue.going, "the venue is asked"
        story.answer_all()

    assert "OrderPendingReplace" not in {row.kind for row in story.program.disk.rows()[before:]}
    story.end()


BRACKET = "send_guarded 0 2 500 2"  # 40 at 100.00, with a stop and a target
PARTLY = "fill_bracket 0 0"  # a quarter of what is left of it
HALF = (BRACKET, "calm", PARTLY, "calm", PARTLY, "calm")


def stands(story: Story) -> list[tuple[OrderStatus, Decimal, Decimal]]:
    """Return where each order is, its quantity and what it has filled."""
    orders = story.program.state.blotter.orders.values()
    return [(order.status, order.ticket.quantity, order.filled_qty) for order in orders]


def test_legs_wait_with_their_entry_and_then_cover_what_it_has_traded() -> None:
    waiting, traded = told(True, BRACKET, "calm"), told(True, *HALF)

    assert [status for status, *_ in stands(waiting)] == [OrderStatus.ACCEPTED, OrderStatus.HELD, OrderStatus.HELD]
    assert stands(traded) == [
        (OrderStatus.PARTIALLY_FILLED, Decimal(40), Decimal(17)),
        (OrderStatus.ACCEPTED, Decimal(17), Decimal(0)),
        (OrderStatus.ACCEPTED, Decimal(17), Decimal(0)),
    ]
    waiting.end()
    traded.end()


def test_one_leg_that_trades_ends_the_other_and_what_is_left_of_the_entry() -> None:
    story = told(True, *HALF, "fill_bracket 1 3", "calm")

    assert [status for status, *_ in stands(story)] == [OrderStatus.CANCELED, OrderStatus.FILLED, OrderStatus.CANCELED]
    assert not story.program.state.ledger.open
    story.end()


@pytest.mark.parametrize("after", range(len(HALF)))
@pytest.mark.parametrize("at_once", [True, False])
def test_a_restart_in_the_middle_of_a_bracket_changes_nothing(after: int, at_once: bool) -> None:
    later = ("calm", *("wait 5", "calm") * 3)  # what was wanted before the link was up again is asked for once more
    through = told(at_once, *HALF, *later)
    died = told(at_once, *HALF[: after + 1], "crash 0 0 0", *HALF[after + 1 :], *later)

    if after or not at_once:
        assert stands(died) == stands(through)
    else:  # the entry was lost on its way, and its legs with it
        ended = [OrderStatus.NOT_FOUND, OrderStatus.CANCELED, OrderStatus.CANCELED]
        assert [status for status, *_ in stands(died)] == ended
    died.end()


def test_a_stop_that_the_venue_does_not_take_is_held_until_the_price_touches_it() -> None:
    story = told(True, "send_guarded 0 2 1 0", "calm", "fill_bracket 0 3", "calm", "quote 0 460", stops=False)
    assert [status for status, *_ in stands(story)] == [OrderStatus.FILLED, OrderStatus.HELD]

    story.step(Step("quote", (0, 450)))
    assert [status for status, *_ in stands(story)] == [OrderStatus.FILLED, OrderStatus.SUBMITTED]
    story.end()


def test_an_order_that_the_venue_may_have_traded_is_given_up_only_once_somebody_has_looked() -> None:
    story = told(False, "send 0 2 1", "trade_elsewhere 0 4", "cut 2 0", "reconnect", "overtake")
    assert [order.status for order in story.program.state.blotter.orders.values()] == [OrderStatus.UNKNOWN]
    for step in ("resume", "overtake"):
        story.step(Step(step, ()))

    assert [order.status for order in story.program.state.blotter.orders.values()] == [OrderStatus.NOT_FOUND]
    story.end()
