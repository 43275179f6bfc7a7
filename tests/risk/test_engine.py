"""The gate as a whole: all are asked, one denial denies, and what it cannot judge does not pass."""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from oms.domain.events import Event, TradingReduced
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderTicket
from oms.domain.risk import RuleFault, SharedFacts, Verdict
from oms.domain.units import SECOND, ZERO
from oms.ports import Headroom, RiskGate
from oms.state import State
from risk.catalog import RULES, build_rules
from risk.engine import RiskManager
from risk.facts import Facts
from risk.findings import findings
from risk.rule import Judgment, RiskRule
from risk.rulebook import NO_RULES
from risk.rules.max_order_value import MaxOrderValue
from risk.rules.max_position import MaxPosition
from risk.rules.sane_numbers import SaneNumbers
from tests.risk.desk import HOURS, MEAN, Desk, buy, listed, sell
from tests.risk.drawn import desks, quantities, sides


class Broken(RiskRule, frozen=True, kw_only=True):
    """A rule with an error in it."""

    name: ClassVar[str] = "broken"

    def check(self, facts: Facts) -> Judgment:  # noqa: ARG002
        raise ZeroDivisionError

    def watch(self, state: State) -> Sequence[Event]:  # noqa: ARG002
        raise ZeroDivisionError


class Unread(dict[ClientOrderId, Order]):
    """Open orders that nobody may go through."""

    def __iter__(self) -> NoReturn:
        raise AssertionError

    def values(self) -> NoReturn:
        raise AssertionError

    def items(self) -> NoReturn:
        raise AssertionError


def test_the_gate_is_the_port_that_the_core_calls() -> None:
    gate: RiskGate = RiskManager(build_rules({}), {"XNYS": HOURS}, SECOND)

    assert [row.rule for row in gate.limits()] == list(RULES)


def test_a_ticket_that_every_rule_passes_is_approved_with_what_each_observed(desk: Desk) -> None:
    decision = desk.gate(*build_rules({})).check(buy("10", confidence=0.8), desk.state)

    assert decision.verdict is Verdict.PASS
    assert (decision.failed, decision.faulted) == ((), ())
    assert dict(zip(RULES, decision.observed, strict=True))["max_order_value"] == 1_000
    assert decision.facts == SharedFacts(
        equity=Decimal(100_000), peak_equity=Decimal(100_000), day_equity=Decimal(100_000), mark_px=Decimal(100)
    )


def test_every_rule_is_asked_also_after_a_denial(desk: Desk) -> None:
    decision = desk.gate(*build_rules({})).check(sell("500", confidence=0.1), desk.state)

    assert decision.verdict is Verdict.DENY
    assert decision.failed == ("max_order_value", "max_position", "min_confidence", "short_sale")
    assert len(decision.observed) == len(RULES)
    assert decision.observed[-1] == 1  # the last rule's, four denials later


def test_a_gate_without_rules_denies(desk: Desk) -> None:
    gate = desk.gate()

    assert gate.check(buy(), desk.state).failed == (NO_RULES,)
    assert gate.headroom(buy(), desk.state) == Headroom(ZERO, NO_RULES)


def test_an_error_inside_a_rule_is_its_denial_and_goes_no_further(desk: Desk) -> None:
    gate = desk.gate(Broken(), MaxOrderValue())

    decision = gate.check(buy("10"), desk.state)

    assert (decision.verdict, decision.failed) == (Verdict.DENY, ("broken",))
    assert decision.faulted == (RuleFault(rule="broken", error="ZeroDivisionError"),)
    assert decision.observed == (None, Decimal(1_000))
    assert gate.headroom(buy("10"), desk.state) == Headroom(ZERO, "broken")


@pytest.mark.parametrize(
    ("wish", "cause"),
    [
        (buy("-5"), "sane_numbers"),
        (sell("0"), "sane_numbers"),
        (replace(buy("10", limit="100"), limit_px=None), "sane_numbers"),
        (buy("10", instrument=listed("NEW")), "instrument_known"),
    ],
)
def test_where_the_ticket_itself_is_wrong_nobody_else_is_blamed_for_not_being_able_to_judge(
    desk: Desk, wish: OrderTicket, cause: str
) -> None:
    gate = desk.gate(*build_rules({}))

    decision = gate.check(wish, desk.state)

    assert (decision.verdict, decision.failed) == (Verdict.DENY, (cause,))
    assert {found.rule for found in findings(decision, gate.limits()) if found.verdict is Verdict.DENY} == {cause}


def test_a_wrong_ticket_still_hears_from_those_who_can_judge_it(desk: Desk) -> None:
    desk.halt()

    decision = desk.gate(*build_rules({})).check(buy("-5", confidence=0.1), desk.state)

    assert decision.failed == ("trading_state", "sane_numbers", "min_confidence")


def test_an_error_inside_a_rule_is_told_although_the_ticket_is_wrong(desk: Desk) -> None:
    decision = desk.gate(SaneNumbers(), Broken(), MaxOrderValue()).check(buy("-5"), desk.state)

    assert decision.failed == ("sane_numbers", "broken")


