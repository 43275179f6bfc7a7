"""What is at stake as a multiple of equity, at the limit and one share to either side."""

from decimal import Decimal

import pytest

from risk.rules.max_leverage import MaxLeverage
from tests.risk.desk import AAPL, Desk, buy, sell

RULE = MaxLeverage()


@pytest.mark.parametrize(("quantity", "passed"), [("999", True), ("1000", True), ("1001", False)])
def test_the_whole_equity_may_be_at_stake_and_no_more(desk: Desk, quantity: str, passed: bool) -> None:
    assert RULE.check(desk.facts(buy(quantity))).passed is passed


@pytest.mark.parametrize(("quantity", "passed"), [("299", True), ("300", True), ("301", False)])
def test_long_short_and_what_works_are_added_up(desk: Desk, quantity: str, passed: bool) -> None:
    desk.hold(buy("200"))
    desk.hold(sell("100", instrument=AAPL), "100")
    desk.send(buy("400", limit="100"))

    judged = RULE.check(desk.facts(buy(quantity)))

    assert judged.passed is passed
    assert judged.observed == (Decimal(700) + Decimal(quantity)) / 1000


def test_a_stop_that_works_counts_at_its_own_price(desk: Desk) -> None:
    desk.send(buy("500", stop="120"))

    assert RULE.check(desk.facts(buy("400"))).observed == 1
    assert RULE.headroom(desk.facts(buy("1"))) == 400


def test_what_closes_gives_back_before_the_rest_opens(desk: Desk) -> None:
    desk.hold(sell("400"), "99.99")
    desk.quote(AAPL, "100")
    facts = desk.facts(buy("1400"))

    assert facts.closable_qty == 400
    assert RULE.headroom(facts) == pytest.approx(Decimal(1400), abs=1)


@pytest.mark.parametrize(
    ("limit", "quantity", "passed"), [("0.5", "500", True), ("0.5", "501", False), ("2", "2000", True)]
)
def test_the_limit_is_a_setting(desk: Desk, limit: str, quantity: str, passed: bool) -> None:
    assert MaxLeverage(limit=Decimal(limit)).check(desk.facts(buy(quantity))).passed is passed


def test_without_equity_nothing_opens() -> None:
    broke = Desk(cash="-5")

    assert not RULE.check(broke.facts(buy("1"))).passed
    assert RULE.headroom(broke.facts(buy("1"))) == 0
