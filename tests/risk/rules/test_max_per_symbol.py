"""Strategies in one instrument."""

from decimal import Decimal

from oms.domain.ids import StrategyId
from risk.rule import Judgment
from risk.rules.max_per_symbol import MaxPerSymbol
from tests.risk.desk import AAPL, MEAN, TREND, Desk, buy, sell

RULE = MaxPerSymbol()
THIRD = StrategyId("third")


def test_the_second_strategy_in_a_symbol_passes_and_the_third_does_not(desk: Desk) -> None:
    desk.hold(buy("1", strategy=TREND))
    assert RULE.check(desk.facts(buy("1", strategy=MEAN))).passed

    desk.send(sell("1", strategy=MEAN))

    judged = RULE.check(desk.facts(buy("1", strategy=THIRD)))
    assert judged == Judgment(Decimal(3), False)


def test_another_symbol_has_its_own_count(desk: Desk) -> None:
    desk.hold(buy("1", strategy=TREND))
    desk.hold(buy("1", strategy=MEAN))

    assert RULE.check(desk.facts(buy("1", strategy=THIRD, instrument=AAPL))).passed
