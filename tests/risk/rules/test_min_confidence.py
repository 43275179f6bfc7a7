"""Confidence at the limit and beside it."""

from math import inf, nan, nextafter

import pytest

from risk.rule import Judgment
from risk.rules.min_confidence import MinConfidence
from tests.risk.desk import Desk, buy

RULE = MinConfidence()


@pytest.mark.parametrize(
    ("confidence", "passed"),
    [(0.6, True), (nextafter(0.6, 0.0), False), (nextafter(0.6, 1.0), True), (0.0, False), (1.0, True)],
)
def test_six_tenths_is_enough_and_the_next_float_below_is_not(desk: Desk, confidence: float, passed: bool) -> None:
    judged = RULE.check(desk.facts(buy(confidence=confidence)))

    assert judged.passed is passed
    assert judged.observed is not None


@pytest.mark.parametrize("confidence", [nan, inf, -inf, -0.1, 1.1])
def test_what_is_no_confidence_cannot_be_judged(desk: Desk, confidence: float) -> None:
    judged = RULE.check(desk.facts(buy(confidence=confidence)))

    assert judged == Judgment(None, False)


def test_a_hand_written_ticket_carries_none_and_passes(desk: Desk) -> None:
    assert RULE.check(desk.facts(buy())).passed
