"""What each trading state lets through."""

from decimal import Decimal

from risk.rule import Judgment
from risk.rules.trading_state import TradingStateRule
from tests.risk.desk import MEAN, Desk, buy, sell

RULE = TradingStateRule()


def test_active_lets_an_opening_order_pass(desk: Desk) -> None:
    assert RULE.check(desk.facts(buy())).passed


def test_reducing_refuses_what_opens_and_passes_what_reduces(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.reduce()

    assert RULE.check(desk.facts(sell("10"))).passed
    assert not RULE.check(desk.facts(sell("11"))).passed
    assert not RULE.check(desk.facts(buy("1"))).passed
    assert RULE.headroom(desk.facts(sell("99"))) == 10


def test_reducing_counts_the_account_and_not_the_strategy(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.hold(sell("4", strategy=MEAN))
    desk.reduce()

    assert RULE.check(desk.facts(sell("6"))).passed
    assert not RULE.check(desk.facts(sell("7"))).passed
    assert not RULE.check(desk.facts(buy("4", strategy=MEAN))).passed  # its short is covered, the account buys more


def test_reducing_counts_the_sells_that_already_work(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.send(sell("7"))
    desk.reduce()

    assert RULE.check(desk.facts(sell("3"))).passed
    assert not RULE.check(desk.facts(sell("4"))).passed


def test_halted_refuses_even_what_reduces(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.halt()

    judged = RULE.check(desk.facts(sell("10")))

    assert judged == Judgment(Decimal(2), False)
    assert RULE.headroom(desk.facts(sell("10"))) == 0
    assert RULE.words(Decimal(2), Decimal(0), False) == "trading is HALTED: no order passes"
