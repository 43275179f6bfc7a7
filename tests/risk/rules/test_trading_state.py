"""What each trading state lets through."""

from decimal import Decimal

from msgspec.structs import replace

from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderTicket, Purpose
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


def test_halted_passes_a_confirmed_flatten_that_only_reduces_and_nothing_else(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.halt()
    gate = desk.gate(RULE)

    def passes(quantity: str, purpose: Purpose, *, confirmed: bool) -> bool:
        return not gate.check(replace(sell(quantity), purpose=purpose), desk.state, confirmed=confirmed).failed

    assert passes("10", Purpose.CLOSE, confirmed=True)
    assert not passes("11", Purpose.CLOSE, confirmed=True)
    assert not passes("10", Purpose.OPEN, confirmed=True)
    assert not passes("10", Purpose.PROTECT, confirmed=True)
    assert not any(passes("10", purpose, confirmed=False) for purpose in Purpose)
    assert gate.check(replace(buy("1"), purpose=Purpose.CLOSE), desk.state, confirmed=True).failed == ("trading_state",)


def test_a_confirmed_flatten_is_judged_by_what_its_own_strategy_holds_and_may_leave_what_another_does(
    desk: Desk,
) -> None:
    desk.hold(buy("10"))
    desk.hold(sell("4", strategy=MEAN))
    desk.halt()
    gate = desk.gate(RULE)

    def passes(ticket: OrderTicket, *, confirmed: bool = True) -> bool:
        return not gate.check(replace(ticket, purpose=Purpose.CLOSE), desk.state, confirmed=confirmed).failed

    assert passes(sell("10"))
    assert passes(buy("4", strategy=MEAN))
    assert not passes(sell("11"))
    assert not passes(buy("5", strategy=MEAN))
    assert not passes(buy("4"))
    assert not passes(sell("10"), confirmed=False)


def test_a_share_that_is_being_closed_already_is_nothing_that_a_second_flatten_could_close(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.hold(sell("10", strategy=MEAN))
    closing = replace(sell("10"), purpose=Purpose.CLOSE)
    desk.send(closing)
    desk.halt()

    assert desk.gate(RULE).check(closing, desk.state, confirmed=True).failed == ("trading_state",)


def test_halted_passes_the_stop_of_an_order_that_was_approved_before_as_far_as_it_gives_back(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.halt()

    assert RULE.check(desk.facts(leg("10"))).passed
    assert not RULE.check(desk.facts(leg("11"))).passed
    assert not RULE.check(desk.facts(replace(leg("10"), parent_id=None))).passed
    assert not RULE.check(desk.facts(replace(leg("10"), purpose=Purpose.CLOSE))).passed


def test_a_stop_is_judged_by_what_its_own_strategy_holds_and_not_by_the_net(desk: Desk) -> None:
    """Where two strategies hold against each other there is no net to reduce, and each still has its loss to stop."""
    desk.hold(buy("10"))
    desk.hold(sell("10", strategy=MEAN))
    desk.reduce()

    assert not desk.facts(leg("10")).opens
    assert desk.facts(leg("11")).opening_qty == 1
    assert RULE.check(desk.facts(leg("10"))).passed
    assert not RULE.check(desk.facts(replace(leg("10"), purpose=Purpose.CLOSE))).passed


def test_the_legs_of_a_bracket_do_not_make_an_exit_an_opening(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.send(leg("10"))
    desk.send(leg("10"))

    assert not desk.facts(sell("10")).opens


def leg(quantity: str) -> OrderTicket:
    return replace(sell(quantity, stop="95"), purpose=Purpose.PROTECT, parent_id=ClientOrderId("SIM-1-1"))
