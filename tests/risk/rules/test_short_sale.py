"""Selling what is not there."""

from decimal import Decimal

import pytest

from risk.rule import Judgment
from risk.rules.short_sale import ShortSale
from tests.risk.desk import MEAN, Desk, buy, sell

RULE = ShortSale()


@pytest.mark.parametrize(("quantity", "short"), [("9", 0), ("10", 0), ("11", 1)])
def test_a_sell_stops_at_what_the_account_has(desk: Desk, quantity: str, short: int) -> None:
    desk.hold(buy("10"))

    judged = RULE.check(desk.facts(sell(quantity)))

    assert judged == Judgment(Decimal(short), short == 0)
    assert RULE.headroom(desk.facts(sell(quantity))) == 10


def test_what_another_strategy_is_selling_is_not_there_any_more(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.send(sell("6", strategy=MEAN))

    assert RULE.check(desk.facts(sell("4"))).passed
    assert not RULE.check(desk.facts(sell("5"))).passed


def test_a_working_buy_is_not_there_yet(desk: Desk) -> None:
    desk.send(buy("10"))

    assert not RULE.check(desk.facts(sell("1"))).passed


def test_it_may_be_allowed(desk: Desk) -> None:
    rule = ShortSale(allow=True)

    assert rule.check(desk.facts(sell("1"))).passed
    assert rule.headroom(desk.facts(sell("1"))) is None
    assert rule.bound is None


def test_a_buy_is_not_looked_at(desk: Desk) -> None:
    assert RULE.check(desk.facts(buy("1"))).observed is None
