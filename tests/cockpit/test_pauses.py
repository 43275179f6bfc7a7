"""Pauses that grow while a link goes and comes, and that nobody has to wait for."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from cockpit.pauses import STEADY_SECS, Pauses
from tests.doubles.venue.stage import play


async def taken(pauses: Pauses) -> float:
    """Return how long the next pause was, in virtual seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await pauses.longer()
    return round(loop.time() - began, 1)


@pytest.mark.parametrize(
    ("chance", "secs"), [(1.0, [1, 2, 4, 8, 16, 30, 30]), (0.0, [0.5, 1, 2, 4, 8, 15, 15])], ids=["latest", "earliest"]
)
def test_each_is_twice_the_last_up_to_a_bound_and_chance_takes_off_half_at_most(
    chance: float, secs: list[float]
) -> None:
    async def story() -> list[float]:
        pauses = Pauses(lambda: chance)
        return [await taken(pauses) for _ in secs]

    assert play(story()) == secs


@pytest.mark.parametrize(("stood", "next_secs"), [(STEADY_SECS - 1, 8), (STEADY_SECS, 1)])
def test_they_begin_anew_only_where_the_link_has_stood_for_a_while(stood: float, next_secs: float) -> None:
    async def story() -> float:
        pauses = Pauses(lambda: 1.0)
        for _ in range(3):
            await taken(pauses)
        pauses.stood(stood)
        return await taken(pauses)

    assert play(story()) == next_secs


def cut(wait: Callable[[Pauses], Coroutine[Any, Any, None]], after: float) -> float:
    """Return how long a pause lasts that somebody cuts short so many seconds after it began."""

    async def story() -> float:
        loop, pauses = asyncio.get_running_loop(), Pauses(lambda: 1.0)
        pauses.cut_short()  # of a pause that was over; it shortens none that comes
        loop.call_later(after, pauses.cut_short)
        began = loop.time()
        await wait(pauses)
        return round(loop.time() - began, 1)

    return play(story())


def test_who_is_impatient_ends_the_one_that_runs_and_none_that_comes() -> None:
    assert cut(lambda pauses: pauses.wait(20.0), after=3.0) == 3.0
    assert cut(lambda pauses: pauses.longer(), after=0.5) == 0.5
