"""The fields of a ticket as they stand on the screen."""

from decimal import Decimal

import pytest

from cockpit.ticket.draft import LENGTHS, LONGEST, PRICES, Draft, Field
from cockpit.ticket.kind import Kind
from oms.domain.order import OrderType, Side, TimeInForce
from tests.risk.desk import IBM, listed

BARE = Draft(side=Side.BUY, symbol="IBM")


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (Kind(OrderType.MARKET), {Field.PROTECT, Field.TRAILING, Field.TARGET}),
        (Kind(OrderType.LIMIT), {Field.LIMIT, Field.PROTECT, Field.TRAILING, Field.TARGET}),
        (Kind(OrderType.STOP_MARKET), {Field.STOP, Field.PROTECT, Field.TARGET}),
        (Kind(OrderType.STOP_LIMIT), {Field.LIMIT, Field.STOP, Field.PROTECT, Field.TRAILING, Field.TARGET}),
        (Kind(OrderType.STOP_MARKET, trails=True), {Field.STOP, Field.TRAIL}),
    ],
)
def test_a_type_asks_for_its_own_prices(kind: Kind, asked: set[Field]) -> None:
    draft = Draft(side=Side.BUY, symbol="IBM", order_type=kind.order_type, trails=kind.trails)

    assert draft.kind == kind
    assert {field for field in PRICES | LENGTHS if draft.asks(field)} == asked


def test_a_stop_that_trails_is_a_type_of_its_own() -> None:
    assert [kind.words for kind in (Kind(OrderType.STOP_MARKET), Kind(OrderType.STOP_MARKET, trails=True))] == [
        "STOP MARKET",
        "TRAILING STOP",
    ]


def test_only_gtd_asks_until_when() -> None:
    assert [tif for tif in TimeInForce if Draft(side=Side.BUY, symbol="IBM", tif=tif).asks(Field.UNTIL)] == [
        TimeInForce.GTD
    ]


@pytest.mark.parametrize(
    ("typed", "steps", "then"),
    [
        ("18", 1, "19"),
        ("18", -1, "17"),
        ("1", -5, "1"),
        ("$5000", 1, "$5100"),
        ("0.5%", 1, "0.6%"),
        ("1R", -1, "0.75R"),
        ("", 1, "1"),
        ("x", 1, "x"),
    ],
)
def test_a_quantity_steps_by_what_it_counts(typed: str, steps: int, then: str) -> None:
    assert BARE.typed(Field.QUANTITY, typed).stepped(Field.QUANTITY, steps, IBM, None).quantity == then


def test_a_price_steps_by_ticks_and_begins_at_the_market() -> None:
    quarter = listed("IBM", tick="0.25")
    begun = BARE.stepped(Field.LIMIT, 1, quarter, Decimal("100.30"))

    assert begun.limit == "100.25"
    assert begun.stepped(Field.LIMIT, 3, quarter, None).limit == "101.00"
    assert BARE.typed(Field.STOP, "0.25").stepped(Field.STOP, -9, quarter, None).stop == "0.25"


@pytest.mark.parametrize(
    ("typed", "steps", "then"),
    [
        ("", 0, "1.00"),
        ("2", 1, "2.01"),
        ("0.01", -5, "0.01"),
        ("1.5%", 1, "1.6%"),
        ("0.1%", -3, "0.1%"),
        ("x%", 1, "x%"),
    ],
)
def test_a_length_steps_by_ticks_or_by_tenths_of_a_percent_and_begins_at_a_hundredth(
    typed: str, steps: int, then: str
) -> None:
    assert BARE.typed(Field.TRAIL, typed).stepped(Field.TRAIL, steps, IBM, Decimal("100.01")).trail == then


def test_what_cannot_be_printed_is_not_typed_and_nothing_grows_without_end() -> None:
    assert BARE.typed(Field.QUANTITY, "1\x1b[0n0\n").quantity == "1[0n0"
    assert len(BARE.typed(Field.TAG, "x" * 100).tag) == LONGEST


def test_what_is_not_asked_any_more_is_kept() -> None:
    draft = BARE.typed(Field.LIMIT, "99")

    assert not draft.asks(Field.LIMIT)
    assert draft.text(Field.LIMIT) == "99"
