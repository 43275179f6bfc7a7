"""What the gate would say, and what a ticket would do to the account."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from cockpit.ticket.draft import Draft
from cockpit.ticket.preview import Preview
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL
from oms.domain.order import Side
from oms.domain.risk import Judges
from tests.cockpit.ticket.written import Written
from tests.risk.desk import IBM, MEAN, buy, sell

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
    assert (preview.losses.at_stop.amount, preview.losses.at_stop.words) == (Decimal("20.10"), "lost at stop")
    assert preview.free == 100_000
    assert preview.free_after == Decimal("98998.90")
    assert (preview.held_qty, preview.after_qty) == (Decimal(0), Decimal(10))


def test_a_purchase_without_a_stop_risks_all_of_it_and_a_short_without_one_has_no_end() -> None:
    assert shown(Written()).losses.at_stop == (Decimal("1000.10"), "no stop")
    assert shown(Written(), side=Side.SELL).losses.at_stop == (None, "unlimited: no stop")


def test_what_only_reduces_risks_nothing_and_gives_money_back() -> None:
    desk = Written()
    desk.hold(buy("20", strategy=MANUAL))
    preview = shown(desk, side=Side.SELL)

    assert preview.losses.at_stop.amount == 0
    assert (preview.held_qty, preview.after_qty) == (Decimal(20), Decimal(10))
    assert preview.free is not None
    assert preview.free_after == preview.free + Decimal("1000.00") - Decimal("1.00")  # at the last price


def test_turning_a_position_risks_only_what_it_opens() -> None:
    desk = Written()
    desk.hold(buy("4", strategy=MANUAL))
    preview = shown(desk, side=Side.SELL, protect="101.99")

    assert preview.losses.at_stop.amount == 6 * Decimal("2.00")


def test_what_reduces_the_account_may_still_be_a_position_of_its_own_that_needs_a_stop() -> None:
    desk = Written()
    desk.hold(buy("20"))
    preview = shown(desk, side=Side.SELL)

    assert preview.losses.at_stop == (None, "unlimited: no stop")


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
    assert preview.losses.at_stop == (None, "no price")


def test_a_preview_is_what_the_gate_then_decides() -> None:
    desk = Written()
    for quantity in ("1", "49", "50", "300"):
        preview = shown(desk, quantity=quantity)

        assert desk.tickets.preview(preview.ticket).decision == preview.decision


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


def test_a_change_below_what_has_traded_is_told_the_room_that_there_is() -> None:
    desk = Written()
    order_id = desk.send(buy("20", limit="100"))
    desk.fill(order_id, "100", Decimal(10))
    order = desk.state.blotter.orders[order_id]
    smaller = desk.tickets.read(replace(desk.tickets.change(order), quantity="5"), order).ticket
    assert smaller is not None
    preview = desk.tickets.preview(smaller, order)

    assert not preview.passes
    assert preview.room.quantity == 50


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


def test_who_adds_to_a_position_sees_its_average_move() -> None:
    desk = Written()
    desk.hold(buy("10", strategy=MANUAL), "90")
    preview = shown(desk)

    assert preview.own.avg_px == 90
    assert preview.own_after.avg_px == (Decimal(90) + Decimal("100.01")) / 2
    assert shown(desk, side=Side.SELL, quantity="4").own_after.avg_px == 90
    assert shown(desk, side=Side.SELL, quantity="10").own_after.avg_px is None
    assert shown(desk, side=Side.SELL, quantity="15").own_after.avg_px == Decimal("99.99")


def test_the_average_is_that_of_the_strategy_the_order_counts_for() -> None:
    desk = Written()
    desk.hold(buy("10", strategy=MEAN), "90")
    preview = shown(desk)

    assert (preview.held_qty, preview.own.avg_px) == (Decimal(10), None)
    assert preview.own_after.avg_px == Decimal("100.01")


def test_a_limit_that_is_nearly_used_up_is_a_warning_and_one_that_is_passed_a_denial() -> None:
    desk = Written()
    three_quarters = {found.rule: round(frac, 4) for found, frac in shown(desk, quantity="38").near}

    assert three_quarters == {"max_position": Decimal("0.7601")}
    assert [found.rule for found, _ in shown(desk, quantity="37").near] == []
    assert [found.rule for found, _ in shown(desk, quantity="50").near] == []


def test_the_same_order_just_long_enough_ago_is_no_limit_that_is_nearly_used_up() -> None:
    desk = Written()
    desk.send(buy("10", strategy=MANUAL))
    desk.wait(60)
    desk.quote(IBM, "100", bid="99.99", ask="100.01")
    preview = shown(desk)

    assert preview.passes
    assert "duplicate" not in [found.rule for found, _ in preview.near]


def test_every_rule_that_was_asked_is_among_the_checks_and_no_other() -> None:
    desk = Written()
    desk.hold(buy("20", strategy=MANUAL))
    rules = {row.rule: row.judges for row in desk.state.trading.limits}

    assert {found.rule for found in shown(desk).checks} == set(rules)
    assert {found.rule for found in shown(desk, side=Side.SELL).checks} == {
        rule for rule, judges in rules.items() if judges is Judges.ALL
    }


def test_slippage_is_half_the_spread_of_what_is_traded() -> None:
    preview = shown(Written())

    assert preview.slip_frac == Decimal("0.0001")
    assert preview.slip == Decimal("0.0001") * Decimal("1000.10")
