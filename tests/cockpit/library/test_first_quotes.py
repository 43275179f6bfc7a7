"""A script begins with prices where there are any, and does not wait for a market that is closed."""

import asyncio

from cockpit.library.playback import FIRST_QUOTES_SECS, Playback
from tests.doubles.venue.listed import TRADED, WIRE
from tests.doubles.venue.stage import Stage, a_venue, play, trading


async def seconds_to_open(stage: Stage) -> float:
    """Return how long a script waits for the first prices of a session."""
    playback, serving = Playback(stage.session), asyncio.create_task(asyncio.Event().wait())
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        await playback.play_first_quotes(serving)  # type: ignore[arg-type]
    finally:
        serving.cancel()
    assert not playback.playing
    return loop.time() - began


def test_a_live_market_that_shows_nothing_is_waited_for_no_longer_than_said() -> None:
    async def main() -> None:
        async with trading(a_venue()) as stage:
            await stage.up()
            assert await seconds_to_open(stage) == FIRST_QUOTES_SECS

    play(main())


def test_a_live_market_of_which_one_instrument_is_quoted_once_is_waited_for_no_longer_either() -> None:
    async def main() -> None:
        venue = a_venue()
        async with trading(venue) as stage:
            await stage.up()
            asyncio.get_running_loop().call_later(1, venue.show, "ABC", 1_000, 1_001)
            assert await seconds_to_open(stage) == FIRST_QUOTES_SECS

    play(main())


def test_a_link_that_is_only_coming_up_is_waited_for_like_a_price() -> None:
    """At a start the books are being compared, and until they agree the link counts as down."""

    async def main() -> None:
        venue = a_venue()
        async with trading(venue) as stage:
            for symbol in TRADED:
                asyncio.get_running_loop().call_later(1, venue.show, symbol, 1_000, 1_001)
            assert 1 <= await seconds_to_open(stage) < 2
            assert stage.state.runs.links == {WIRE: ""}

    play(main())


def test_prices_that_come_are_not_waited_for_any_longer() -> None:
    async def main() -> None:
        venue = a_venue()
        async with trading(venue) as stage:
            await stage.up()
            for symbol in TRADED:
                asyncio.get_running_loop().call_later(1, venue.show, symbol, 1_000, 1_001)
            assert 1 <= await seconds_to_open(stage) < 2

    play(main())
