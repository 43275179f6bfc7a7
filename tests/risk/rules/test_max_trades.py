"""Positions of one strategy."""

from decimal import Decimal

from risk.rule import Judgment
from risk.rules.max_trades import MaxTrades
from tests.risk.desk import MEAN, Desk, buy, listed

RULE = MaxTrades()
STOCKS = [listed(symbol) for symbol in ("A", "B", "C", "D")]


def test_the_third_position_of_a_strategy_passes_and_the_fourth_does_not(desk: Desk) -> None:
    desk.list(*STOCKS)
    desk.hold(buy("1", instrument=STOCKS[0]))
    desk.send(buy("1", instrument=STOCKS[1]))  # working counts like held

    assert RULE.check(desk.facts(buy("1", instrument=STOCKS[2]))).passed

    desk.send(buy("1", instrument=STOCKS[2]))

    judged = RULE.check(desk.facts(buy("1", instrument=STOCKS[3])))
    assert judged == Judgment(Decimal(4), False)


def test_adding_to_a_position_is_no_new_one(desk: Desk) -> None:
    desk.list(*STOCKS)
    for stock in STOCKS[:3]:
        desk.hold(buy("1", instrument=stock))

    assert RULE.check(desk.facts(buy("1", instrument=STOCKS[0]))).passed


def test_another_strategy_has_its_own_count(desk: Desk) -> None:
    desk.list(*STOCKS)
    for stock in STOCKS[:3]:
        desk.hold(buy("1", instrument=stock))

    assert RULE.check(desk.facts(buy("1", instrument=STOCKS[3], strategy=MEAN))).passed


def test_the_other_leg_of_a_group_counts(desk: Desk) -> None:
    desk.list(*STOCKS)
    desk.hold(buy("1", instrument=STOCKS[0]))
    desk.hold(buy("1", instrument=STOCKS[1]))

    facts = desk.facts(buy("1", instrument=STOCKS[2]), buy("1", instrument=STOCKS[3]))

    assert not RULE.check(facts).passed
