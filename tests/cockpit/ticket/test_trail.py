"""Stops that follow the market, and stops by hand that protect."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from cockpit.ticket.draft import Draft, Field
from oms.domain.ids import MANUAL
from oms.domain.order import OrderType, Purpose, Side, TimeInForce
from tests.cockpit.ticket.written import Written
from tests.risk.desk import buy, sell

BARE = Draft(side=Side.BUY, symbol="IBM", quantity="10")
TRAIL: dict[str, Any] = {"order_type": OrderType.STOP_MARKET, "trails": True, "trail": "2"}


def draft(**changes: Any) -> Draft:
    return replace(BARE, **changes)


@pytest.mark.parametrize(
    ("side", "trail", "length", "begins"),
    [
        (Side.SELL, "2", "2", "97.99"),
        (Side.BUY, "2", "2", "102.01"),
        (Side.SELL, "1.5%", "1.5", "98.49"),
        (Side.BUY, "1.004%", "1", "101.01"),
    ],
)
def test_a_stop_that_trails_begins_its_length_from_the_market(side: Side, trail: str, length: str, begins: str) -> None:
    reading = Written().tickets.read(draft(**TRAIL | {"side": side, "trail": trail}))

    assert reading.ticket is not None
    assert reading.ticket.trails
    assert (reading.ticket.trail_by, reading.ticket.stop_px) == (Decimal(length), Decimal(begins))
    assert reading.notes[Field.STOP] == f"begins at {begins}"


def test_a_stop_that_trails_begins_where_it_is_typed() -> None:
    reading = Written().tickets.read(draft(**TRAIL, side=Side.SELL, stop="99"))

    assert reading.ticket is not None
    assert (reading.ticket.trail_by, reading.ticket.stop_px) == (Decimal(2), Decimal(99))


def test_a_stop_that_trails_takes_no_exits_with_it() -> None:
    ticket = Written().tickets.read(draft(**TRAIL, protect="90", trailing="5", target="120")).ticket

    assert ticket is not None
    assert (ticket.protect_px, ticket.trail_by, ticket.target_px) == (None, Decimal(2), None)


def test_a_protective_stop_trails_from_its_length_or_from_where_it_is_typed() -> None:
    by_length = Written().tickets.read(draft(trailing="2"))
    typed = Written().tickets.read(draft(trailing="2%", protect="99", target="110"))

    assert by_length.ticket is not None
    assert typed.ticket is not None
    assert (by_length.ticket.protect_px, by_length.ticket.trail_by) == (None, Decimal(2))
    assert by_length.notes[Field.PROTECT] == "begins at 98.01"
    assert (typed.ticket.protect_px, typed.ticket.trail_by, typed.ticket.target_px) == (
        Decimal(99),
        Decimal(2),
        Decimal(110),
    )
    assert typed.notes == {Field.TRAILING: "= 2.00"}
    assert typed.ticket.asks_protection
    assert not typed.ticket.trails


def test_one_r_is_counted_to_where_a_trail_begins() -> None:
    """50 over a length of 5, not over the 2 % that the sizer takes where there is no stop."""
    once = Written().tickets.read(draft(quantity="1R", trailing="5")).ticket

    assert once is not None
    assert once.quantity == 10


@pytest.mark.parametrize("changes", [TRAIL, {"trailing": "1%"}])
def test_without_a_price_nothing_trails(changes: dict[str, Any]) -> None:
    desk = Written()
    desk.state.marks.quotes.clear()
    reading = desk.tickets.read(draft(**changes))

    assert reading.ticket is None
    assert reading.errors


@pytest.mark.parametrize(
    ("changes", "purpose"),
    [
        ({"order_type": OrderType.STOP_MARKET, "stop": "98"}, Purpose.PROTECT),
        (TRAIL, Purpose.PROTECT),
        ({"order_type": OrderType.STOP_LIMIT, "stop": "98", "limit": "97"}, Purpose.PROTECT),
        ({"order_type": OrderType.STOP_MARKET, "stop": "98", "quantity": "11"}, Purpose.OPEN),
        ({"order_type": OrderType.STOP_MARKET, "stop": "98", "tag": "mean_reversion"}, Purpose.OPEN),
        ({"order_type": OrderType.STOP_MARKET, "stop": "98", "protect": "99"}, Purpose.OPEN),
        ({"order_type": OrderType.STOP_MARKET, "stop": "102", "side": Side.BUY}, Purpose.OPEN),
        ({"order_type": OrderType.LIMIT, "limit": "102"}, Purpose.CLOSE),
        ({"order_type": OrderType.LIMIT, "limit": "102", "quantity": "11"}, Purpose.OPEN),
        ({"tif": TimeInForce.AT_THE_CLOSE}, Purpose.CLOSE),
        ({}, Purpose.CLOSE),
        ({"quantity": "11"}, Purpose.OPEN),
    ],
)
def test_what_only_gives_back_is_marked_and_a_stop_protects(changes: dict[str, Any], purpose: Purpose) -> None:
    desk = Written()
    desk.hold(buy("10", strategy=MANUAL))
    ticket = desk.tickets.read(draft(**{"side": Side.SELL, **changes})).ticket

    assert ticket is not None
    assert ticket.purpose is purpose
    told = purpose is Purpose.CLOSE and ticket.rests  # a stop is kept within its position here
    assert ticket.reduce_only is told


def test_what_an_order_that_may_open_sells_no_stop_protects() -> None:
    desk = Written()
    desk.hold(buy("10", strategy=MANUAL))
    desk.send(sell("6", stop="97", strategy=MANUAL))
    stop = {"side": Side.SELL, "order_type": OrderType.STOP_MARKET, "stop": "98"}
    tickets = [desk.tickets.read(draft(**stop, quantity=quantity)).ticket for quantity in ("4", "5")]

    assert [ticket.purpose for ticket in tickets if ticket is not None] == [Purpose.PROTECT, Purpose.OPEN]


@pytest.mark.parametrize(("quantity", "passes"), [("10", True), ("11", False)])
def test_a_stop_that_is_changed_stays_what_it_is_and_has_the_room_that_it_leaves(quantity: str, passes: bool) -> None:
    desk = Written()
    desk.hold(buy("10", strategy=MANUAL))
    stop = {"side": Side.SELL, "order_type": OrderType.STOP_MARKET, "stop": "98", "quantity": "6"}
    first = desk.tickets.read(draft(**stop)).ticket
    assert first is not None
    order = desk.state.blotter.orders[desk.send(first)]

    ticket = desk.tickets.read(draft(**stop | {"quantity": quantity}), order).ticket

    assert ticket == structs.replace(first, quantity=Decimal(quantity))
    denied = desk.tickets.preview(ticket, order).against
    assert [found.rule for found in denied if found.rule == "reduce_only"] == ([] if passes else ["reduce_only"])


def test_a_further_stop_for_shares_that_have_one_is_denied_while_it_is_written() -> None:
    desk = Written()
    desk.hold(buy("10", strategy=MANUAL))
    stop = {"side": Side.SELL, "order_type": OrderType.STOP_MARKET, "stop": "98"}
    first = desk.tickets.read(draft(**stop)).ticket
    assert first is not None
    desk.send(first)

    further = desk.tickets.read(draft(**stop | {"quantity": "5"})).ticket
    assert further is not None
    preview = desk.tickets.preview(further)

    assert [found.text for found in preview.against] == ["stop 2 already stands for 10 of 10: change that one"]
    assert (preview.room.quantity, preview.room.rule) == (Decimal(0), "reduce_only")
    assert preview.losses.at_stop.words == "it only reduces"
