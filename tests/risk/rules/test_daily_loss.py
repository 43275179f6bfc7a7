"""The loss of the day, at both limits and one cent to either side."""

from decimal import Decimal

import pytest

from risk.findings import findings
from risk.rules.daily_loss import DailyLoss
from tests.risk.desk import Desk, buy, sell

RULE = DailyLoss()


@pytest.mark.parametrize(
    ("equity", "passed"), [("95000.01", True), ("95000", False), ("94999.99", False), ("120000", True)]
)
def test_five_percent_of_the_day_bind_a_small_account(desk: Desk, equity: str, passed: bool) -> None:
    desk.cash(equity)

    judged = RULE.check(desk.facts(buy()))

    assert judged.passed is passed
    assert judged.observed == 100_000 - Decimal(equity)


@pytest.mark.parametrize(("equity", "passed"), [("990000.01", True), ("990000", False), ("989999.99", False)])
def test_ten_thousand_bind_a_large_one(desk: Desk, equity: str, passed: bool) -> None:
    desk.day("1000000")
    desk.cash(equity)

    assert RULE.check(desk.facts(buy())).passed is passed


def test_the_finding_states_the_limit_that_bound(desk: Desk) -> None:
    desk.cash("94000")
    gate = desk.gate(RULE)

    (found,) = findings(gate.check(buy(), desk.state), gate.limits())

    assert found.observed == 6_000
    assert found.limit == 5_000
    assert found.text == "loss of the day 6,000.00 has reached 5,000.00"


def test_the_next_day_begins_anew(desk: Desk) -> None:
    desk.cash("90000")
    assert not RULE.check(desk.facts(buy())).passed

    desk.day("90000")

    assert RULE.check(desk.facts(buy())).passed


def test_a_day_that_has_not_begun_denies() -> None:
    desk = Desk(bare=True)

    assert not RULE.check(desk.facts(buy())).passed
    assert RULE.gauge(desk.state) is None


def test_a_losing_position_may_still_be_closed(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.cash("1000")

    assert desk.gate(RULE).check(sell("10"), desk.state).failed == ()
