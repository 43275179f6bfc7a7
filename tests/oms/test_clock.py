"""Engine time stands still until an event moves it, and never goes back."""

from oms.clock import SimClock


def test_simulated_time_moves_with_the_events_and_never_back() -> None:
    clock = SimClock(100)
    seen = [clock.now()]
    for ts in (150, 120, 151):
        clock.move_to(ts)
        seen.append(clock.now())

    assert seen == [100, 150, 150, 151]
