"""A draft becomes a ticket, or says field by field why not."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.ticket.draft import Draft, Field
from cockpit.ticket.kind import Kind
from oms.decide.legs import misplaced
from oms.domain.ids import MANUAL, StrategyId
from oms.domain.order import OrderType, Side, TimeInForce
from oms.domain.units import DAY, SECOND, Nanos
from tests.cockpit.ticket.written import Written
from tests.risk.desk import ACCOUNT, BROKER, IBM, buy

BARE = Draft(side=Side.BUY, symbol="IBM", quantity="10")
TRAIL: dict[str, Any] = {"order_type": OrderType.STOP_MARKET, "trails": True, "trail": "2"}


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
    ("changes", "quantity", "note"),
    [
        ({"order_type": OrderType.LIMIT, "limit": "104", "protect": "98"}, "24", "= 24 by 100.01"),
        ({"order_type": OrderType.STOP_LIMIT, "stop": "101", "limit": "104", "protect": "98"}, "16", "= 16 by 101.00"),
        ({"order_type": OrderType.LIMIT, "limit": "99", "protect": "98"}, "50", "= 50"),
    ],
)
def test_one_r_is_counted_by_the_price_that_is_expected_and_says_so_where_that_is_not_the_limit(
    changes: dict[str, Any], quantity: str, note: str
) -> None:
    reading = Written().tickets.read(draft(quantity="1R", **changes))

    assert reading.ticket is not None
    assert reading.ticket.quantity == Decimal(quantity)
    assert reading.notes[Field.QUANTITY] == note


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
        ({"protect": "101"}, Field.PROTECT, "must be below 99.99"),
        ({"side": Side.SELL, "protect": "98"}, Field.PROTECT, "must be above 100.01"),
        ({"protect": "99.99"}, Field.PROTECT, "must be below 99.99"),  # the bid, where it would be sold at once
        ({"order_type": OrderType.LIMIT, "limit": "102", "protect": "101"}, Field.PROTECT, "must be below 99.99"),
        (
            {"side": Side.SELL, "order_type": OrderType.LIMIT, "limit": "98", "protect": "99"},
            Field.PROTECT,
            "must be above 100.01",
        ),
        (
            {"order_type": OrderType.STOP_LIMIT, "stop": "101", "limit": "104", "protect": "102"},
            Field.PROTECT,
            "must be below 101.00",
        ),
        (
            {"order_type": OrderType.STOP_LIMIT, "stop": "101", "limit": "104", "target": "103"},
            Field.TARGET,
            "must be above 104.00",
        ),
        ({"order_type": OrderType.LIMIT, "limit": "102", "target": "101"}, Field.TARGET, "must be above 102.00"),
        (
            {"trailing": "0.02"},
            Field.TRAILING,
            "must be more than the spread, 0.02: it would be touched at once",
        ),
        ({"target": "100.01"}, Field.TARGET, "must be above 100.01"),
        ({"side": Side.SELL, "target": "101"}, Field.TARGET, "must be below 99.99"),
        ({"order_type": OrderType.LIMIT, "limit": "90", "protect": "95"}, Field.PROTECT, "must be below 90.00"),
        ({"tif": TimeInForce.GTD}, Field.UNTIL, "when? 1970-01-12, 1970-01-12 20:00Z, 20:00Z or 4h"),
        (
            {"tif": TimeInForce.GTD, "until": "1970-01-11"},
            Field.UNTIL,
            "1970-01-11 is over, it is 1970-01-12 13:46Z",
        ),
        (TRAIL | {"trail": ""}, Field.TRAIL, "how far? 2.50, or 1.5% of the price"),
        (TRAIL | {"trail": "x"}, Field.TRAIL, "x is not a number"),
        (TRAIL | {"trail": "0.004"}, Field.TRAIL, "is less than a tick of 0.01"),
        (TRAIL | {"trail": "100.01"}, Field.TRAIL, "must be less than the price, 100.01"),
        (TRAIL | {"trail": "100%"}, Field.TRAIL, "must be less than the price, 100.01"),
        ({"trailing": "far"}, Field.TRAILING, "far is not a number"),
        ({"trailing": "2", "protect": "101"}, Field.PROTECT, "must be below 99.99"),
        (
            {"order_type": OrderType.LIMIT, "limit": "90", "trailing": "90"},
            Field.TRAILING,
            "must be less than the price, 90.00",
        ),
        ({"tag": "my idea"}, Field.TAG, "letters, digits and . _ - only"),
        ({"tag": "breakout"}, Field.TAG, "no strategy breakout is here: manual, trend_following or mean_reversion"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_its_field(changes: dict[str, Any], field: Field, said: str) -> None:
    reading = Written().tickets.read(draft(**changes))

    assert reading.ticket is None
    assert reading.errors == {field: said}


def test_all_that_is_wrong_is_said_at_once() -> None:
    errors = Written().tickets.read(draft(quantity="x", order_type=OrderType.LIMIT, tag="?")).errors

    assert set(errors) == {Field.QUANTITY, Field.LIMIT, Field.TAG}


@pytest.mark.parametrize(
    ("changes", "field", "ticks"),
    [
        ({"order_type": OrderType.LIMIT, "limit": "99.987"}, Field.LIMIT, "99.98 or 99.99"),
        ({"order_type": OrderType.LIMIT, "limit": "99.999", "side": Side.SELL}, Field.LIMIT, "99.99 or 100.00"),
        ({"protect": "98.005"}, Field.PROTECT, "98.00 or 98.01"),
        ({"trailing": "2.005"}, Field.TRAILING, "2.00 or 2.01"),
    ],
)
def test_a_price_between_two_ticks_is_not_rounded_but_refused_with_both(
    changes: dict[str, Any], field: Field, ticks: str
) -> None:
    reading = Written().tickets.read(draft(**changes))

    assert reading.ticket is None
    assert reading.errors == {field: f"is between two ticks: {ticks}"}


def test_a_length_as_a_part_of_the_price_is_noted_as_what_it_comes_to() -> None:
    assert Written().tickets.read(draft(trailing="1.5%")).notes[Field.TRAILING] == "= 1.50"


@pytest.mark.parametrize(
    ("until", "after"),
    [("2d", 2 * DAY), ("1970-01-12", 1_000 * SECOND), ("1970-01-12 14:00", 800 * SECOND), ("14:20:00", 2_000 * SECOND)],
)
def test_until_is_a_date_a_time_or_so_long_in_the_calendar_of_what_is_traded(until: str, after: Nanos) -> None:
    """It is 13:46:40 of the day, in the first of its two sessions."""
    desk = Written()
    ticket = desk.tickets.read(draft(tif=TimeInForce.GTD, until=until)).ticket

    assert ticket is not None
    assert ticket.expires_at == desk.state.ts + after


ODD = st.text(alphabet="0123456789.,%$R -:hdmZTx", max_size=12)
USUAL = {
    "quantity": ("10", "$500", "0.5%", "1R", "1R"),
    "limit": ("99", "101.004", "1,000"),
    "stop": ("", "97", "103"),
    "trail": ("2", "1.5%", "0.004"),
    "until": ("4h", "1970-01-12", "14:00"),
    "protect": ("", "", "98", "102"),
    "trailing": ("", "2", "1%", "200"),
    "target": ("", "", "90", "110"),
}
TEXTS = st.fixed_dictionaries(
    {name: st.one_of(*(st.sampled_from(usual) for _ in range(12)), ODD) for name, usual in USUAL.items()}
)


@settings(max_examples=200, deadline=None)
@given(
    side=st.sampled_from(Side),
    kind=st.sampled_from([*map(Kind, OrderType), Kind(OrderType.STOP_MARKET, trails=True)]),
    tif=st.sampled_from(TimeInForce),
    texts=TEXTS,
)
def test_whatever_is_typed_is_a_ticket_that_the_gate_can_judge_or_an_error_beside_its_field(
    side: Side, kind: Kind, tif: TimeInForce, texts: dict[str, str]
) -> None:
    desk = WRITTEN
    typed = Draft(side=side, symbol="IBM", order_type=kind.order_type, trails=kind.trails, tif=tif, **texts)
    reading = desk.tickets.read(typed)

    assert (reading.ticket is None) is bool(reading.errors)
    assert all(typed.asks(field) and len(said.splitlines()) == 1 for field, said in reading.errors.items())
    if reading.ticket is not None:
        failed = desk.tickets.preview(reading.ticket).decision.failed
        assert not {"sane_numbers", "increments", "instrument_known"}.intersection(failed)
        assert not misplaced(reading.ticket, IBM)


WRITTEN = Written()
"""One desk for all of them: reading and weighing change nothing."""


def test_a_tag_is_the_strategy_that_the_order_counts_for() -> None:
    ticket = Written().tickets.read(draft(tag="trend_following")).ticket

    assert ticket is not None
    assert ticket.strategy_id == "trend_following"


def test_what_a_strategy_holds_that_is_configured_no_more_can_be_given_back() -> None:
    desk, gone = Written(), StrategyId("breakout")
    desk.hold(buy("10", strategy=gone))

    ticket = desk.tickets.read(draft(side=Side.SELL, tag=gone)).ticket

    assert ticket is not None
    assert ticket.strategy_id == gone


def test_what_is_not_asked_is_not_read() -> None:
    ticket = Written().tickets.read(draft(limit="x", stop="y", until="z")).ticket

    assert ticket is not None
    assert ticket.limit_px is None