def test_who_cannot_judge_denies_where_nobody_says_why(desk: Desk) -> None:
    assert desk.gate(MaxOrderValue(), MaxPosition()).check(buy("-5"), desk.state).failed == (
        "max_order_value",
        "max_position",
    )


def test_no_rule_goes_through_the_open_orders(desk: Desk) -> None:
    """What they sum up to is kept by the blotter, so a thousand working orders cost the gate no more than one."""
    gate = desk.gate(*build_rules({}))
    desk.hold(buy("10"))
    desk.send(buy("3"))
    desk.send(sell("4"))
    wishes = [buy("1"), sell("5"), sell("5", strategy=MEAN)]
    before = [(gate.check(wish, desk.state), gate.headroom(wish, desk.state)) for wish in wishes]

    desk.state.blotter.open = Unread(desk.state.blotter.open)

    assert [(gate.check(wish, desk.state), gate.headroom(wish, desk.state)) for wish in wishes] == before


def test_an_error_while_watching_lets_pass_only_what_reduces(desk: Desk) -> None:
    gate = desk.gate(Broken())

    (demand,) = gate.watch(desk.state)
    assert isinstance(demand, TradingReduced)
    desk.apply(demand)

    assert gate.watch(desk.state) == []


def test_the_number_of_the_limits_in_force_is_in_the_decision(desk: Desk) -> None:
    desk.state.trading.limits_no = 7

    assert desk.gate(*build_rules({})).check(buy(), desk.state).limits_no == 7


def test_the_second_leg_is_judged_as_if_the_first_were_working(desk: Desk) -> None:
    gate = desk.gate(MaxPosition())
    first = buy("30")

    assert gate.check(buy("20", strategy=MEAN), desk.state, [first]).failed == ()
    assert gate.check(buy("21", strategy=MEAN), desk.state, [first]).failed == ("max_position",)
    assert gate.headroom(buy("1", strategy=MEAN), desk.state, [first]) == Headroom(Decimal(20), "max_position")


def test_a_decision_changes_nothing(desk: Desk) -> None:
    gate = desk.gate(*build_rules({}))
    desk.hold(buy("10"))
    before = desk.state.digest()

    decisions = [gate.check(buy("11"), desk.state) for _ in range(2)]
    rooms = [gate.headroom(buy("11"), desk.state) for _ in range(2)]
    gate.watch(desk.state)

    assert decisions[0] == decisions[1]
    assert rooms[0] == rooms[1]
    assert desk.state.digest() == before


def test_room_is_in_whole_lots(desk: Desk) -> None:
    lot = listed("LOT", lot="7")
    desk.list(lot)
    desk.quote(lot, "100")

    assert desk.gate(MaxPosition()).headroom(buy("7", instrument=lot), desk.state) == Headroom(
        Decimal(49), "max_position"
    )


def test_what_closes_has_room_though_nothing_may_open(desk: Desk) -> None:
    desk.hold(buy("10"))
    desk.cash("50000")  # deep in the drawdown: rules for what opens pass nothing

    assert desk.gate(*build_rules({})).headroom(sell("99"), desk.state).quantity == 10


# -- the largest quantity that passes, by any combination of limits -------------------------------------------------


def _limits(draw: st.DrawFn) -> dict[str, dict[str, object]]:
    return {
        "max_order_value": {"limit": draw(st.integers(min_value=100, max_value=20_000))},
        "max_position": {"limit": str(Decimal(draw(st.integers(min_value=1, max_value=100))) / 100)},
        "max_per_symbol": {"limit": draw(st.integers(min_value=1, max_value=4))},
        "drawdown": {"reduce_frac": "0.5", "halt_frac": "0.6", "flatten_frac": "0.7"},
        "short_sale": {"allow": draw(st.booleans())},
    }


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_room_passes_and_one_lot_more_is_denied_by_the_rule_that_binds(data: st.DataObject) -> None:
    desk = data.draw(desks())
    gate = desk.gate(*build_rules(data.draw(st.composite(_limits)())))
    limit = data.draw(st.sampled_from([None, "55.55", "240.01"]))
    wish = data.draw(sides)(str(data.draw(quantities)), limit=limit)

    room = gate.headroom(wish, desk.state)

    assert room.rule is not None
    if room.quantity:
        assert gate.check(_with(wish, room.quantity), desk.state).failed == ()
    assert room.rule in gate.check(_with(wish, room.quantity + 1), desk.state).failed


def _with(wish: OrderTicket, quantity: Decimal) -> OrderTicket:
    make = buy if wish.side.sign > 0 else sell
    return make(quantity, limit=None if wish.limit_px is None else str(wish.limit_px))


@pytest.mark.parametrize("quantity", ["NaN", "sNaN", "Infinity", "-3", "1E+999999"])
def test_the_room_of_a_strange_ticket_is_that_of_a_sane_one(desk: Desk, quantity: str) -> None:
    gate = desk.gate(*build_rules({}))

    assert gate.headroom(buy(quantity), desk.state).quantity in {0, gate.headroom(buy("1"), desk.state).quantity}
