"""A venue that takes the call and shows no books is away like any other, and why is said to whoever waits for it."""

import asyncio

import pytest

from oms.domain.account import AccountSnapshot
from tests.cockpit.test_live_link import links
from tests.doubles.venue.stage import Stage, a_venue, play, trading


def test_resuming_fails_with_the_reason_while_a_link_that_stands_shows_no_books() -> None:
    async def main() -> None:
        venue = a_venue()
        async with trading(venue) as stage:
            await stage.up()
            connect = stage.broker.connect
            looks: list[float] = []

            async def connect_and_show_nothing() -> AccountSnapshot:
                await connect()
                looks.append(asyncio.get_running_loop().time())
                if len(looks) == 1:  # the link itself comes back
                    return await connect()
                raise ConnectionError("no books today")

            stage.broker.connect = connect_and_show_nothing  # type: ignore[method-assign]
            venue.cut()
            await stage.until(lambda: links(stage)[-1] == "no books today")
            await asyncio.sleep(60)  # looks are eight seconds apart by now
            began = asyncio.get_running_loop().time()
            with pytest.raises(ConnectionError, match="no books today"):
                await asyncio.wait_for(stage.session.resume("test"), 120)
            assert asyncio.get_running_loop().time() - began < 1

            stage.broker.connect = connect  # type: ignore[method-assign]
            began = asyncio.get_running_loop().time()
            await stage.session.resume("test")
            assert asyncio.get_running_loop().time() - began < 1
            assert links(stage)[-1] == "up"

    play(main())


def test_a_venue_that_takes_the_call_and_says_nothing_is_a_reason_that_is_shown() -> None:
    async def main() -> None:
        venue = a_venue()
        async with trading(venue) as stage:
            await stage.up()
            stage.broker.connect = asyncio.Event().wait  # type: ignore[assignment, method-assign]
            venue.cut()
            await stage.until(lambda: "said nothing" in links(stage)[-1])
            with pytest.raises(ConnectionError, match="said nothing"):
                await asyncio.wait_for(stage.session.resume("test"), 120)

    play(main())


def test_a_venue_that_says_nothing_while_the_books_are_compared_is_a_reason_that_is_shown() -> None:
    async def main() -> None:
        venue = a_venue()
        async with trading(venue) as stage:
            await stage.up()
            connect = stage.broker.connect
            calls: list[None] = []

            async def connect_once() -> AccountSnapshot:
                calls.append(None)
                if len(calls) > 1:
                    await asyncio.Event().wait()
                return await connect()

            stage.broker.connect = connect_once  # type: ignore[method-assign]
            venue.cut()
            await stage.until(lambda: "said nothing" in links(stage)[-1])

    play(main())


def test_a_start_at_a_venue_that_says_nothing_is_refused() -> None:
    async def main() -> None:
        stage = Stage(a_venue())
        stage.broker.connect = asyncio.Event().wait  # type: ignore[assignment, method-assign]
        with pytest.raises(ConnectionError, match="said nothing"):
            await asyncio.wait_for(stage.session.start(), 120)

    play(main())
