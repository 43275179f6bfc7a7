"""Where the account stands, without any ticket."""

from decimal import Decimal

import pytest

from oms.domain.risk import RiskLevel, TradingState, Verdict
from risk.catalog import build_rules
from risk.status import RiskStatus, RuleStatus
from tests.risk.desk import AAPL, Desk, buy, sell


def status(desk: Desk) -> RiskStatus:
    return desk.gate(*build_rules({})).get_risk_status(desk.state)


def rows(desk: Desk) -> dict[str, RuleStatus]:
    return {row.rule: row for row in status(desk).rules}


def test_an_account_at_rest_uses_nothing(desk: Desk) -> None:
    seen = status(desk)

    assert (seen.level, seen.state, seen.reason) == (RiskLevel.LOW, TradingState.ACTIVE, "")
    assert seen.equity == seen.free == 100_000
    assert seen.day_pnl == seen.drawdown == seen.gross == 0
    assert {row.rule: row.used_frac for row in seen.rules} == dict.fromkeys(
        ["max_position", "max_positions", "daily_loss", "drawdown", "buying_power", "max_leverage", "order_rate"],
        Decimal(0),
    )


def test_each_gauge_shows_its_share_of_the_limit(desk: Desk) -> None:
    desk.hold(buy("20"))
    desk.hold(sell("10", instrument=AAPL))
    desk.quote(AAPL, "200")  # 1,000 lost
    desk.send(buy("5"))

    seen = rows(desk)

    assert seen["daily_loss"].observed == 1_000
    assert seen["daily_loss"].limit == 5_000
    assert seen["drawdown"].used_frac == Decimal("0.1")  # 1 % of the 10 % at which trading halts
    assert seen["max_positions"].used_frac == Decimal("0.2")
    assert seen["order_rate"].observed == 3
    assert seen["max_leverage"].observed == seen["buying_power"].used_frac
    assert seen["max_leverage"].limit == 1
    assert seen["buying_power"].observed == 4_500
    assert status(desk).gross == 4_000
    assert status(desk).day_pnl == -1_000
    assert status(desk).free == 94_500


@pytest.mark.parametrize(
    ("equity", "level"),
    [
        ("97500.01", RiskLevel.LOW),
        ("97500", RiskLevel.MEDIUM),
        ("96000.01", RiskLevel.MEDIUM),
        ("96000", RiskLevel.HIGH),
        ("95000.01", RiskLevel.HIGH),
        ("95000", RiskLevel.CRITICAL),
    ],
)
def test_the_level_rises_with_the_losses(desk: Desk, equity: str, level: RiskLevel) -> None:
    desk.cash(equity)

    assert status(desk).level is level


def test_a_full_book_is_a_choice_and_no_loss(desk: Desk) -> None:
    desk.hold(buy("50"))

    assert rows(desk)["max_position"].verdict is Verdict.DENY
    assert status(desk).level is RiskLevel.LOW


def test_the_levels_are_advice_in_three_words() -> None:
    assert [level.advice for level in RiskLevel] == ["safe", "warning", "warning", "critical"]


def test_a_closed_gate_raises_the_level_and_says_why(desk: Desk) -> None:
    desk.reduce("quarantine", "an overfill")
    assert (status(desk).level, status(desk).reason) == (RiskLevel.HIGH, "quarantine: an overfill")

    desk.halt("stop", "by hand")
    assert (status(desk).level, status(desk).reason) == (RiskLevel.CRITICAL, "stop: by hand")


def test_what_is_not_known_is_shown_as_such_and_is_critical() -> None:
    seen = status(Desk(bare=True))

    assert seen.level is RiskLevel.CRITICAL
    assert (seen.equity, seen.day_pnl, seen.drawdown, seen.free) == (None, None, None, None)
    lost = {row.rule: (row.observed, row.verdict) for row in seen.rules}
    assert lost["daily_loss"] == (None, Verdict.DENY)
