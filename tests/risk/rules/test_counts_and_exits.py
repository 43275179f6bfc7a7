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


def test_who_came_in_by_reducing_is_counted_when_it_opens(desk: Desk) -> None:
    """A sell that only reduces the account's net is let in uncounted; that must not be a way past the counts."""
    desk.hold(buy("10", strategy=MEAN))
    desk.hold(buy("10", strategy=TREND))
    desk.hold(sell("1", strategy=THIRD))

    for wish in (buy("5", strategy=THIRD), sell("40", strategy=THIRD)):
        opening = desk.facts(wish)
        assert opening.opens
        judged = MaxPerSymbol().check(opening)
        assert (judged.observed, judged.passed) == (Decimal(3), False)
        assert not MaxPositions(limit=2).check(opening).passed


def test_who_is_in_may_add_while_no_more_are_in_than_may_enter(desk: Desk) -> None:
    desk.hold(buy("10", strategy=MEAN))
    desk.hold(buy("10", strategy=TREND))

    assert MaxPerSymbol().check(desk.facts(buy("5", strategy=TREND))).passed


def test_leaving_twice_over_is_no_leaving(desk: Desk) -> None:
    desk.hold(buy("16", strategy=MEAN))
    desk.hold(sell("6", strategy=TREND))
    desk.hold(sell("10", strategy=THIRD))
    desk.send(sell("10", strategy=MEAN, limit="120"))

    assert MaxPerSymbol().check(desk.facts(sell("6", strategy=MEAN))).passed
    assert not MaxPerSymbol().check(desk.facts(sell("7", strategy=MEAN))).passed
    assert not MaxPerSymbol().check(desk.facts(sell("1", strategy=MEAN), sell("6", strategy=MEAN))).passed
