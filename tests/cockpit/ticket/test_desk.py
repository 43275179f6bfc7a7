"""How a ticket begins."""

import pytest

from oms.domain.ids import MANUAL, StrategyId
from oms.domain.order import OrderTicket, Side
from tests.cockpit.ticket.counter import Written
from tests.risk.desk import IBM, TREND, buy, sell


def by_hand(ticket: OrderTicket) -> OrderTicket:
    from msgspec.structs import replace

    return replace(ticket, strategy_id=MANUAL)


def test_a_ticket_begins_with_the_size_of_the_sizer() -> None:
    """0.05 % of 100,000 over a stop of 2 % of 100.01."""
    draft = Written().tickets.begin(Side.BUY, IBM)

    assert (draft.symbol, draft.quantity, draft.tag) == ("IBM", "24", "")


def test_the_size_is_cut_to_what_the_gate_would_pass() -> None:
    desk = Written("fixed_lot", lots="1000")
    draft = desk.tickets.begin(Side.BUY, IBM)
    ticket = desk.tickets.read(draft).ticket

    assert draft.quantity == "49"
    assert ticket is not None
    assert desk.tickets.preview(ticket).passes


def test_who_holds_something_already_adds_as_much_as_an_opening_would() -> None:
    desk = Written()
    desk.hold(by_hand(buy("10")))

    assert desk.tickets.begin(Side.BUY, IBM).quantity == "24"


def test_who_sells_what_is_held_sells_all_of_it() -> None:
    desk = Written()
    desk.hold(by_hand(buy("10")))

    assert desk.tickets.begin(Side.SELL, IBM).quantity == "10"


@pytest.mark.parametrize(("tag", "quantity"), [(TREND, "7"), (StrategyId("manual"), "24")])
def test_what_is_held_is_that_of_the_tag(tag: StrategyId, quantity: str) -> None:
    desk = Written()
    desk.hold(sell("7"))

    assert desk.tickets.begin(Side.BUY, IBM, tag).quantity == quantity


def test_where_no_size_can_be_said_the_field_is_empty() -> None:
    desk = Written()
    desk.state.marks.quotes.clear()

    assert desk.tickets.begin(Side.BUY, IBM).quantity == ""
