"""A connection over which nothing comes any more counts as gone, whoever is at its other end."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from oms.domain.capabilities import Capabilities
from oms.domain.order import OrderStatus
from oms.domain.risk import TradingState
from tests.doubles.venue.listed import WIRE
from tests.doubles.venue.stage import Stage, a_venue, play_quoted

SILENT = "the venue has said nothing for 5 s"


def listen(story: Callable[[Stage], Awaitable[None]], beat_secs: float | None = 1) -> None:
    """Play a story over a link that is up, to a venue that promises a sign of life so often and has shown prices."""
    play_quoted(story, a_venue(beat_secs))


def test_a_link_that_stands_and_says_nothing_is_disconnected_and_opened_anew() -> None:
    """B-07: the requests are answered as ever, and what happens is no longer told."""

    async def story(stage: Stage) -> None:
        stage.venue.mute = True
        fell_silent = asyncio.get_running_loop().time()
        await stage.down()

        assert stage.state.runs.links == {WIRE: SILENT}, "which is what the screen shows"
        assert 4 <= asyncio.get_running_loop().time() - fell_silent <= 5.2
        before = stage.venue.connects
        stage.venue.mute = False
        await stage.up()
        assert stage.venue.connects == before + 1
        assert stage.state.trading.state is TradingState.ACTIVE

    listen(story)


def test_a_silent_link_that_ends_with_an_error_is_opened_anew_like_any_other() -> None:
    async def story(stage: Stage) -> None:
        close = stage.broker.close

        async def close_and_fail() -> None:
            await close()
            raise RuntimeError("reset by peer")

        stage.broker.close = close_and_fail  # type: ignore[method-assign]
        stage.venue.mute = True
        await stage.until(lambda: stage.links()[-1] == SILENT)
        before = stage.venue.connects
        stage.venue.mute = False
        await stage.up()
        stage.broker.close = close  # type: ignore[method-assign]

        assert stage.venue.connects == before + 1
        assert stage.state.trading.state is TradingState.ACTIVE

    listen(story)


def test_what_was_filled_while_nothing_was_told_is_counted_once_the_link_is_opened_anew() -> None:
    async def story(stage: Stage) -> None:
        order_id = await stage.submit(1, limit="9.90")
        await asyncio.sleep(1)
        stage.venue.mute = True
        stage.venue.show("ABC", 980, 981)
        await stage.until(lambda: stage.links()[-1] == SILENT)
        stage.venue.mute = False
        await stage.up()

        assert stage.status(order_id) is OrderStatus.FILLED
        assert stage.differences() == []

    listen(story)


def test_nothing_leaves_between_the_hanging_up_and_the_comparing_of_the_books() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.mute = True
        await stage.until(lambda: stage.links()[-1] == SILENT)
        order_id = await stage.submit(1, limit="9.90")
        stage.venue.mute = False
        await stage.up()

        assert stage.status(order_id) is OrderStatus.CANCELED
        assert "new" not in stage.venue.verdict().requests

    listen(story)


def test_a_venue_that_stays_silent_is_called_less_and_less_often() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.mute = True
        await asyncio.sleep(600)

        assert 5 <= stage.venue.connects <= 40
        assert SILENT in stage.links()

    listen(story)


@pytest.mark.parametrize("beats", [True, False])
def test_heartbeats_alone_keep_a_link_and_so_does_anything_else_that_is_said(beats: bool) -> None:
    async def story(stage: Stage) -> None:
        if not beats:
            stage.venue.beat_secs = None
        for cents in range(100):
            await asyncio.sleep(4)
            if not beats:
                stage.venue.show("ABC", 1_000 + cents, 1_001 + cents)

        assert stage.links()[1:] == ["up"]
        assert stage.venue.connects == 1

    listen(story)


def test_a_venue_that_sends_one_heartbeat_a_minute_is_given_three_minutes() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(300)
        assert stage.links()[-1] == "up"

        stage.venue.mute = True
        fell_silent = asyncio.get_running_loop().time()
        await stage.down()
        assert stage.links()[-1] == "the venue has said nothing for 180 s"
        assert 119 <= asyncio.get_running_loop().time() - fell_silent <= 181

    listen(story, beat_secs=60)


def test_the_silence_of_a_venue_that_promises_no_heartbeat_is_not_held_against_it() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(3_600)

        assert stage.links()[-1] == "up"
        assert stage.venue.connects == 1

    listen(story, beat_secs=None)


@pytest.mark.parametrize("secs", [0, -1, float("nan")])
def test_a_heartbeat_that_takes_no_time_is_refused(secs: float) -> None:
    with pytest.raises(ValueError, match="heartbeat_secs must be positive"):
        Capabilities(heartbeat_secs=secs)
