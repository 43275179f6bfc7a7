"""Numbers that are none, or that nobody means."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.units import ZERO
from risk.catalog import build_rules
from risk.rule import Judgment
from risk.rules.sane_numbers import SaneNumbers
from tests.risk.desk import Desk, buy

RULE = SaneNumbers()


@pytest.mark.parametrize("quantity", ["1E-12", "1", "1E+12"])
def test_a_believable_quantity_passes(desk: Desk, quantity: str) -> None:
    assert RULE.check(desk.facts(buy(quantity))).passed


@pytest.mark.parametrize(
    "quantity",
    [
        *("0", "-1", "NaN", "sNaN", "Infinity", "-Infinity"),
        *("9E-13", "1.0000000000001", "1000000000001", "1E+999999", "1E-999999"),
    ],
)
def test_any_other_quantity_is_denied(desk: Desk, quantity: str) -> None:
    judged = RULE.check(desk.facts(buy(quantity)))

    assert judged == Judgment(Decimal(1), False)


@pytest.mark.parametrize("asked", ["protect_px", "target_px"])
def test_a_stop_that_trails_has_no_use_for_the_price_of_a_leg(desk: Desk, asked: str) -> None:
    """It would be dropped without a word, and the position have no stop."""
    trails = replace(buy(stop="105"), trail_by=Decimal(5))
    assert RULE.check(desk.facts(trails)).passed

    assert RULE.check(desk.facts(replace(trails, **{asked: Decimal(95)}))) == Judgment(Decimal(1), False)
    plain = replace(buy(stop="105"), **{asked: Decimal(95)})
    assert RULE.check(desk.facts(plain)).passed


@pytest.mark.parametrize("limit", ["0", "-0.01", "NaN", "Infinity"])
def test_a_limit_price_is_held_to_the_same(desk: Desk, limit: str) -> None:
    facts = desk.facts(buy(limit=limit))

    assert not RULE.check(facts).passed
    assert RULE.headroom(facts) == ZERO


def test_a_limit_order_without_its_price_is_denied(desk: Desk) -> None:
    wish = replace(buy(limit="100"), limit_px=None)

    assert not RULE.check(desk.facts(wish)).passed


def test_both_numbers_are_counted(desk: Desk) -> None:
    judged = RULE.check(desk.facts(buy("NaN", limit="-1")))

    assert judged.observed == 2


def test_the_whole_gate_takes_strange_numbers_without_an_error(desk: Desk) -> None:
    for quantity in ("NaN", "sNaN", "-Infinity", "1E+999999"):
        decision = desk.gate(*build_rules({})).check(buy(quantity, limit="sNaN"), desk.state)

        assert "sane_numbers" in decision.failed
        assert all(value is None or Decimal(value).is_finite() for value in decision.observed)
