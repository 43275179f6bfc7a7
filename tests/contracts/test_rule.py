"""What every rule of the catalog promises; a new rule needs one line in `DENIED`."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from oms.domain.ids import StrategyId
from oms.domain.order import OrderTicket
from oms.domain.risk import Judges, Verdict
from risk.catalog import RULES, build_rule
from risk.findings import findings
from risk.rule import RiskRule
from tests.risk.desk import AAPL, IBM, MEAN, Desk, buy, listed, sell

TESTS = Path(__file__).parents[1] / "risk" / "rules"


def _halted(desk: Desk) -> OrderTicket:
    desk.halt()
    return buy()


def _three_positions(desk: Desk) -> OrderTicket:
    for symbol in ("A", "B", "C"):
        stock = listed(symbol)
        desk.list(stock)
        desk.hold(buy("1", instrument=stock))
    return buy("1")


def _ten_positions(desk: Desk) -> OrderTicket:
    for number in range(10):
        desk.hold(buy("1", strategy=StrategyId(f"strategy-{number}")))
    return buy("1")


def _two_in_a_symbol(desk: Desk) -> OrderTicket:
    desk.hold(buy("1", strategy=MEAN))
    desk.hold(buy("1", strategy=StrategyId("third")))
    return buy("1")


def _twice(desk: Desk) -> OrderTicket:
    desk.send(buy("7"))
    return buy("7")


def _at_night(desk: Desk) -> OrderTicket:
    desk.wait(1_500)
    return buy()


def _after_a_loss(desk: Desk) -> OrderTicket:
    desk.cash("90000")
    return buy()


def _unquoted(desk: Desk) -> OrderTicket:
    desk.wait(600)
    return buy()


def _in_a_rush(desk: Desk) -> OrderTicket:
    for number in range(10):
        desk.send(buy(str(number + 1), instrument=AAPL))
    return buy()


def _locked(desk: Desk) -> OrderTicket:
    desk.quote(IBM, "100", bid="100", ask="100")
    return buy()


DENIED: dict[str, Callable[[Desk], OrderTicket]] = {
    "trading_state": _halted,
    "sane_numbers": lambda _: buy("-5"),
    "increments": lambda _: buy("0.5"),
    "instrument_known": lambda _: buy(instrument=listed("NEW")),
    "max_order_value": lambda _: buy("101"),
    "max_position": lambda _: buy("51"),
    "max_trades": _three_positions,
    "max_positions": _ten_positions,
    "max_per_symbol": _two_in_a_symbol,
    "duplicate": _twice,
    "trading_hours": _at_night,
    "min_confidence": lambda _: buy(confidence=0.5),
    "daily_loss": _after_a_loss,
    "drawdown": _after_a_loss,
    "buying_power": lambda _: buy("1001"),
    "short_sale": lambda _: sell("1"),
    "stop_validity": lambda _: buy(stop="99"),
    "max_leverage": lambda _: buy("1001"),
    "price_collar": lambda _: buy(limit="103.01"),
    "crossed_market": _locked,
    "stale_market": _unquoted,
    "order_rate": _in_a_rush,
}
# What these look at is always known: the ticket's own numbers, the trading state, counts and times of our own orders.
ALWAYS_KNOWN = {
    "trading_state",
    "sane_numbers",
    "max_trades",
    "max_positions",
    "max_per_symbol",
    "duplicate",
    "min_confidence",
    "short_sale",
    "order_rate",
}
# What is asked of those that look at one kind of ticket only, where it is to be one that they cannot judge.
ASKED = {"stop_validity": buy(stop="101"), "price_collar": buy(limit="100")}
EVERY = pytest.mark.parametrize("name", RULES)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@EVERY
def test_one_name_is_file_class_table_and_test(name: str) -> None:
    rule = RULES[name]

    assert rule.name == name
    assert rule.__module__ == f"risk.rules.{name}"
    assert rule.__name__.removesuffix("Rule") == name.title().replace("_", "")
    assert (TESTS / f"test_{name}.py").is_file()


@EVERY
def test_the_same_facts_give_the_same_judgment_and_change_nothing(desk: Desk, name: str) -> None:
    rule, facts = RULES[name](), desk.facts(DENIED[name](desk))
    before = desk.state.digest()

    first = (rule.check(facts), rule.headroom(facts), rule.gauge(desk.state), rule.watch(desk.state))
    again = (rule.check(facts), rule.headroom(facts), rule.gauge(desk.state), rule.watch(desk.state))

    assert first == again
    assert desk.state.digest() == before


@pytest.mark.parametrize("name", [name for name in RULES if name not in ALWAYS_KNOWN])
def test_without_what_it_needs_it_denies_and_says_what_that_is(name: str) -> None:
    rule, facts = RULES[name](), Desk(bare=True).facts(ASKED.get(name, buy()))

    judged = rule.check(facts)

    assert not judged.passed
    assert rule.headroom(facts) == 0
    if name != "instrument_known":  # which knows at least that it is not listed
        assert judged.observed is None
        assert rule.explain(None, rule.bound, passed=False) == f"cannot be judged without {rule.needs}"


@EVERY
def test_a_denial_states_what_was_observed_and_the_limit(desk: Desk, name: str) -> None:
    rule = RULES[name]()
    wish = DENIED[name](desk)
    gate = desk.gate(rule)

    (found,) = findings(gate.check(wish, desk.state), gate.limits())

    assert (found.rule, found.verdict) == (name, Verdict.DENY)
    assert found.observed is not None
    assert found.limit is not None
    assert found.text not in {"", "does not apply"}
    assert "without" not in found.text


@EVERY
def test_an_ordinary_ticket_passes(desk: Desk, name: str) -> None:
    wish = buy("10", confidence=0.9)
    gate = desk.gate(RULES[name]())

    decision = gate.check(wish, desk.state)

    assert decision.failed == ()
    assert findings(decision, gate.limits())[0].verdict is Verdict.PASS


@EVERY
def test_a_rule_can_be_built_again_from_its_row_of_the_limits_table(name: str) -> None:
    rule = RULES[name]()
    row = rule.row()

    assert build_rule(row.rule, row.options) == rule
    assert (row.judges, row.limit) == (rule.judges, rule.bound)


@EVERY
def test_what_only_reduces_is_asked_nothing_by_a_rule_for_what_opens(desk: Desk, name: str) -> None:
    rule: RiskRule = RULES[name]()
    desk.hold(buy("10", instrument=IBM, strategy=MEAN))

    decision = desk.gate(rule).check(sell("10", limit="99"), desk.state)

    assert decision.failed == ()
    assert (decision.observed == (None,)) is (rule.judges is Judges.OPENING)


def test_which_rules_bind_an_order_that_reduces() -> None:
    always = {name for name, rule in RULES.items() if rule.judges is Judges.ALL}

    assert always == {
        "trading_state",
        "sane_numbers",
        "increments",
        "stop_validity",
        "instrument_known",
        "crossed_market",
        "price_collar",
    }


@EVERY
def test_an_observed_value_is_finite(desk: Desk, name: str) -> None:
    judged = RULES[name]().check(desk.facts(DENIED[name](desk)))

    assert judged.observed is not None
    assert Decimal(judged.observed).is_finite()
