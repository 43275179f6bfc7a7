"""What a ticket may lose."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from cockpit.config import load
from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.draft import Draft
from cockpit.ticket.loss import AtRisk, Losses
from oms.domain import events as ev
from oms.domain.ids import MANUAL
from oms.domain.order import Order, OrderType, Purpose, Side
from risk.catalog import build_rules
from risk.rules.daily_loss import DailyLoss
from tests.cockpit.ticket.written import Written
from tests.risk.desk import IBM, buy, sell

BARE = Draft(side=Side.BUY, symbol="IBM", quantity="10")
FALLS = ["100"] * 12 + ["96"] * 9  # twenty returns, one of them -4 %


def losses(desk: Written, **changes: Any) -> Losses:
    ticket = desk.tickets.read(replace(BARE, **changes)).ticket
    assert ticket is not None
    return desk.tickets.preview(ticket).losses


def test_a_stop_that_trails_risks_its_length_where_it_begins() -> None:
    assert losses(Written(), trailing="2").at_stop == AtRisk(Decimal("20.00"), "lost at 1st stop")
    assert losses(Written(), trailing="2", protect="99").at_stop == AtRisk(Decimal("10.10"), "lost at 1st stop")
    assert losses(Written(), side=Side.SELL, trailing="2").at_stop.amount == Decimal("20.00")
    limit = losses(Written(), order_type=OrderType.LIMIT, limit="90", trailing="1%")
    assert limit.at_stop.amount == Decimal("9.00")


@pytest.mark.parametrize(
    ("changes", "at_stop", "at_limit"),
    [
        ({"order_type": OrderType.LIMIT, "limit": "104", "protect": "98"}, "20.10", "60"),  # it fills at the ask
        ({"order_type": OrderType.LIMIT, "limit": "99", "protect": "98"}, "10", None),
        ({"order_type": OrderType.STOP_LIMIT, "stop": "101", "limit": "104", "protect": "98"}, "30", "60"),
        ({"order_type": OrderType.STOP_MARKET, "stop": "101", "protect": "98"}, "30", None),
        ({"side": Side.SELL, "order_type": OrderType.LIMIT, "limit": "96", "protect": "102"}, "20.10", "60"),
        ({"order_type": OrderType.LIMIT, "limit": "104"}, "1000.10", "1040"),
        ({"order_type": OrderType.LIMIT, "limit": "104", "trailing": "2"}, "20.00", None),  # wherever it fills
    ],
)
def test_what_is_lost_at_a_stop_is_counted_from_the_expected_fill_and_beside_it_from_the_limit(
    changes: dict[str, Any], at_stop: str, at_limit: str | None
) -> None:
    found = losses(Written(), **changes)

    assert found.at_stop.amount == Decimal(at_stop)
    assert found.at_limit == (None if at_limit is None else Decimal(at_limit))
    assert found.most_at_stop == Decimal(at_limit or at_stop)


def test_an_entry_past_its_stop_has_no_distance_to_lose() -> None:
    desk = Written()
    ticket = structs.replace(buy("10", strategy=MANUAL, limit="93"), protect_px=Decimal(97))

    assert desk.tickets.preview(ticket).losses.at_stop == AtRisk(None, "given back at once")


def test_a_bad_day_is_the_tail_of_the_closes_that_are_kept() -> None:
    desk = Written()
    few = losses(desk)
    desk.closes(IBM, *FALLS)

    assert few.bad_day == AtRisk(None, "0 of 21 closes")
    assert losses(desk).bad_day == AtRisk(Decimal("1000.10") * Decimal("0.04"), "of 20 days")
    assert losses(desk, side=Side.SELL).bad_day.amount == 0


def test_a_gap_takes_eight_percent_of_what_is_opened() -> None:
    desk = Written()
    opening = losses(desk)
    desk.hold(buy("4", strategy=MANUAL))
    turning = losses(desk, side=Side.SELL)

    assert opening.gap == Decimal("1000.10") * Decimal("0.08")
    assert turning.gap == 6 * Decimal(100) * Decimal("0.08")  # a sale is not valued below the last price


def test_what_only_reduces_loses_nothing_that_was_not_held_before() -> None:
    desk = Written()
    desk.closes(IBM, *FALLS)
    desk.hold(buy("10", strategy=MANUAL))
    found = losses(desk, side=Side.SELL)

    assert (found.at_stop.amount, found.bad_day.amount, found.gap) == (Decimal(0), Decimal(0), Decimal(0))


def test_what_another_strategy_holds_the_other_way_takes_nothing_off_the_risk_of_a_ticket() -> None:
    desk = Written()
    alone = losses(desk, protect="98")
    desk.hold(sell("6"))
    beside = losses(desk, protect="98")

    assert alone.at_stop == AtRisk(Decimal("20.10"), "lost at stop")
    assert (beside.at_stop, beside.gap) == (alone.at_stop, alone.gap)


def test_what_closes_its_own_share_risks_nothing_though_the_account_then_has_what_another_holds() -> None:
    desk = Written()
    desk.hold(buy("10", strategy=MANUAL))
    desk.hold(sell("6"))
    found = losses(desk, side=Side.SELL)

    assert found.at_stop == AtRisk(Decimal(0), "manual only reduces")
    assert found.bad_day == AtRisk(Decimal(0), "manual only reduces")
    assert found.opening_qty == 0


def stopped(desk: Written, side: Side, stop: str, quantity: str) -> Order:
    """Ten held, and a stop at the venue that gives them back."""
    desk.hold(buy("10", strategy=MANUAL) if side is Side.SELL else sell("10", strategy=MANUAL))
    wish = buy if side is Side.BUY else sell
    ticket = structs.replace(wish(quantity, strategy=MANUAL, stop=stop), purpose=Purpose.PROTECT)
    return desk.state.blotter.orders[desk.send(ticket)]


@pytest.mark.parametrize(
    ("stop", "quantity", "after", "words"),
    [
        ("20.00", "10", "800.00", "to the stop"),
        ("98.00", "10", "20.00", "to the stop"),
        ("95.00", "3", "715.00", "no stop for 7"),
    ],
)
def test_a_stop_that_is_changed_says_what_was_planned_to_be_lost_and_what_will(
    stop: str, quantity: str, after: str, words: str
) -> None:
    desk = Written()
    order = stopped(desk, Side.SELL, "95.00", "10")
    changed = structs.replace(order.ticket, stop_px=Decimal(stop), quantity=Decimal(quantity))
    found = desk.tickets.preview(changed, order).losses

    assert found.before == Decimal("50.00")
    assert found.at_stop == AtRisk(Decimal(after), words)


@pytest.mark.parametrize(("side", "was", "stop"), [(Side.SELL, "95.00", "99.99"), (Side.BUY, "105.00", "97.00")])
def test_a_stop_that_is_changed_to_where_the_market_has_been_is_not_said_to_risk_nothing(
    side: Side, was: str, stop: str
) -> None:
    desk = Written()
    order = stopped(desk, side, was, "10")
    preview = desk.tickets.preview(structs.replace(order.ticket, stop_px=Decimal(stop)), order)

    assert preview.losses.at_stop == AtRisk(None, "given back at once")
    assert preview.decision.failed == ("stop_validity",)


def test_the_rest_of_an_entry_is_counted_down_to_where_its_stop_was_moved() -> None:
    desk = Written()
    order_id = desk.send(structs.replace(buy("10", strategy=MANUAL, limit="99"), protect_px=Decimal(95)))
    order = desk.state.blotter.orders[order_id]
    changed = structs.replace(order.ticket, limit_px=Decimal(98))
    at_first = desk.tickets.preview(changed, order).losses.at_stop.amount
    desk.state.brackets.left.begin(order_id, order.ticket).stop_px = Decimal(97)

    assert at_first == Decimal(30)
    assert desk.tickets.preview(changed, order).losses.at_stop.amount == Decimal(10)


def test_what_a_stop_of_a_short_sale_covers_no_more_may_be_lost_without_an_end() -> None:
    desk = Written()
    order = stopped(desk, Side.BUY, "105.00", "10")
    found = desk.tickets.preview(structs.replace(order.ticket, quantity=Decimal(4)), order).losses

    assert (found.before, found.at_stop) == (Decimal("50.00"), AtRisk(None, "unlimited: no stop for 6"))


def test_a_limit_that_is_changed_was_planned_to_lose_nothing() -> None:
    desk = Written()
    desk.hold(buy("10", strategy=MANUAL))
    order_id = desk.send(sell("10", strategy=MANUAL, limit="102"))
    order = desk.state.blotter.orders[order_id]
    found = desk.tickets.preview(structs.replace(order.ticket, limit_px=Decimal(101)), order).losses

    assert (found.before, found.at_stop) == (None, AtRisk(Decimal(0), "it only reduces"))


def test_the_room_of_the_day_is_what_its_limit_leaves() -> None:
    desk = Written()
    fresh = losses(desk).day_room
    desk.cash("98000")

    assert fresh == 5_000  # 5 % of 100,000 binds before the 10,000
    assert losses(desk).day_room == 3_000


def test_without_a_limit_of_the_day_there_is_no_room_to_tell() -> None:
    desk = Written()
    rules = [rule for rule in build_rules(load(None, {}).risk) if not isinstance(rule, DailyLoss)]
    gate = desk.gate(*rules)
    desk.apply(ev.LimitsSet(number=2, limits=gate.limits()))
    desk.tickets = TicketDesk(desk.tickets.booth, gate, desk.charges)

    assert losses(desk).day_room is None


def test_without_a_price_no_loss_is_made_up() -> None:
    desk = Written()
    desk.closes(IBM, *FALLS)
    desk.state.marks.quotes.clear()
    found = losses(desk)

    assert found.at_stop == AtRisk(None, "no price")
    assert (found.bad_day.amount, found.gap) == (None, None)
