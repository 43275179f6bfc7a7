"""Exits by hand beside a sale: both may trade, and what is left for an exit is what the sale leaves."""

import pytest

from oms.domain import order_events as oev
from oms.domain.order import OrderFlag, OrderStatus, Purpose, Side
from oms.exits import as_exit
from tests.oms.examples import Core, D, replaced, ticket
from tests.oms.test_exits import KEY, holding, order_id, stop, trade


def sale(core: Core, quantity: str) -> int:
    """Send a sale at the market as the form marks it, and return its number."""
    return int(core.submit(as_exit(ticket(quantity, Side.SELL), core.state)).rpartition("-")[2])


def test_an_exit_stays_while_a_sale_is_on_its_way_and_gives_way_to_what_that_trades() -> None:
    core = holding("10", stop("10"))

    number = sale(core, "10")
    assert (core.order(order_id(2)).status, core.order(order_id(2)).leaves_qty) == (OrderStatus.ACCEPTED, D(10))
    trade(core, number, "4", "X-4")

    asked = core.order(order_id(2)).replacing
    assert asked is not None
    assert asked.quantity == 6


@pytest.mark.parametrize("first", [2, 3])
def test_a_stop_and_a_sale_that_both_trade_are_flagged_and_given_back_whichever_was_first(first: int) -> None:
    core = holding("10", stop("10"))
    assert sale(core, "10") == 3
    trade(core, 3, "4", "X-4")
    core.put(replaced(core.order(order_id(2))))
    second = 5 - first
    trade(core, first, "6", "X-5")

    events = trade(core, second, "6", "X-6")

    assert OrderFlag.TURNED in core.order(order_id(second)).flags
    (made,) = [event for event in events if isinstance(event, oev.OrderInitialized)]
    assert (made.ticket.side, made.ticket.quantity, made.ticket.purpose) == (Side.BUY, D(6), Purpose.CLOSE)


def test_a_sale_that_is_meant_to_turn_a_position_round_is_not_given_back() -> None:
    core = holding("10", stop("4"))
    number = sale(core, "15")

    trade(core, number, "15", "X-15")

    assert core.order(order_id(number)).flags == ()
    assert core.state.ledger.position(KEY).quantity == -5
