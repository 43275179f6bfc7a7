"""A draft becomes a ticket, or says field by field why not."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cockpit.ticket.draft import Draft, Field
from oms.domain.ids import MANUAL
from oms.domain.order import OrderType, Side, TimeInForce
from oms.domain.units import DAY
from tests.cockpit.ticket.counter import Written
from tests.risk.desk import ACCOUNT, BROKER, IBM

BARE = Draft(side=Side.BUY, symbol="IBM", quantity="10")


def draft(**changes: Any) -> Draft:
    return replace(BARE, **changes)


def test_a_market_ticket_says_what_it_must_and_no_more() -> None:
    ticket = Written().tickets.read(BARE).ticket

    assert ticket is not None
    assert (ticket.broker, ticket.account, ticket.strategy_id) == (BROKER, ACCOUNT, MANUAL)
    assert (ticket.side, ticket.quantity, ticket.instrument_id) == (Side.BUY, Decimal(10), IBM.instrument_id)
    assert (ticket.order_type, ticket.tif, ticket.limit_px) == (OrderType.MARKET, TimeInForce.DAY, None)
    assert ticket.signal_px == Decimal("100.01")


@pytest.mark.parametrize(
    ("typed", "quantity"),
    [
        ("$5000", "49"),  # at 100.01
        ("0.5%", "4"),  # of 100,000
        ("$100.01", "1"),
    ],
)
def test_a_wish_becomes_whole_lots_that_it_can_pay(typed: str, quantity: str) -> None:
    reading = Written().tickets.read(draft(quantity=typed))

    assert reading.ticket is not None
    assert reading.ticket.quantity == Decimal(quantity)
    assert reading.notes[Field.QUANTITY] == f"= {quantity}"


def test_money_is_counted_at_the_limit_that_is_typed() -> None:
    ticket = Written().tickets.read(draft(quantity="$500", order_type=OrderType.LIMIT, limit="50")).ticket

    assert ticket is not None
    assert ticket.quantity == 10


def test_one_r_is_what_the_sizer_risks_down_to_the_stop_typed() -> None:
    """0.05 % of 100,000 is 50; the stop is 2.01 away from 100.01."""
    once = Written().tickets.read(draft(quantity="1R", protect="98")).ticket
    twice = Written().tickets.read(draft(quantity="2R", protect="98")).ticket

    assert once is not None
    assert twice is not None
    assert (once.quantity, twice.quantity) == (Decimal(24), Decimal(49))
    assert once.protect_px == 98


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"quantity": ""}, Field.QUANTITY, "how many? 100, $5000, 0.5% or 1R"),
        ({"quantity": "1.5"}, Field.QUANTITY, "goes in steps of 1"),
        ({"quantity": "$50"}, Field.QUANTITY, "comes to less than a lot of 1"),
        ({"quantity": "1R"}, Field.QUANTITY, "R is counted by a stop: fill in protect"),
        ({"symbol": "IMB"}, Field.SYMBOL, "nothing is listed as IMB; did you mean IBM?"),
        ({"order_type": OrderType.LIMIT}, Field.LIMIT, "a number is missing"),
        ({"order_type": OrderType.STOP_LIMIT, "limit": "99"}, Field.STOP, "a number is missing"),
        ({"protect": "101"}, Field.PROTECT, "must be below 100.01"),
        ({"side": Side.SELL, "protect": "98"}, Field.PROTECT, "must be above 99.99"),
        ({"target": "100.01"}, Field.TARGET, "must be above 100.01"),
        ({"side": Side.SELL, "target": "101"}, Field.TARGET, "must be below 99.99"),
        ({"order_type": OrderType.LIMIT, "limit": "90", "protect": "95"}, Field.PROTECT, "must be below 90.00"),
        ({"tif": TimeInForce.GTD, "until": "soon"}, Field.UNTIL, "how long? 30m, 4h or 2d"),
        ({"tag": "my idea"}, Field.TAG, "letters, digits and . _ - only"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_its_field(changes: dict[str, Any], field: Field, said: str) -> None:
    reading = Written().tickets.read(draft(**changes))

    assert reading.ticket is None
    assert reading.errors == {field: said}


def test_all_that_is_wrong_is_said_at_once() -> None:
    errors = Written().tickets.read(draft(quantity="x", order_type=OrderType.LIMIT, tag="?")).errors

    assert set(errors) == {Field.QUANTITY, Field.LIMIT, Field.TAG}


def test_a_rounded_price_says_so() -> None:
    reading = Written().tickets.read(draft(order_type=OrderType.LIMIT, limit="99.987"))

    assert reading.ticket is not None
    assert reading.ticket.limit_px == Decimal("99.99")
    assert reading.notes == {Field.LIMIT: "99.99, on the tick of 0.01"}


def test_until_counts_from_engine_time() -> None:
    desk = Written()
    ticket = desk.tickets.read(draft(tif=TimeInForce.GTD, until="2d")).ticket

    assert ticket is not None
    assert ticket.expires_at == desk.state.ts + 2 * DAY


def test_a_tag_is_the_strategy_that_the_order_counts_for() -> None:
    ticket = Written().tickets.read(draft(tag="breakout")).ticket

    assert ticket is not None
    assert ticket.strategy_id == "breakout"


def test_what_is_not_asked_is_not_read() -> None:
    ticket = Written().tickets.read(draft(limit="x", stop="y", until="z")).ticket

    assert ticket is not None
    assert ticket.limit_px is None
