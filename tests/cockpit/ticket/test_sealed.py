"""What was shown, and how far the market may go from it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cockpit.ticket.draft import Draft
from cockpit.ticket.preview import Preview
from cockpit.ticket.sealed import DRIFT_FRAC, WIDEST_FRAC, Band
from oms.domain.order import OrderType, Side, ticket_hash
from tests.cockpit.ticket.written import Written
from tests.risk.desk import IBM

BARE = Draft(side=Side.BUY, symbol="IBM", quantity="10")
TRAIL = {"order_type": OrderType.STOP_MARKET, "trails": True, "trail": "2"}


def shown(desk: Written, **changes: Any) -> Preview:
    ticket = desk.tickets.read(replace(BARE, **changes)).ticket
    assert ticket is not None
    return desk.tickets.preview(ticket)


def test_what_is_sealed_is_the_ticket_by_its_hash_and_the_price_that_was_shown() -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk).ticket)

    assert sealed.hash == ticket_hash(sealed.ticket)
    assert sealed.px == Decimal("100.01")


@pytest.mark.parametrize(
    ("ask", "holds"), [("100.01", True), ("100.51", True), ("100.52", False), ("99.50", False), ("99.51", True)]
)
def test_a_question_stands_for_half_a_percent(ask: str, holds: bool) -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk).ticket)
    desk.quote(IBM, "100", bid="99", ask=ask)

    assert Band(sealed.px).holds(desk.tickets.px_of(sealed)) is holds


@pytest.mark.parametrize(("bid", "holds"), [("99.50", True), ("99.49", False), ("100.48", True), ("100.49", False)])
def test_a_sale_is_judged_by_the_bid_wherever_the_last_price_is(bid: str, holds: bool) -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk, side=Side.SELL).ticket)
    desk.quote(IBM, "100", bid=bid, ask="102")

    assert sealed.px == Decimal("99.99")
    assert Band(sealed.px).holds(desk.tickets.px_of(sealed)) is holds


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("to", ["80", "120"])
def test_a_limit_that_is_named_stays_where_it_is(side: Side, to: str) -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk, side=side, order_type=OrderType.LIMIT, limit="100").ticket)
    desk.quote(IBM, to)

    assert desk.tickets.px_of(sealed) == sealed.px == 100
    assert desk.tickets.resealed(sealed) is sealed


def test_a_price_that_is_gone_and_one_that_has_come_are_outside() -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk).ticket)
    desk.state.marks.quotes.clear()

    assert not Band(sealed.px).holds(desk.tickets.px_of(sealed))
    assert not Band(None).holds(sealed.px)
    assert Band(None).holds(None)


def test_a_band_that_was_left_is_followed_by_one_twice_as_wide() -> None:
    band = Band(Decimal(100))
    again = band.around(Decimal(110))

    assert band.bounds == (100 * (1 - DRIFT_FRAC), 100 * (1 + DRIFT_FRAC))
    assert again.bounds == (110 * (1 - 2 * DRIFT_FRAC), 110 * (1 + 2 * DRIFT_FRAC))


def test_however_often_it_is_asked_again_nobody_agrees_to_more_than_four_times_the_first_band() -> None:
    band = Band(Decimal(100))
    for _ in range(8):
        band = band.around(Decimal(100))

    assert band.frac == WIDEST_FRAC == 4 * DRIFT_FRAC


def test_a_band_is_not_wider_because_there_was_no_price() -> None:
    without = Band(Decimal(100)).around(None)

    assert without.bounds is None
    assert without.around(Decimal(100)) == Band(Decimal(100))


def test_a_stop_that_trails_goes_with_the_market_and_begins_anew_from_it() -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk, **TRAIL).ticket)
    desk.quote(IBM, "102", bid="101.99", ask="102.01")
    again = desk.tickets.resealed(sealed)

    assert (sealed.ticket.stop_px, again.ticket.stop_px) == (Decimal("102.01"), Decimal("104.01"))
    assert again.hash == ticket_hash(again.ticket) != sealed.hash


def test_a_stop_that_trails_from_a_price_that_was_typed_stays_there() -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk, **TRAIL, stop="105").ticket)
    desk.quote(IBM, "102", bid="101.99", ask="102.01")

    assert desk.tickets.resealed(sealed).ticket.stop_px == 105
