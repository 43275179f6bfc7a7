"""What the gate would say, and what a ticket would do to the account."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cockpit.ticket.draft import Draft
from cockpit.ticket.preview import Preview, drift_of
from oms.domain import order_events as oev
from oms.domain.order import OrderType, Side, ticket_hash
from tests.cockpit.ticket.counter import Written
from tests.risk.desk import IBM, buy, sell

BARE = Draft(side=Side.BUY, symbol="IBM", quantity="10")


def shown(desk: Written, **changes: Any) -> Preview:
    ticket = desk.tickets.read(replace(BARE, **changes)).ticket
    assert ticket is not None
    return desk.tickets.preview(ticket)


def test_the_figures_of_an_opening_are_those_of_the_engine() -> None:
    preview = shown(Written(), protect="98")

    assert preview.passes
    assert preview.value == Decimal("1000.10")
    assert preview.fee == Decimal("1.00")
    assert (preview.at_risk.amount, preview.at_risk.words) == (Decimal("20.10"), "at the stop")
    assert preview.free == 100_000
    assert preview.free_after == Decimal("98998.90")
    assert (preview.held_qty, preview.after_qty) == (Decimal(0), Decimal(10))


def test_a_purchase_without_a_stop_risks_all_of_it_and_a_short_without_one_has_no_end() -> None:
    assert shown(Written()).at_risk == (Decimal("1000.10"), "no stop")
    assert shown(Written(), side=Side.SELL).at_risk == (None, "no end: no stop")


def test_what_only_reduces_risks_nothing_and_gives_money_back() -> None:
    desk = Written()
    desk.hold(buy("20"))
    preview = shown(desk, side=Side.SELL)

    assert preview.reduces
    assert preview.at_risk.amount == 0
    assert (preview.held_qty, preview.after_qty) == (Decimal(20), Decimal(10))
    assert preview.free is not None
    assert preview.free_after == preview.free + Decimal("1000.00") - Decimal("1.00")  # at the last price


def test_turning_a_position_risks_only_what_it_opens() -> None:
    desk = Written()
    desk.hold(buy("4"))
    preview = shown(desk, side=Side.SELL, protect="101.99")

    assert not preview.reduces
    assert preview.at_risk.amount == 6 * Decimal("2.00")


def test_a_denial_names_every_rule_with_its_numbers_and_the_largest_size_that_would_pass() -> None:
    preview = shown(Written(), quantity="200")

    assert not preview.passes
    assert [found.rule for found in preview.against] == ["max_order_value", "max_position"]
    assert "20.00% of equity is more than 5.00%" in preview.against[1].text
    assert (preview.room.quantity, preview.room.rule) == (Decimal(49), "max_position")
    assert shown(Written(), quantity="49").passes
    assert not shown(Written(), quantity="50").passes


def test_nothing_would_pass_while_trading_is_stopped() -> None:
    desk = Written()
    desk.halt()
    preview = shown(desk)

    assert [found.rule for found in preview.against] == ["trading_state"]
    assert preview.room.quantity == 0


def test_without_a_price_nothing_is_made_up() -> None:
    desk = Written()
    desk.state.marks.quotes.clear()
    preview = shown(desk)

    assert not preview.passes
    assert (preview.px, preview.value, preview.fee, preview.free_after) == (None, None, None, None)
    assert preview.at_risk == (None, "no price")


def test_a_preview_is_what_the_gate_then_decides() -> None:
    desk = Written()
    for quantity in ("1", "49", "50", "300"):
        preview = shown(desk, quantity=quantity)

        assert desk.tickets.preview(preview.ticket).decision == preview.decision


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


def test_a_change_is_shown_as_the_difference_it_makes() -> None:
    desk = Written()
    order_id = desk.send(buy("40", limit="99"))
    desk.apply(oev.OrderAccepted(client_order_id=order_id))
    order = desk.state.blotter.orders[order_id]
    draft = desk.tickets.change(order)
    assert draft.limit == "99"
    larger = desk.tickets.read(replace(draft, quantity="49"), order).ticket
    too_large = desk.tickets.read(replace(draft, quantity="60"), order).ticket
    assert larger is not None
    assert too_large is not None

    assert desk.tickets.preview(larger, order).passes
    denied = desk.tickets.preview(too_large, order)
    assert [found.rule for found in denied.against] == ["max_position"]
    assert denied.room.quantity == 50


def test_a_change_keeps_what_no_change_may_touch() -> None:
    desk = Written()
    order_id = desk.send(sell("5", limit="101"))
    order = desk.state.blotter.orders[order_id]
    draft = replace(desk.tickets.change(order), quantity="4")
    changed = desk.tickets.read(draft, order).ticket

    assert changed is not None
    assert changed.signal_px == order.ticket.signal_px
    assert changed.strategy_id == order.ticket.strategy_id
    assert changed.quantity == 4
