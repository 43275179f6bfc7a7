"""A decision read again from the journal: all its numbers, in words, under the limits of its day."""

import msgspec
import pytest

from oms.domain.risk import GROUP, RiskDecision, Verdict
from risk.catalog import RULES, build_rules
from risk.facts import Facts
from risk.findings import findings
from risk.rule import Judgment
from risk.rules.max_order_value import MaxOrderValue
from risk.rules.max_position import MaxPosition
from tests.risk.desk import Desk, buy, sell


def test_a_denial_names_each_rule_that_failed_with_both_numbers(desk: Desk) -> None:
    gate = desk.gate(*build_rules({}))

    found = findings(gate.check(buy("123"), desk.state), gate.limits())

    assert [finding.rule for finding in found] == list(RULES)
    assert {finding.rule: finding.text for finding in found if finding.verdict is Verdict.DENY} == {
        "max_order_value": "value 12,300.00 is more than 10,000.00",
        "max_position": "position 12.30% of equity is more than 5.00%",
    }


class Faulty(MaxOrderValue, frozen=True, kw_only=True):
    """A rule of the catalog with an error in it."""

    def check(self, facts: Facts) -> Judgment:  # noqa: ARG002
        raise KeyError


def test_a_rule_that_raised_is_not_said_to_lack_what_it_needs(desk: Desk) -> None:
    gate = desk.gate(Faulty(), MaxPosition())
    decision = gate.check(buy("10"), desk.state)
    kept = msgspec.json.decode(msgspec.json.encode(decision), type=RiskDecision)

    assert [finding.text for finding in findings(kept, gate.limits())] == [
        "the rule failed (KeyError)",
        "position 1.00% of equity of at most 5.00%",
    ]


def test_a_decision_of_a_journal_that_knew_no_faults_is_still_read(desk: Desk) -> None:
    gate = desk.gate(MaxPosition())
    row = msgspec.to_builtins(gate.check(buy("10"), desk.state))
    del row["faulted"]

    assert findings(msgspec.convert(row, RiskDecision), gate.limits())[0].verdict is Verdict.PASS


def test_a_decision_needs_nothing_but_what_the_journal_keeps_of_it(desk: Desk) -> None:
    gate = desk.gate(*build_rules({}))
    decision = gate.check(sell("123", confidence=0.1), desk.state)
    kept = msgspec.json.decode(msgspec.json.encode(decision), type=RiskDecision)

    assert findings(kept, gate.limits()) == findings(decision, gate.limits())


def test_the_limits_of_its_day_are_stated_and_not_those_of_today(desk: Desk) -> None:
    then = desk.gate(*build_rules({"max_position": {"limit": "0.01"}, "order_rate": {"limit": 120, "burst": 1}}))
    decision = then.check(buy("11"), desk.state)

    texts = {finding.rule: finding.text for finding in findings(decision, then.limits())}

    assert texts["max_position"] == "position 1.10% of equity is more than 1.00%"
    assert texts["order_rate"] == "orders within 0.5s: 1 of at most 1"


def test_a_rule_that_was_not_asked_says_that_it_does_not_apply(desk: Desk) -> None:
    desk.hold(buy("10"))
    gate = desk.gate(*build_rules({}))

    found = {finding.rule: finding for finding in findings(gate.check(sell("10"), desk.state), gate.limits())}

    assert (found["max_position"].verdict, found["max_position"].text) == (Verdict.PASS, "does not apply")
    assert found["increments"].text == "whole lots and ticks"


def test_what_failed_beside_the_rules_is_said(desk: Desk) -> None:
    gate = desk.gate(*build_rules({}))
    alone = gate.check(buy("10"), desk.state)
    grouped = msgspec.structs.replace(alone, verdict=Verdict.DENY, failed=(GROUP,))

    assert findings(grouped, gate.limits())[-1].text == "another leg of the group was denied"
    assert findings(desk.gate().check(buy(), desk.state), ())[0].text == "there are no rules, so nothing passes"


def test_a_row_of_a_rule_that_no_longer_exists_keeps_its_numbers(desk: Desk) -> None:
    gate = desk.gate(*build_rules({}))
    decision = gate.check(buy("10"), desk.state)
    rows = tuple(msgspec.structs.replace(row, rule=f"old_{row.rule}") for row in gate.limits())

    found = findings(decision, rows)

    assert [finding.observed for finding in found] == list(decision.observed)
    assert {finding.text for finding in found} == {"no longer a rule of ours"}


def test_another_limits_table_is_refused(desk: Desk) -> None:
    gate = desk.gate(*build_rules({}))

    with pytest.raises(ValueError, match="zip"):
        findings(gate.check(buy("10"), desk.state), gate.limits()[1:])
