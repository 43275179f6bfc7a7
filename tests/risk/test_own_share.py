"""A strategy that leaves what it holds, while another one holds the other way."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderTicket, Purpose
from oms.domain.risk import Verdict
from risk.rules.max_position import MaxPosition
from risk.rules.short_sale import ShortSale
from risk.rules.trading_state import TradingStateRule
from tests.risk.desk import MEAN, TREND, Desk, buy, sell

RULES = (TradingStateRule(), MaxPosition(limit=Decimal("0.001")), ShortSale(allow=False))


@pytest.fixture
def opposed(desk: Desk) -> Desk:
    """Ten long for one strategy and six short for another, which was let in because it only reduced the net."""
    desk.hold(buy("10", strategy=MEAN))
    desk.hold(sell("6", strategy=TREND))
    return desk


def leaving(quantity: str, **more: object) -> OrderTicket:
    """Return the exit of who is short, which makes the account as long as the other one is."""
    return replace(buy(quantity, strategy=TREND, **more), purpose=Purpose.CLOSE)


def test_a_strategy_may_leave_all_that_it_holds_whatever_another_one_holds(opposed: Desk) -> None:
    """To be kept in is worse: the net comes to be what the other one holds, and what is held in all only falls."""
    gate = opposed.gate(*RULES)

    assert gate.check(leaving("6"), opposed.state).verdict is Verdict.PASS
    assert gate.headroom(leaving("6"), opposed.state).quantity == 6
    assert opposed.facts(leaving("6")).opening_qty == 0


def test_what_is_larger_than_its_own_share_opens(opposed: Desk) -> None:
    gate = opposed.gate(*RULES)

    assert set(gate.check(leaving("7"), opposed.state).failed) == {"max_position"}
    assert gate.headroom(leaving("7"), opposed.state).quantity == 6
    assert opposed.facts(leaving("7")).opening_qty == 1


def test_what_is_on_its_way_already_is_not_left_twice(opposed: Desk) -> None:
    opposed.send(leaving("4"))
    gate = opposed.gate(*RULES)

    assert gate.check(leaving("2"), opposed.state).failed == ()
    assert gate.check(leaving("3"), opposed.state).failed != ()


@pytest.mark.parametrize(
    "ticket",
    [
        buy("6", strategy=TREND),
        leaving("6", limit="100"),
        replace(leaving("6"), parent_id=ClientOrderId("SIM-1-1")),
        replace(leaving("6"), strategy_id=MEAN),
    ],
    ids=["no exit", "a price to wait for", "a leg", "somebody else's"],
)
def test_anything_else_is_judged_by_what_the_account_has(opposed: Desk, ticket: OrderTicket) -> None:
    assert opposed.gate(*RULES).check(ticket, opposed.state).failed != ()


def test_an_exit_that_would_turn_the_account_round_is_judged_by_the_account(opposed: Desk) -> None:
    """Where short sales are forbidden, the account cannot come to be what the other one is short."""
    gate, exit_ = opposed.gate(*RULES), replace(sell("10", strategy=MEAN), purpose=Purpose.CLOSE)

    assert "short_sale" in gate.check(exit_, opposed.state).failed
    assert gate.headroom(exit_, opposed.state).quantity == 4


def test_once_only_reducing_is_allowed_an_exit_is_judged_by_the_account(opposed: Desk) -> None:
    opposed.reduce()
    gate = opposed.gate(*RULES)

    assert "trading_state" in gate.check(leaving("6"), opposed.state).failed
    assert gate.headroom(leaving("6"), opposed.state).quantity == 0
    assert gate.check(replace(sell("4", strategy=MEAN), purpose=Purpose.CLOSE), opposed.state).failed == ()
