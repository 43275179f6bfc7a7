"""The value of one order, at its limit and one step to either side."""

from decimal import Decimal

import pytest

from risk.rule import Judgment
from risk.rules.max_order_value import MaxOrderValue
from tests.risk.desk import IBM, Desk, buy, listed, sell

RULE = MaxOrderValue()


@pytest.mark.parametrize(("quantity", "passed"), [("99", True), ("100", True), ("101", False)])
def test_a_market_buy_is_valued_at_the_ask(desk: Desk, quantity: str, passed: bool) -> None:
    desk.quote(IBM, "90", bid="80", ask="100")

    assert RULE.check(desk.facts(buy(quantity))).passed is passed


@pytest.mark.parametrize(("limit", "passed"), [("99.99", True), ("100.00", True), ("100.01", False)])
def test_a_limit_buy_is_valued_at_its_limit(desk: Desk, limit: str, passed: bool) -> None:
    assert RULE.check(desk.facts(buy("100", limit=limit))).passed is passed


def test_a_limit_sell_is_valued_at_the_bid_when_that_is_higher(desk: Desk) -> None:
    desk.hold(buy("200"))  # the rule is asked by itself here; what reduces would not be judged

    assert not RULE.check(desk.facts(sell("101", limit="1"))).passed
    assert RULE.check(desk.facts(sell("50", limit="200"))).passed
    assert not RULE.check(desk.facts(sell("51", limit="200"))).passed


def test_the_multiplier_counts(desk: Desk) -> None:
    future = listed("ES", multiplier="50")
    desk.list(future)
    desk.quote(future, "100")

    assert RULE.headroom(desk.facts(buy("1", instrument=future))) == 2
    assert RULE.check(desk.facts(buy("2", instrument=future))).passed
    assert not RULE.check(desk.facts(buy("3", instrument=future))).passed


def test_the_whole_of_an_order_that_flips_is_valued(desk: Desk) -> None:
    desk.hold(sell("60"))

    assert RULE.check(desk.facts(buy("101"))).observed == 10_100


def test_another_currency_has_no_value_here(desk: Desk) -> None:
    euro = listed("SAP", currency="EUR")
    desk.list(euro)
    desk.quote(euro, "100")

    judged = RULE.check(desk.facts(buy("1", instrument=euro)))

    assert judged == Judgment(None, False)


def test_the_words_hold_both_numbers() -> None:
    text = RULE.explain(Decimal("12300"), Decimal(10_000), passed=False)

    assert text == "value 12,300.00 is more than 10,000.00"
