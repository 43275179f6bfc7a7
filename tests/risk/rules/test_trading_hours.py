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


@pytest.mark.parametrize("observed", ["0.000000001", "0.999999999"])
def test_a_market_that_opens_with_the_first_price_has_none_yet(observed: str) -> None:
    """Before it engine time stands a nanosecond before the session, and that is no time to wait for."""
    words = RULE.words(Decimal(observed), Decimal(0), passed=False)

    assert words == "there is no price yet: the market opens with the first"
    assert RULE.words(Decimal(1), Decimal(0), passed=False) == "the market is closed and opens in 1s"


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
