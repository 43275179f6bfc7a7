"""What the three counting rules have in common: they bound what is added, and never keep anybody in."""

from decimal import Decimal

from oms.domain.ids import StrategyId
from risk.rules.max_per_symbol import MaxPerSymbol
from risk.rules.max_positions import MaxPositions
from risk.rules.max_trades import MaxTrades
from tests.risk.desk import MEAN, TREND, Desk, buy, sell

THIRD = StrategyId("third")


def test_a_strategy_may_leave_although_more_are_in_than_may_enter(desk: Desk) -> None:
    """Three strategies can stand against each other, for the third only reduced the account's net when it came. The
    net is flat then, so leaving opens for the account; but it adds no position."""
    desk.hold(buy("16", strategy=MEAN))
    desk.hold(sell("6", strategy=TREND))
    desk.hold(sell("10", strategy=THIRD))

    leaving = desk.facts(sell("16", strategy=MEAN))

    assert leaving.opens
    for rule in (MaxPerSymbol(), MaxPositions(limit=2), MaxTrades(limit=1)):
        assert rule.check(leaving).passed, rule.name


def test_what_adds_is_still_counted(desk: Desk) -> None:
    desk.hold(buy("16", strategy=MEAN))
    desk.hold(buy("6", strategy=TREND))

    judged = MaxPerSymbol().check(desk.facts(buy("1", strategy=THIRD)))

    assert (judged.observed, judged.passed) == (Decimal(3), False)
