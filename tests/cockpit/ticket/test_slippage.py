"""What a taker is likely to pay beyond the middle of the quote."""

from decimal import Decimal
from typing import Any

import pytest

from brokers.sim.settings import SimSettings
from cockpit.ticket.slippage import Slippage
from oms.domain.market import Quote
from oms.domain.order import OrderTicket
from tests.risk.desk import IBM, buy, sell

QUOTE = Quote(instrument=IBM, ts=1, bid=9_990, ask=10_010, last=10_000, bid_size=9, ask_size=9)
"""The middle is 100, half the spread a thousandth of it."""


def frac(ticket: OrderTicket, quote: Quote | None = QUOTE, impact: float = 0.0, **settings: Any) -> Decimal | None:
    return Slippage(SimSettings(**settings), lambda _instrument_id, _quantity: impact).frac(ticket, quote)


def test_a_market_order_pays_half_the_spread() -> None:
    assert frac(buy()) == frac(sell()) == Decimal("0.001")


def test_what_the_venue_is_set_to_move_comes_on_top() -> None:
    assert frac(buy(), slippage_bps=Decimal(5)) == Decimal("0.0015")
    assert frac(buy(), impact=0.002) == Decimal("0.003")


def test_at_a_venue_without_a_spread_none_is_paid() -> None:
    assert frac(buy(), fill="instant") == 0


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        (buy(limit="100.09"), "0"),  # it waits, a tick inside
        (buy(limit="99"), "0"),
        (sell(limit="99.91"), "0"),
        (buy(limit="100.10"), "0.001"),
        (buy(limit="101"), "0.001"),
        (sell(limit="99.90"), "0.001"),
        (buy(stop="105"), "0.001"),
        (buy(stop="105", limit="105"), "0"),  # it takes at the stop or not at all
        (sell(stop="95", limit="90"), "0.001"),
    ],
)
def test_who_waits_at_his_price_pays_none_and_nobody_beyond_his_limit(ticket: OrderTicket, expected: str) -> None:
    assert frac(ticket) == Decimal(expected)


def test_a_limit_bounds_what_is_moved() -> None:
    assert frac(buy(limit="100.30"), impact=0.5) == Decimal("0.003")
    assert frac(sell(limit="99.80"), impact=0.5) == Decimal("0.002")


@pytest.mark.parametrize(
    "quote",
    [None, Quote(instrument=IBM, ts=1, bid=0, ask=10_010, last=10_000, bid_size=9, ask_size=9)],
)
def test_without_two_sides_nothing_is_said(quote: Quote | None) -> None:
    assert frac(buy(), quote) is None
