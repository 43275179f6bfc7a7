"""The loop's pulse, felt while the loop is held."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from cockpit.estop import pulse as pulses
from cockpit.estop.pulse import ASLEEP_SECS, SILENT_SECS, Pulse
from tests.cockpit.estop.watched import Watched


async def test_a_loop_that_turns_is_never_silent_and_one_that_is_held_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulses, "BEAT_SECS", 0.001)
    pulse = Pulse()
    pulse.begin()
    held_at = time.monotonic()
    pulse.silence(held_at)

    for beyond in (0.5, 1.0, 1.5, SILENT_SECS - 0.1):
        assert not pulse.silence(held_at + beyond)
    assert pulse.silence(held_at + SILENT_SECS + 0.1) == pytest.approx(SILENT_SECS + 0.1, abs=0.05)
    assert not pulse.has_turned_since(held_at)
    async with asyncio.timeout(5):
        while not pulse.has_turned_since(held_at):  # noqa: ASYNC110 - a beat sets nothing to wait for
            await asyncio.sleep(0.001)
    pulse.end()

    assert not pulse.silence(time.monotonic())


async def test_a_process_that_slept_as_a_whole_was_not_silent() -> None:
    pulse = Pulse()
    pulse.begin()
    now = time.monotonic()
    pulse.silence(now)

    assert not pulse.silence(now + 3_600)
    assert not pulse.silence(now + 3_600 + ASLEEP_SECS)
    pulse.end()


async def test_nobody_is_named_where_no_strategy_holds_the_loop() -> None:
    pulse = Pulse()
    pulse.begin()
    named: list[str] = []
    other = threading.Thread(target=lambda: named.append(pulse.busy_with()))
    other.start()
    other.join(5)
    pulse.end()

    assert named == [""]


async def test_the_watcher_tells_of_a_held_loop_once_a_second_and_of_a_turning_one_never(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulses, "SILENT_SECS", 0.3)
    told: list[tuple[float, str]] = []
    watched.doors.watcher.silence.tell(lambda secs, whose: told.append((secs, whose)), lambda: None)

    hold(lambda: bool(told))
    await watched.until(lambda: watched.doors.watcher.silence.pulse.has_turned_since(time.monotonic() - 0.01))
    ((secs, whose),) = told

    assert secs >= 0.3
    assert whose == ""


def hold(true: Callable[[], bool]) -> None:
    """Keep the loop from turning, in Python, until something holds."""
    until = time.monotonic() + 5
    while not true():
        assert time.monotonic() < until, "it never came true"
