"""Ten at once, and a token back when its ten seconds are over."""

from decimal import Decimal

import pytest

from risk.rule import Judgment
from risk.rules.order_rate import OrderRate
from tests.risk.desk import AAPL, Desk, buy, sell

RULE = OrderRate()


def sent(desk: Desk, count: int) -> None:
    for number in range(count):
        desk.send(buy(str(number + 1), instrument=AAPL))


@pytest.mark.parametrize(("before", "passed"), [(8, True), (9, True), (10, False)])
def test_ten_orders_may_leave_at_once(desk: Desk, before: int, passed: bool) -> None:
    sent(desk, before)

    judged = RULE.check(desk.facts(buy()))

    assert judged == Judgment(Decimal(before + 1), passed)


@pytest.mark.parametrize(("later", "passed"), [("9.999999999", False), ("10", True)])
def test_a_token_is_back_after_ten_seconds(desk: Desk, later: str, passed: bool) -> None:
    sent(desk, 10)
    desk.wait(later)

    assert RULE.check(desk.facts(buy())).passed is passed


def test_over_time_no_more_than_sixty_leave_in_a_minute(desk: Desk) -> None:
    left = 0
    for tenth in range(600):
        if RULE.check(desk.facts(buy())).passed:
            desk.send(buy(str(tenth + 1), instrument=AAPL))
            left += 1
        desk.wait("0.1")

    assert left == 60


def test_the_other_legs_of_a_group_take_tokens(desk: Desk) -> None:
    sent(desk, 8)

    assert RULE.check(desk.facts(buy(), sell(instrument=AAPL))).passed
    assert not RULE.check(desk.facts(buy(), sell(instrument=AAPL), buy("3"))).passed


def test_it_does_not_hold_back_what_reduces(desk: Desk) -> None:
    desk.hold(buy("10"))
    sent(desk, 10)

    assert desk.gate(RULE).check(sell("10"), desk.state).failed == ()


def test_the_gauge_shows_the_orders_of_the_last_minute(desk: Desk) -> None:
    sent(desk, 5)
    gauge = RULE.gauge(desk.state)

    assert gauge.observed == 5
    assert gauge.limit == 60
