"""Engine time stands still until an event moves it, and never goes back."""

import time

from oms.clock import LiveClock, SimClock


def test_simulated_time_moves_with_the_events_and_never_back() -> None:
    clock = SimClock(100)
    seen = [clock.now()]
    for ts in (150, 120, 151):
        clock.move_to(ts)
        seen.append(clock.now())

    assert seen == [100, 150, 150, 151]


def test_live_time_is_the_wall_clock_in_utc_nanoseconds() -> None:
    before = time.time_ns()
    now = LiveClock().now()

    assert before <= now <= time.time_ns()
