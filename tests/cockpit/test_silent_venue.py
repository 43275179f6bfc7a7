"""A venue that takes the call and shows no books is away like any other, and why is said to whoever waits for it."""

import asyncio

import pytest

from oms.domain.account import AccountSnapshot
from tests.doubles.venue.stage import Stage, a_venue, play, play_linked


def test_resuming_fails_with_the_reason_while_a_link_that_stands_shows_no_books() -> None:
    async def story(stage: Stage) -> None:
        connect = stage.broker.connect
        looks: list[float] = []

        async def connect_and_show_nothing() -> AccountSnapshot:
            await connect()
            looks.append(asyncio.get_running_loop().time())
            if len(looks) == 1:  # the link itself comes back
                return await connect()
            raise ConnectionError("no books today")

        stage.broker.connect = connect_and_show_nothing  # type: ignore[method-assign]
        stage.venue.cut()
        await stage.until(lambda: stage.links()[-1] == "no books today")
        await asyncio.sleep(60)  # looks are eight seconds apart by now
        began = asyncio.get_running_loop().time()
        with pytest.raises(ConnectionError, match="no books today"):
            await asyncio.wait_for(stage.session.switch.resume("test"), 120)
        assert asyncio.get_running_loop().time() - began < 1

        stage.broker.connect = connect  # type: ignore[method-assign]
        began = asyncio.get_running_loop().time()
        await stage.session.switch.resume("test")
        assert asyncio.get_running_loop().time() - began < 1
        assert stage.links()[-1] == "up"

    play_linked(story)


def test_a_venue_that_takes_the_call_and_says_nothing_is_a_reason_that_is_shown() -> None:
    async def story(stage: Stage) -> None:
        stage.broker.connect = asyncio.Event().wait  # type: ignore[assignment, method-assign]
        stage.venue.cut()
        await stage.until(lambda: "said nothing" in stage.links()[-1])
        with pytest.raises(ConnectionError, match="said nothing"):
            await asyncio.wait_for(stage.session.switch.resume("test"), 120)

    play_linked(story)


def test_a_venue_that_says_nothing_while_the_books_are_compared_is_a_reason_that_is_shown() -> None:
    async def story(stage: Stage) -> None:
        connect = stage.broker.connect
        calls: list[None] = []

        async def connect_once() -> AccountSnapshot:
            calls.append(None)
            if len(calls) > 1:
                await asyncio.Event().wait()
            return await connect()

        stage.broker.connect = connect_once  # type: ignore[method-assign]
        stage.venue.cut()
        await stage.until(lambda: "said nothing" in stage.links()[-1])

    play_linked(story)


def test_a_start_at_a_venue_that_says_nothing_is_refused() -> None:
    async def main() -> None:
        stage = Stage(a_venue())
        stage.broker.connect = asyncio.Event().wait  # type: ignore[assignment, method-assign]
        with pytest.raises(ConnectionError, match="said nothing"):
            await asyncio.wait_for(stage.session.start(), 120)

    play(main())
