"""In hours and out of them, by one nanosecond."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from risk.rule import Judgment
from risk.rules.trading_hours import TradingHoursRule
from tests.risk.desk import IBM, Desk, buy, listed, sell

RULE = TradingHoursRule()


@pytest.mark.parametrize(
    ("later", "observed"), [("1000", "0"), ("1000.000000001", "999.999999999"), ("1999.5", "0.5"), ("2000", "0")]
)
def test_the_market_is_open_from_open_to_close(desk: Desk, later: str, observed: str) -> None:
    desk.wait(later)

    judged = RULE.check(desk.facts(buy()))

    assert judged.observed == Decimal(observed)
    assert judged.passed is (judged.observed == 0)


def test_after_the_last_known_session_it_cannot_judge(desk: Desk) -> None:
    desk.wait("3000.000000001")

    judged = RULE.check(desk.facts(buy()))

    assert judged == Judgment(None, False)


def test_a_calendar_that_nobody_gave_denies(desk: Desk) -> None:
    other = replace(listed("VOD"), calendar="XLON")
    desk.list(other)

    assert not RULE.check(desk.facts(buy(instrument=other))).passed


def test_an_order_that_reduces_may_leave_at_any_hour(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.wait("1500")

    assert desk.gate(RULE).check(sell("10", instrument=IBM), desk.state).failed == ()
    assert desk.gate(RULE).check(sell("11", instrument=IBM), desk.state).failed == ("trading_hours",)
