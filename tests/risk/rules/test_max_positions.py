"""All positions of the account."""

from decimal import Decimal

import pytest

from oms.domain.ids import StrategyId
from risk.rule import Judgment
from risk.rules.max_positions import MaxPositions
from tests.risk.desk import Desk, buy, listed, sell

RULE = MaxPositions()


@pytest.mark.parametrize(("held", "passed"), [(8, True), (9, True), (10, False)])
def test_the_tenth_position_passes_and_the_eleventh_does_not(desk: Desk, held: int, passed: bool) -> None:
    for number in range(held):
        stock = listed(f"S{number}")
        desk.list(stock)
        desk.hold(buy("1", instrument=stock, strategy=StrategyId(f"strategy-{number}")))

    judged = RULE.check(desk.facts(buy("1")))

    assert judged == Judgment(Decimal(held + 1), passed)
    assert RULE.gauge(desk.state).used_frac == Decimal(held) / 10


def test_a_closed_position_gives_its_place_back(desk: Desk) -> None:
    rule = MaxPositions(limit=1)
    desk.hold(buy("1"))
    other = desk.facts(buy("1", strategy=StrategyId("other")))
    assert not rule.check(other).passed

    desk.hold(sell("1"))

    assert rule.check(desk.facts(buy("1", strategy=StrategyId("other")))).passed
