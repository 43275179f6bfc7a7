"""A stop price that is left where it is was judged when it was typed: the market may have come to it since."""

import pytest
from msgspec.structs import replace

from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderTicket, Purpose
from risk.rules.stop_validity import StopValidity
from tests.risk.desk import IBM, Desk, buy, sell


def failed(desk: Desk, old: OrderTicket, **terms: object) -> tuple[str, ...]:
    """Return the rules that refuse a change of an order that works while the market is at 100."""
    order_id = desk.send(old)
    desk.quote(IBM, "100", bid="99.80", ask="100.20")
    order = desk.state.blotter.orders[order_id]
    return desk.gate(StopValidity()).check_change(order, replace(old, **terms), desk.state).failed


@pytest.mark.parametrize("quantity", ["5", "20"])
def test_an_order_whose_stop_price_was_reached_can_be_made_smaller_and_larger(desk: Desk, quantity: str) -> None:
    assert failed(desk, buy("10", stop="95", limit="99"), quantity=buy(quantity).quantity) == ()


def test_a_stop_price_that_is_moved_still_lies_beyond_the_quote(desk: Desk) -> None:
    assert failed(desk, buy("10", stop="95"), stop_px=buy(stop="96").stop_px) == ("stop_validity",)


def test_a_limit_that_is_moved_still_lies_behind_the_stop_price(desk: Desk) -> None:
    assert failed(desk, buy("10", stop="95", limit="99"), limit_px=buy(limit="94").limit_px) == ("stop_validity",)


def leg(stop: str) -> OrderTicket:
    """Return the stop of a bracket: it gives back ten that were bought."""
    return replace(sell("10", stop=stop), parent_id=ClientOrderId("SIM-1-1"), purpose=Purpose.PROTECT)


@pytest.mark.parametrize(("stop", "rules"), [("99.79", ()), ("99.80", ("stop_validity",)), ("105", ("stop_validity",))])
def test_the_stop_of_a_bracket_is_moved_by_hand_no_further_than_any_other(
    desk: Desk, stop: str, rules: tuple[str, ...]
) -> None:
    desk.hold(buy("10"))

    assert failed(desk, leg("95"), stop_px=sell(stop=stop).stop_px) == rules


def test_one_that_the_market_has_passed_is_made_to_fit_all_the_same(desk: Desk) -> None:
    desk.hold(buy("10"))

    assert failed(desk, leg("105"), quantity=sell("6").quantity) == ()


def test_so_is_one_of_an_instrument_that_nobody_has_quoted_yet(desk: Desk) -> None:
    """After a restart the link may be made, and a stop be too large, before the first quote."""
    desk.hold(buy("10"))
    order = desk.state.blotter.orders[desk.send(leg("95"))]
    desk.state.marks.quotes.clear()

    gate = desk.gate(StopValidity())
    assert gate.check_change(order, replace(order.ticket, quantity=sell("6").quantity), desk.state).failed == ()
    moved = replace(order.ticket, stop_px=sell(stop="96").stop_px)
    assert gate.check_change(order, moved, desk.state).failed == ("stop_validity",)
