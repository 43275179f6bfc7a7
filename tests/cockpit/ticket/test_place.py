"""Where a ticket's own prices lie in the market."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from cockpit.ticket.place import far_places, limit_place, stop_place
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
        (sell(stop="185", limit="188.88"), "rests once touched, 2.10% above the stop"),
        (buy(stop="190", limit="189.98"), "rests once touched, 2 ticks below the stop"),
        (sell(stop="185", limit="185"), "once touched, at the stop"),
        (sell(stop="185", limit="184"), "once touched, 0.54% through the stop"),
        (buy(stop="190", limit="190.01"), "once touched, 1 tick through the stop"),
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


@pytest.mark.parametrize(
    ("ticket", "said"),
    [
        (buy(limit="169.99"), ["limit 10.00% below the bid"]),
        (buy(limit="170.00"), []),
        (buy(limit="133.20"), ["limit 29.48% below the bid"]),
        (buy(limit="230"), []),  # through the market, which the gate judges
        (sell(limit="207.82"), ["limit 10.00% above the ask"]),
        (buy(stop="210"), ["stop 11.16% above the ask"]),
        (sell(stop="165", limit="90"), ["stop 12.64% below the bid"]),
        (sell(stop="180", limit="90"), []),
        (buy(), []),
        (replace(sell(stop="100"), trail_by=Decimal(90)), []),
    ],
)
def test_a_price_that_waits_a_tenth_away_is_far_from_the_market(ticket: OrderTicket, said: list[str]) -> None:
    assert far_places(ticket, QUOTE) == said
    assert far_places(ticket, None) == []
