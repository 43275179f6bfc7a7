"""At a venue that fails, no order is sent twice, none stays open, and both books are equal to the last digit.

The campaign of a thousand orders and a hundred thousand fills is `python bench/lost_answers.py`.
"""

from collections import Counter

import pytest

from oms.domain.order import CLOSED, OrderStatus
from tests.doubles.venue.campaign import A_FIFTH, ASKEW, CUT, Outcome, askew_fills, everything_at_once, lost_answers
from tests.doubles.venue.faults import AnswerFault
from tests.doubles.venue.stage import play

ORDERS, FILLS = 100, 5_000


def assert_clean(outcome: Outcome) -> None:
    assert outcome.differences == []
    assert (outcome.verdict.twin_attempts, outcome.verdict.resubmits) == (0, 0)
    assert {status for status in outcome.statuses if status not in CLOSED} == set()
    assert outcome.trading_state == "ACTIVE"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_fifth_of_all_answers_is_lost_and_every_order_is_resolved_within_a_minute(seed: int) -> None:
    outcome = play(lost_answers(ORDERS, seed))

    assert_clean(outcome)
    assert outcome.resolved_secs < 60
    assert len(outcome.verdict.faults) >= len(A_FIFTH) - 1  # nearly each kind of loss occurred
    assert outcome.unknown > 5
    assert outcome.statuses[OrderStatus.NOT_FOUND] > 0


@pytest.mark.parametrize("seed", [1, 2])
def test_everything_goes_wrong_at_once_and_what_was_under_way_is_found_again(seed: int) -> None:
    outcome = play(everything_at_once(5 * ORDERS, seed))

    assert_clean(outcome)
    assert outcome.verdict.faults[AnswerFault.CUT] >= 1
    assert outcome.losses > 1


def test_fills_told_again_late_and_in_another_order_are_counted_once_in_every_currency() -> None:
    outcome = play(askew_fills(FILLS, 1))

    assert_clean(outcome)
    assert outcome.fills == outcome.verdict.executions == FILLS
    assert set(outcome.verdict.faults) == set(ASKEW)
    assert sum(outcome.verdict.faults.values()) > FILLS / 2
    assert set(outcome.verdict.account.cash) == {"USD", "EUR", "BNB"}


def test_the_same_seed_has_the_same_faults() -> None:
    first, second = (play(lost_answers(ORDERS, 7)) for _ in range(2))

    assert Counter(first.verdict.faults) == Counter(second.verdict.faults)
    assert first.statuses == second.statuses


def test_the_campaign_is_as_hard_as_it_says() -> None:
    assert sum(A_FIFTH.values()) == pytest.approx(0.2)
    assert CUT > 0
