"""Where a ticket's own prices lie in the market."""

import pytest

from cockpit.ticket.place import limit_place, stop_place
from oms.domain.market import Quote
from oms.domain.order import OrderTicket
from tests.risk.desk import IBM, buy, sell

QUOTE = Quote(instrument=IBM, ts=1, bid=18_888, ask=18_892, last=18_890, bid_size=9, ask_size=9)


@pytest.mark.parametrize(
    ("ticket", "said"),
    [
        (buy(limit="188.90"), "2 ticks inside the ask"),
        (buy(limit="188.92"), "at the ask: trades now"),
        (buy(limit="188.93"), "1 tick through the ask"),
        (buy(limit="188.88"), "at the bid: waits"),
        (buy(limit="188.80"), "8 ticks below the bid"),
        (buy(limit="185"), "2.05% below the bid"),
        (sell(limit="188.89"), "1 tick inside the bid"),
        (sell(limit="188.88"), "at the bid: trades now"),
        (sell(limit="188.80"), "8 ticks through the bid"),
        (sell(limit="188.92"), "at the ask: waits"),
        (sell(limit="189.91"), "99 ticks above the ask"),
        (sell(limit="189.92"), "0.53% above the ask"),
        (buy(), ""),
        (sell(stop="180"), ""),
    ],
)
def test_a_limit_is_told_by_the_side_that_it_meets_or_waits_on(ticket: OrderTicket, said: str) -> None:
    assert limit_place(ticket, QUOTE) == said


@pytest.mark.parametrize(
    ("ticket", "said"),
    [
        (buy(stop="188.95"), "3 ticks above the ask"),
        (sell(stop="188.87"), "1 tick below the bid"),
        (sell(stop="180", limit="179"), "4.70% below the bid"),
        (buy(stop="188.92"), "the ask has passed it"),
        (sell(stop="188.90"), "the bid has passed it"),
        (buy(limit="188"), ""),
    ],
)
def test_a_stop_is_told_by_how_far_the_market_is_from_it(ticket: OrderTicket, said: str) -> None:
    assert stop_place(ticket, QUOTE) == said


def test_without_a_market_nothing_lies_anywhere() -> None:
    assert limit_place(buy(limit="99"), None) == stop_place(buy(stop="99"), None) == ""
