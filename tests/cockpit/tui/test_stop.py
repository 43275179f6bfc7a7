"""The stop gesture, with thousands of simulated hands."""

import random
from collections.abc import Sequence

import pytest

from cockpit.tui.stop import DEAF_SECS, QUIET_SECS, WINDOW_SECS, Answer, StopGesture

HANDS = 2_000


def one_hand() -> random.Random:
    """The same movements in every run."""
    return random.Random(7)  # noqa: S311 - a hand, not a secret


def fired_at(presses: Sequence[float]) -> float | None:
    """When the gesture fires, if it is asked exactly when it wants to be."""
    gesture = StopGesture()
    for place, press in enumerate(presses):
        gesture.press(press)
        following = presses[place + 1] if place + 1 < len(presses) else float("inf")
        while (due := gesture.due) is not None and due < following:
            if gesture.settle(due) is Answer.FIRE:
                return due
            if gesture.due == due:
                gesture.settle(due + 0.001)
    return None


def test_one_press_arms_and_never_fires() -> None:
    gesture = StopGesture()
    gesture.press(10.0)

    assert gesture.settle(10.0) is Answer.ARMED
    assert gesture.settle(10.0 + WINDOW_SECS - 0.01) is Answer.ARMED
    assert gesture.settle(10.0 + WINDOW_SECS + 0.01) is Answer.DISARMED
    assert not gesture.is_armed
    assert gesture.due is None


@pytest.mark.parametrize("gap", [0.02, 0.079, 0.08, 0.2, 0.5, 0.85, 0.89])
def test_two_presses_fire_within_a_second(gap: float) -> None:
    fired = fired_at([10.0, 10.0 + gap])

    assert fired is not None
    assert fired - 10.0 <= WINDOW_SECS + QUIET_SECS


def test_two_presses_too_far_apart_do_not_fire() -> None:
    assert fired_at([10.0, 10.0 + WINDOW_SECS + 0.05]) is None


def test_two_slow_presses_then_a_third_fire() -> None:
    assert fired_at([10.0, 11.5, 12.0]) is not None


def test_nothing_fires_before_it_is_quiet() -> None:
    gesture = StopGesture()
    gesture.press(10.0)
    gesture.press(10.05)

    assert gesture.settle(10.05 + QUIET_SECS - 0.001) is Answer.ARMED
    assert gesture.settle(10.05 + QUIET_SECS) is Answer.FIRE
    assert gesture.settle(10.05 + QUIET_SECS + 0.001) is Answer.DISARMED


def test_another_key_disarms() -> None:
    gesture = StopGesture()
    gesture.press(10.0)
    gesture.settle(10.1)
    gesture.disarm()
    gesture.press(10.3)

    assert gesture.settle(10.4) is Answer.ARMED


def test_a_burst_is_an_accident_and_deafens_for_a_moment() -> None:
    gesture = StopGesture()
    for press in (10.0, 10.001, 10.002):
        gesture.press(press)
    gesture.press(10.3)

    assert not gesture.is_armed
    assert gesture.settle(10.4) is Answer.DISARMED
    gesture.press(10.002 + DEAF_SECS)
    assert gesture.is_armed


def test_a_burst_after_an_armed_press_disarms() -> None:
    assert fired_at([10.0, 10.5, 10.53, 10.56]) is None


def test_a_late_loop_still_sees_two_runs() -> None:
    """The loop was busy and settles nothing between the presses: what counts is when they arrived."""
    gesture = StopGesture()
    gesture.press(10.0)
    gesture.press(10.3)

    assert gesture.settle(11.5) is Answer.FIRE


@pytest.mark.parametrize(("jitter", "least"), [(0.0, 1.0), (0.02, 1.0), (0.06, 0.995), (0.15, 0.97)])
def test_deliberate_double_presses_fire_whatever_the_line_does(jitter: float, least: float) -> None:
    hand = one_hand()
    fired = 0
    for _ in range(HANDS):
        gap = hand.uniform(0.12, 0.35)
        late = [hand.expovariate(1 / jitter) if jitter else 0.0 for _ in range(2)]
        fired += fired_at(sorted([10 + late[0], 10 + gap + late[1]])) is not None

    assert fired / HANDS >= least


def test_held_keys_rarely_fire() -> None:
    """The keyboard repeats after a quarter to half a second, thirty times a second; the line is calm."""
    hand = one_hand()
    fired = 0
    for _ in range(HANDS):
        delay, held = hand.uniform(0.25, 0.5), hand.uniform(0.05, 2.5)
        presses = [0.0, *(delay + n / 30 for n in range(100) if delay + n / 30 < held)]
        fired += fired_at(presses) is not None

    assert fired / HANDS <= 0.03


def test_panic_mashing_fires() -> None:
    hand = one_hand()
    fired = 0
    for _ in range(HANDS):
        at, presses = 0.0, []
        for _ in range(12):
            at += hand.uniform(0.06, 0.18)
            presses.append(at)
        fired += fired_at(presses) is not None

    assert fired / HANDS >= 0.97


def test_a_single_press_never_fires_on_any_line() -> None:
    hand = one_hand()

    assert not any(fired_at([hand.expovariate(5)]) is not None for _ in range(HANDS))
