"""When recorded time passes, and that nobody is kept waiting by it."""

import asyncio
from itertools import pairwise

from oms.domain import commands as do
from oms.domain.units import SECOND
from oms.lanes import Asked
from oms.pace import Tempo
from tests.doubles.virtual_time import in_virtual_time, virtual_loop
from tests.oms.entrance import Entrance, instants
from tests.oms.examples import INSTRUMENTS, START, quote, ticket

TICKET = do.SubmitTicket(actor="ann", ticket=ticket())
HALT = do.HaltTrading(actor="ann", reason="enough")


def test_recorded_instants_pass_at_the_pace_asked_for() -> None:
    entrance = Entrance(instants(4), rate=2)
    entrance.play()

    assert entrance.times() == [0.5, 1.0, 1.5, 2.0]


def test_data_of_one_instant_come_together() -> None:
    data = [quote("150", instrument=instrument, ts=START + n) for n in range(2) for instrument in INSTRUMENTS]
    entrance = Entrance(data, rate=1)
    entrance.play()

    assert entrance.times() == [1.0, 1.0, 2.0, 2.0]


def test_without_a_pace_nothing_is_waited_for() -> None:
    entrance = Entrance(instants(50))
    entrance.play()

    assert entrance.times() == [0.0] * 50


def test_work_does_not_make_the_tape_drift() -> None:
    entrance = Entrance(instants(5), rate=2)

    async def main() -> None:
        async def end() -> None:
            await entrance.inbox.feed_ended.wait()
            entrance.inbox.close()

        ending = asyncio.create_task(end())
        await entrance.run(lambda _batch: virtual_loop().pass_time(0.2))
        await ending

    in_virtual_time(main())

    assert entrance.times() == [0.5, 1.0, 1.5, 2.0, 2.5]


def test_a_machine_that_was_too_slow_does_not_catch_up_in_a_burst() -> None:
    entrance = Entrance(instants(6), rate=2)
    slow = {1: 5.0}

    async def main() -> None:
        async def end() -> None:
            await entrance.inbox.feed_ended.wait()
            entrance.inbox.close()

        ending = asyncio.create_task(end())
        await entrance.run(lambda _batch: virtual_loop().pass_time(slow.get(len(entrance.seen), 0.0)))
        await ending

    in_virtual_time(main())
    times = entrance.times()

    assert times[0] == 0.5
    assert sum(at < 6.0 for at in times[1:]) <= 2
    assert [later - earlier for earlier, later in pairwise(times[2:])] == [0.5] * 3


def test_a_pause_holds_the_tape_and_no_command() -> None:
    entrance = Entrance(instants(3), rate=1)
    seen = entrance.play(
        (1.5, lambda: entrance.pace.pause(paused=True)),
        (50, lambda: entrance.inbox.put(TICKET)),
        (60, lambda: entrance.pace.pause(paused=False)),
    )

    assert entrance.times()[0] == 1.0
    assert min(entrance.times()[1:]) >= 60
    assert (50.0, [TICKET]) in seen


def test_a_faster_pace_ends_a_long_wait_and_full_speed_at_once() -> None:
    entrance = Entrance(instants(4), rate=0.001)
    entrance.play((10, lambda: entrance.pace.set(Tempo(per_instant=0.5))), (11.2, lambda: entrance.pace.set(None)))

    assert entrance.times() == [10.5, 11.0, 11.2, 11.2]


def test_a_command_is_taken_at_once_while_the_tape_waits_and_does_not_hurry_it() -> None:
    entrance = Entrance(instants(2), rate=0.1)
    seen = entrance.play((3, lambda: entrance.inbox.put(TICKET)), (4, lambda: entrance.inbox.put(HALT)))

    assert (3.0, [TICKET]) in seen
    assert (4.0, [HALT]) in seen
    assert entrance.times() == [10.0, 20.0]


def test_the_loop_does_not_go_round_while_nothing_happens() -> None:
    """A task that spins holds the interpreter, and a commit in another thread waits for it."""
    entrance = Entrance(instants(1), rate=0.01)
    turns: list[int] = []
    entrance.play(
        (1, lambda: turns.append(virtual_loop().waits)), (99, lambda: turns.append(virtual_loop().waits)), until=101
    )

    assert turns[1] - turns[0] < 10


def test_data_as_fast_as_it_goes_leave_the_loop_to_others_now_and_then() -> None:
    entrance = Entrance(instants(100))
    others: list[int] = []

    async def other() -> None:
        while not entrance.inbox.closed:
            others.append(len(entrance.seen))
            await asyncio.sleep(0)

    def work(_batch: list[Asked]) -> None:
        virtual_loop().pass_time(0.001)
        if len(entrance.seen) == 100:
            entrance.inbox.close()

    async def main() -> None:
        others_task = asyncio.create_task(other())
        await entrance.run(work)
        await others_task

    in_virtual_time(main())

    assert 10 < len(others) < 60


def test_by_recorded_time_a_night_is_a_night() -> None:
    hour = 3_600 * SECOND
    entrance = Entrance([quote("150", ts=START + at * hour) for at in (0, 1, 2, 18, 19)])
    entrance.pace.set(Tempo(per_recorded_sec=1 / 3_600))
    entrance.play()

    assert entrance.times() == [0.0, 1.0, 2.0, 18.0, 19.0]
    assert entrance.pace.lasts == 1.0


def test_twice_the_recorded_speed_shortens_the_night_at_hand() -> None:
    hour = 3_600 * SECOND
    entrance = Entrance([quote("150", ts=START + at * hour) for at in (0, 16, 17)])
    entrance.pace.set(Tempo(per_recorded_sec=1 / 3_600))
    entrance.play((2, lambda: entrance.pace.set(Tempo(per_recorded_sec=0.5 / 3_600))))

    assert entrance.times() == [0.0, 10.0, 10.5]
