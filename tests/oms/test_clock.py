"""Engine time never goes back: neither where events move it nor where it passes by itself."""

from oms.clock import LiveClock, SimClock


def test_simulated_time_moves_with_the_events_and_never_back() -> None:
    clock = SimClock(100)
    seen = [clock.now()]
    for ts in (150, 120, 151):
        clock.hear(ts)
        seen.append(clock.now())

    assert seen == [100, 150, 150, 151]


def test_live_time_is_the_walls_and_stands_while_the_wall_is_set_back() -> None:
    wall = iter([100, 150, 120, 149, 151])
    clock = LiveClock(lambda: next(wall))

    assert [clock.now() for _ in range(4)] == [150, 150, 150, 151]


def test_live_time_does_not_believe_what_an_event_says() -> None:
    clock = LiveClock(lambda: 100)
    clock.hear(10_000)

    assert clock.now() == 100
