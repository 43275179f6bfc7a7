"""What was shown, and how far the market may go from it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cockpit.ticket.draft import Draft
from cockpit.ticket.preview import Preview
from cockpit.ticket.sealed import DRIFT_FRAC, drift_of
from oms.domain.order import OrderType, Side, ticket_hash
from oms.domain.units import SECOND
from tests.cockpit.ticket.counter import Written
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
    ("ask", "too_far"), [("100.01", False), ("100.51", False), ("100.52", True), ("99.50", True), ("99.51", False)]
)
def test_half_a_percent_is_too_far(ask: str, too_far: bool) -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk).ticket)
    desk.quote(IBM, "100", bid="99", ask=ask)

    assert (drift_of(sealed, desk.state) is not None) is too_far
    assert desk.tickets.has_drifted(sealed) is too_far


@pytest.mark.parametrize(("bid", "too_far"), [("99.50", False), ("99.49", True), ("100.48", False), ("100.49", True)])
def test_a_sale_drifts_by_the_bid_wherever_the_last_price_is(bid: str, too_far: bool) -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk, side=Side.SELL).ticket)
    desk.quote(IBM, "100", bid=bid, ask="102")

    assert sealed.px == Decimal("99.99")
    assert desk.tickets.has_drifted(sealed) is too_far


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("to", ["80", "120"])
def test_a_limit_that_is_named_does_not_drift(side: Side, to: str) -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk, side=side, order_type=OrderType.LIMIT, limit="100").ticket)
    desk.quote(IBM, to)

    assert drift_of(sealed, desk.state) is None


def test_a_price_that_is_gone_has_drifted() -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk).ticket)
    desk.state.marks.quotes.clear()

    assert drift_of(sealed, desk.state) == 1


def test_a_stop_that_trails_drifts_with_the_market_and_begins_anew_from_it() -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk, **TRAIL).ticket)
    desk.quote(IBM, "102", bid="101.99", ask="102.01")
    again = desk.tickets.resealed(sealed)

    assert desk.tickets.has_drifted(sealed)
    assert (sealed.ticket.stop_px, again.ticket.stop_px) == (Decimal("102.01"), Decimal("104.01"))
    assert not desk.tickets.has_drifted(again)
    assert again.hash == ticket_hash(again.ticket) != sealed.hash


def test_a_stop_that_trails_from_a_price_that_was_typed_stays_there() -> None:
    desk = Written()
    sealed = desk.tickets.seal(shown(desk, **TRAIL, stop="105").ticket)
    desk.quote(IBM, "102", bid="101.99", ask="102.01")

    assert desk.tickets.resealed(sealed).ticket.stop_px == 105


@pytest.mark.parametrize("kind", [{}, {"order_type": OrderType.LIMIT, "limit": "99"}, TRAIL])
@pytest.mark.parametrize(
    ("side", "bid", "ask", "moved"),
    [
        (Side.BUY, "99.99", "100.01", False),
        (Side.BUY, "99.99", "100.51", False),
        (Side.BUY, "99.99", "100.52", True),
        (Side.BUY, "98.00", "100.01", False),
        (Side.BUY, "98.00", "99.50", True),
        (Side.SELL, "99.50", "100.01", False),
        (Side.SELL, "99.49", "100.01", True),
        (Side.SELL, "99.99", "102.00", False),
        (Side.SELL, "100.49", "102.00", True),
    ],
)
def test_figures_are_of_the_past_once_the_side_that_the_ticket_meets_has_left_the_tolerance(
    kind: dict[str, Any], side: Side, bid: str, ask: str, moved: bool
) -> None:
    desk = Written()
    preview = shown(desk, **{**kind, "side": side})
    low, high = desk.tickets.tolerance(preview) or (None, None)
    desk.quote(IBM, "100", bid=bid, ask=ask)

    assert desk.tickets.has_moved(preview) is moved
    assert low is not None
    assert high is not None
    assert (low <= Decimal(ask if side is Side.BUY else bid) <= high) is not moved


def test_figures_are_of_the_past_without_a_market() -> None:
    desk = Written()
    preview = shown(desk)
    desk.state.marks.quotes.clear()

    assert desk.tickets.has_moved(preview)
    assert not desk.tickets.has_moved(desk.tickets.preview(preview.ticket))
    assert desk.tickets.tolerance(desk.tickets.preview(preview.ticket)) is None


def test_figures_that_were_made_without_a_price_are_of_the_past_once_there_is_one() -> None:
    desk = Written()
    preview = shown(desk)
    desk.state.marks.quotes.clear()
    without = desk.tickets.preview(preview.ticket)
    desk.quote(IBM, "100", bid="99.99", ask="100.01")

    assert desk.tickets.has_moved(without)


@pytest.mark.parametrize(("side", "px"), [(Side.BUY, "100.01"), (Side.SELL, "99.99")])
def test_the_tolerance_is_told_in_prices(side: Side, px: str) -> None:
    desk = Written()

    assert desk.tickets.tolerance(shown(desk, side=side)) == (
        Decimal(px) * (1 - DRIFT_FRAC),
        Decimal(px) * (1 + DRIFT_FRAC),
    )


def test_the_market_goes_on_beside_figures_that_stand() -> None:
    desk = Written()
    before = shown(desk)
    desk.wait(3)
    desk.quote(IBM, "100.10", bid="100.09", ask="100.11")
    desk.wait(2)
    now = desk.tickets.at_market(before)

    assert now.quote is not None
    assert now.quote.ask_px == Decimal("100.11")
    assert now.quote_age == 2 * SECOND
    assert (now.value, now.losses) == (before.value, before.losses)
