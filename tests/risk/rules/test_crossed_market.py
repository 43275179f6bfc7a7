"""Bid and ask a tick apart, at one price, and the wrong way round."""

from decimal import Decimal

import pytest

from risk.rules.crossed_market import CrossedMarket
from tests.risk.desk import IBM, Desk, buy, listed, sell

RULE = CrossedMarket()


@pytest.mark.parametrize(("bid", "passed"), [("99.99", True), ("100.00", False), ("100.01", False)])
def test_what_opens_needs_a_bid_below_the_ask(desk: Desk, bid: str, passed: bool) -> None:
    desk.quote(IBM, "100", bid=bid, ask="100")

    judged = RULE.check(desk.facts(buy(limit="90")))

    assert (judged.observed, judged.passed) == ((Decimal(100) - Decimal(bid)) * 100, passed)


def test_a_market_order_that_reduces_waits_as_well_and_a_limit_order_may_leave(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.quote(IBM, "100", bid="100.01", ask="100")
    gate = desk.gate(RULE)

    assert gate.check(sell("10"), desk.state).failed == ("crossed_market",)
    assert gate.check(sell("10", limit="99"), desk.state).failed == ()


def test_a_flatten_that_was_confirmed_does_not_wait(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.quote(IBM, "100", bid="100", ask="100")

    assert desk.gate(RULE).check(sell("10"), desk.state, confirmed=True).failed == ()


def test_without_a_quote_nothing_opens(desk: Desk) -> None:
    unseen = listed("NEW")
    desk.list(unseen)

    assert RULE.check(desk.facts(buy(instrument=unseen))).observed is None
    assert not RULE.check(desk.facts(buy(instrument=unseen))).passed


@pytest.mark.parametrize(
    ("observed", "text"),
    [
        ("2", "bid and ask are 2 ticks apart"),
        ("1", "bid and ask are 1 tick apart"),
        ("0", "the market is locked: bid and ask meet"),
        ("-3", "the market is crossed by 3 ticks"),
    ],
)
def test_it_says_how_the_two_sides_stand(observed: str, text: str) -> None:
    assert RULE.words(Decimal(observed), Decimal(0), passed=Decimal(observed) > 0) == text
