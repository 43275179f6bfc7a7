"""One decision of what all rules say, whether or not one of them fails on the way."""

from decimal import Decimal
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from oms.domain.risk import Judges, RuleFault, SharedFacts, Verdict
from risk.catalog import RULES, build_rules
from risk.facts import Facts
from risk.rule import Judgment, RiskRule
from risk.rulebook import REDUCE_ONLY, Rulebook
from tests.risk.desk import Desk, buy, sell
from tests.risk.drawn import desks, quantities, sides

CATALOG = build_rules({})


class Failing(RiskRule, frozen=True, kw_only=True):
    """A rule with an error in it, for what opens."""

    name: ClassVar[str] = "failing"

    def check(self, facts: Facts) -> Judgment:  # noqa: ARG002
        raise ZeroDivisionError


class FailingAlways(Failing, frozen=True, kw_only=True):
    """The same for every ticket."""

    name: ClassVar[str] = "failing_always"
    judges: ClassVar[Judges] = Judges.ALL


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_a_rule_says_is_the_same_beside_one_that_fails(data: st.DataObject) -> None:
    desk = data.draw(desks())
    quantity = data.draw(quantities.map(str) | st.sampled_from(["0", "-5", "0.5", "NaN"]))
    limit, reduce_only = data.draw(st.sampled_from([None, "55.55", "0"])), data.draw(st.booleans())
    facts = desk.facts(data.draw(sides)(quantity, limit=limit, reduce_only=reduce_only))

    alone = Rulebook(CATALOG).decide(facts)
    beside = Rulebook((*CATALOG, FailingAlways())).decide(facts)

    assert alone.verdict is (Verdict.DENY if alone.failed else Verdict.PASS)
    assert beside.verdict is Verdict.DENY
    assert beside.observed == (*alone.observed, None)
    assert sorted(beside.failed) == sorted((*alone.failed, "failing_always"))
    assert beside.faulted == (RuleFault(rule="failing_always", error="ZeroDivisionError"),)


class Sharing(RiskRule, frozen=True, kw_only=True):
    """A rule that has something to add to what a decision carries, and denies what is worth more than its limit."""

    name: ClassVar[str] = "sharing"
    limit: Decimal

    def check(self, facts: Facts) -> Judgment:
        return Judgment(facts.ticket.quantity, facts.ticket.quantity <= self.limit)

    def share(self, facts: Facts, shared: SharedFacts) -> SharedFacts:  # noqa: ARG002
        return replace(shared, collar_px=self.limit)


@pytest.mark.parametrize(("limit", "carried"), [(5, Decimal(5)), (10, None)])
def test_what_a_rule_adds_is_carried_where_it_denies_and_not_where_another_one_does(
    desk: Desk, limit: int, carried: Decimal | None
) -> None:
    book = Rulebook((Sharing(limit=Decimal(limit)), FailingAlways()))

    assert book.decide(desk.facts(buy("10"))).facts.collar_px == carried


def test_a_rule_for_what_opens_is_not_asked_about_a_ticket_that_only_reduces(desk: Desk) -> None:
    desk.hold(buy("10"))
    book = Rulebook((*CATALOG, Failing()))

    reducing, opening = book.decide(desk.facts(sell("10"))), book.decide(desk.facts(sell("11")))

    observed = dict(zip([*RULES, "failing"], reducing.observed, strict=True))
    assert (reducing.verdict, reducing.faulted) == (Verdict.PASS, ())
    assert {name for name, number in observed.items() if number is not None} == {
        *("trading_state", "sane_numbers", "increments", "stop_validity", "instrument_known", "crossed_market")
    }
    assert "failing" in opening.failed


def test_a_ticket_that_no_rule_denies_still_may_not_open_where_it_is_to_reduce_only(desk: Desk) -> None:
    book = Rulebook(CATALOG)

    assert book.decide(desk.facts(buy("10"))).verdict is Verdict.PASS
    denied = book.decide(desk.facts(buy("10", reduce_only=True)))
    assert (denied.verdict, denied.failed) == (Verdict.DENY, (REDUCE_ONLY,))
