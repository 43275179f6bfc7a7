"""How a ticket begins."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.draft import Draft, Field
from oms.domain.calendar import TradingHours
from oms.domain.capabilities import Capabilities
from oms.domain.ids import MANUAL, StrategyId
from oms.domain.order import OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.units import DAY, SECOND
from tests.cockpit.ticket.written import Written
from tests.risk.desk import IBM, TREND, buy, sell


def by_hand(ticket: OrderTicket) -> OrderTicket:
    return structs.replace(ticket, strategy_id=MANUAL)


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


def limited(**lacking: Any) -> TicketDesk:
    """Return a desk at a venue that lacks something."""
    desk = Written().tickets
    desk.booth = desk.booth._replace(capabilities=Capabilities(**lacking))
    return desk


PLAIN = frozenset({OrderType.MARKET, OrderType.LIMIT})


@pytest.mark.parametrize("lacking", [{}, {"replaces": False}, {"order_types": PLAIN}])
def test_stops_are_offered_where_the_venue_has_none_for_they_are_held_here(lacking: dict[str, Any]) -> None:
    desk = limited(**lacking)

    assert [kind.words for kind in desk.kinds] == ["MARKET", "LIMIT", "STOP MARKET", "STOP LIMIT", "TRAILING STOP"]
    assert desk.offers(Field.TRAILING)


def test_a_stop_is_offered_only_where_the_venue_takes_what_becomes_of_it() -> None:
    desk = limited(order_types=frozenset({OrderType.LIMIT}))

    assert [kind.words for kind in desk.kinds] == ["LIMIT", "STOP LIMIT"]
    assert not desk.offers(Field.TRAILING)


def test_an_order_can_be_good_until_an_instant_where_it_can_be_good_until_canceled() -> None:
    assert limited(tifs=frozenset({TimeInForce.DAY, TimeInForce.GTC})).tifs == ("DAY", "GTC", "GTD")
    assert limited(tifs=frozenset({TimeInForce.DAY})).tifs == ("DAY",)


def test_a_stop_that_would_be_held_here_says_so_while_it_is_written() -> None:
    desk = limited(order_types=PLAIN)
    draft = desk.begin(Side.BUY, IBM).typed(Field.QUANTITY, "10").typed(Field.STOP, "101")
    reading = desk.read(replace(draft, order_type=OrderType.STOP_MARKET))

    assert reading.ticket is not None
    assert reading.notes[Field.TYPE] == "held here: sim takes no STOP_MARKET"


def test_what_the_venue_does_not_take_is_said_while_it_is_written() -> None:
    desk = limited(tifs=frozenset({TimeInForce.DAY}))
    draft = desk.begin(Side.BUY, IBM).typed(Field.QUANTITY, "10")
    reading = desk.read(replace(draft, tif=TimeInForce.FOK))

    assert reading.ticket is None
    assert reading.errors[Field.TIF] == "sim takes no FOK orders: it takes DAY"


@pytest.mark.parametrize(
    "changes",
    [
        {"order_type": OrderType.STOP_MARKET, "trails": True, "trail": "2"},
        {"order_type": OrderType.LIMIT, "limit": "99", "trailing": "2", "target": "120"},
        {"order_type": OrderType.STOP_MARKET, "stop": "103", "protect": "98"},
    ],
)
def test_what_was_canceled_is_written_again_as_it_was(changes: dict[str, Any]) -> None:
    desk = Written()
    written = desk.tickets.read(replace(Draft(side=Side.BUY, symbol="IBM", quantity="10"), **changes)).ticket
    assert written is not None
    order = desk.state.blotter.orders[desk.send(written)]
    again = desk.tickets.read(desk.tickets.again(order)).ticket

    assert again == written


@pytest.mark.parametrize("days", [0, 6, 7, 400])
def test_what_works_till_an_instant_is_written_again_till_that_instant(days: int) -> None:
    desk = Written()
    desk.tickets.booth = desk.tickets.booth._replace(hours={"XNYS": TradingHours.always("XNYS")})
    until = desk.ts + days * DAY + 607 * SECOND
    terms = {"order_type": OrderType.LIMIT, "limit_px": Decimal(99), "tif": TimeInForce.GTD, "expires_at": until}
    order = desk.state.blotter.orders[desk.send(structs.replace(by_hand(buy("10")), **terms))]
    desk.wait(30)
    again = desk.tickets.read(desk.tickets.again(order))

    assert again.errors == {}
    assert again.ticket is not None
    assert again.ticket.expires_at == until


def test_a_stop_that_trails_is_changed_where_it_stands_and_keeps_its_length() -> None:
    desk = Written()
    draft = Draft(side=Side.SELL, symbol="IBM", quantity="10", order_type=OrderType.STOP_MARKET, trails=True, trail="2")
    written = desk.tickets.read(draft).ticket
    assert written is not None
    order = desk.state.blotter.orders[desk.send(written)]
    changed = desk.tickets.read(replace(desk.tickets.change(order), stop="98.50"), order).ticket

    assert changed is not None
    assert (changed.stop_px, changed.trail_by, changed.trails) == (Decimal("98.50"), Decimal(2), True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("94.99", "the protective stop 95 must lie below 94.99"),
        ("110", "the target 110 must lie above 110.00"),
        ("95.01", None),
    ],
)
def test_an_entry_that_is_changed_past_its_own_legs_is_refused_while_it_is_written(
    typed: str, words: str | None
) -> None:
    desk = Written()
    entry = structs.replace(by_hand(buy("10", limit="99")), protect_px=Decimal(95), target_px=Decimal(110))
    order = desk.state.blotter.orders[desk.send(entry)]
    reading = desk.tickets.read(replace(desk.tickets.change(order), limit=typed), order)

    assert reading.errors == ({} if words is None else {Field.LIMIT: words})
    assert (reading.ticket is None) is (words is not None)


def test_the_account_is_masked() -> None:
    assert Written().tickets.account == "sim ••••0001"


@pytest.mark.parametrize("quantity", ["3", "20"])
def test_the_quantity_of_a_leg_is_refused_while_it_is_written(quantity: str) -> None:
    """It follows the position: another one would be changed back."""
    desk = Written()
    parent = desk.send(structs.replace(by_hand(buy("10")), protect_px=Decimal(95)))
    desk.fill(parent, "100")
    leg = desk.send(structs.replace(by_hand(sell("10", stop="95")), purpose=Purpose.PROTECT, parent_id=parent))
    order = desk.state.blotter.orders[leg]
    reading = desk.tickets.read(replace(desk.tickets.change(order), quantity=quantity), order)

    assert reading.ticket is None
    assert reading.errors == {Field.QUANTITY: "order 2 stands for 10 and follows the position: change its price"}
    assert desk.tickets.read(replace(desk.tickets.change(order), stop="94"), order).ticket is not None
