"""A stop price that is left where it is was judged when it was typed: the market may have come to it since."""

import pytest
from msgspec.structs import replace

from oms.domain.order import OrderTicket
from risk.rules.stop_validity import StopValidity
from tests.risk.desk import IBM, Desk, buy


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
