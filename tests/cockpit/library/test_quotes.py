"""Prices for a script: the newest, those to come, and callbacks that stop nobody."""

import asyncio
import logging
from decimal import Decimal as D
from pathlib import Path

import pytest

from cockpit.library.errors import MarketDataError, RequestError
from cockpit.library.open_session import OpenSession
from oms.domain.ids import ClientOrderId
from oms.domain.market import Quote
from oms.domain.order import OrderStatus
from oms.domain.units import SECOND
from tests.doubles.scripts import scripted


async def test_the_newest_quote_is_there_as_soon_as_the_session_is_open(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        quote = await session.market.get_latest_quote("AAPL")

        assert (quote.instrument.symbol, quote.ts) == ("AAPL", session.state.ts)
        assert (quote.bid_px, quote.last_px, quote.ask_px) == (D("202.36"), D("202.38"), D("202.40"))
        assert quote.bid_size > 0
        assert quote.ask_size > 0


async def test_a_subscriber_is_called_for_every_quote_of_its_instrument_until_it_has_enough(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        seen: list[Quote] = []
        unsubscribe = await session.market.subscribe_to_quotes("IBM", seen.append)
        await session.run(bars=1)
        assert {quote.instrument.symbol for quote in seen} == {"IBM"}
        assert len(seen) == 15, "sixteen to a session, and the first was there before"
        assert seen[-1] == await session.market.get_latest_quote("IBM")

        unsubscribe()
        unsubscribe()
        await session.run(bars=1)
        assert len(seen) == 15


async def test_all_subscribers_share_one_feed(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        first: list[Quote] = []
        second: list[Quote] = []
        await session.market.subscribe_to_quotes("IBM", first.append)
        await session.market.subscribe_to_quotes("IBM.XNYS", second.append)
        await session.run(bars=1)

        assert first
        assert all(one is other for one, other in zip(first, second, strict=True))


async def test_a_callback_that_raises_is_logged_and_stops_neither_the_others_nor_the_session(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scripted(tmp_path) as session:
        seen: list[Quote] = []

        def breaks(_quote: Quote) -> None:
            raise KeyError("no such thing")

        async def breaks_later(_quote: Quote) -> None:
            await asyncio.sleep(0)
            raise OSError("gone")

        for callback in (breaks, breaks_later, seen.append):
            await session.market.subscribe_to_quotes("IBM", callback)
        with caplog.at_level(logging.ERROR, logger="cockpit.library"):
            assert await session.run(bars=1) == 1

        assert len(seen) == 15
        said = [record.getMessage() for record in caplog.records]
        assert sum("breaks failed, KeyError: 'no such thing'" in line for line in said) == 15
        assert sum("breaks_later failed, OSError: gone" in line for line in said) == 15


async def test_the_market_waits_for_a_callback_so_its_order_meets_the_quote_it_was_called_for(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        sent: list[tuple[Quote, ClientOrderId]] = []

        async def buy_once(quote: Quote) -> None:
            if sent:
                return
            for _ in range(20):
                await asyncio.sleep(0)
            request = {"symbol": "IBM", "side": "buy", "quantity": "1"}
            sent.append((quote, await session.oms.submit_order(request)))

        await session.market.subscribe_to_quotes("IBM", buy_once)
        await session.run(bars=1)

        ((quote, order_id),) = sent
        order = await session.oms.get_order_status(order_id)
        assert order.status is OrderStatus.FILLED
        assert order.average_fill_price == quote.ask_px


async def test_callbacks_are_through_when_the_market_stands_again(tmp_path: Path) -> None:
    """Here it stands at the very quote that they were called for: the one that fills the order."""
    async with scripted(tmp_path) as session:
        through: list[int] = []

        async def slow(quote: Quote) -> None:
            for _ in range(20):
                await asyncio.sleep(0)
            through.append(quote.ts)

        await session.market.subscribe_to_quotes("AAPL", slow)
        await session.portfolio.open_position("AAPL", "1", limit_price="202.10")

        assert through[-1] == (await session.market.get_latest_quote("AAPL")).ts


async def test_a_callback_cannot_move_the_market(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        said: list[str] = []

        async def runs(_quote: Quote) -> None:
            with pytest.raises(RequestError) as raised:
                await session.run(bars=1)
            said.append(str(raised.value))

        await session.market.subscribe_to_quotes("IBM", runs)
        await session.run(bars=1)

        assert set(said) == {"the market moves already: one run at a time, and none from a callback"}


async def test_a_quote_that_is_too_old_is_no_answer(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        age(session, 3 * session._session.feed.interval)  # noqa: SLF001
        assert (await session.market.get_latest_quote("IBM")).last > 0
        age(session, 1)
        with pytest.raises(MarketDataError, match=r"IBM.XNYS: quote of 2010-02-26 14:30:00Z is 4680 s old, more than"):
            await session.market.get_latest_quote("IBM")


def age(session: OpenSession, nanos: int) -> None:
    """Let engine time pass without a quote."""
    session.state.ts += nanos


async def test_an_instrument_that_has_not_been_quoted_has_no_price(tmp_path: Path) -> None:
    """GOOG is listed in 2004: the tape knows it, and in 2003 nobody quotes it."""
    async with scripted(tmp_path, feed={"tape": {"from": "2003-06-02"}}) as session:
        with pytest.raises(MarketDataError, match=r"GOOG.XNAS has not been quoted yet"):
            await session.market.get_latest_quote("GOOG")
        assert (await session.market.get_latest_quote("IBM")).last > 0


async def test_bars_are_those_that_have_closed_and_no_later_one(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        before = await session.market.get_bars("AAPL", 3)
        await session.run(bars=2)
        after = await session.market.get_bars("AAPL", 3)

        assert len(before) == len(after) == 3
        assert after[:2] == before[1:], "the first of the two sessions has been closed by the second"
        assert all(bar.ts_close <= session.state.ts for bar in after)
        newest = after[-1]
        assert newest.low <= min(newest.open, newest.close) <= max(newest.open, newest.close) <= newest.high
        assert (newest.spec.name, newest.volume > 0) == ("1d", True)
        assert newest.ts_close - newest.ts_open > SECOND


@pytest.mark.parametrize("limit", [0, -1, 1.5, True])
async def test_a_number_of_bars_is_a_positive_whole_number(tmp_path: Path, limit: int) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RequestError, match="limit: expected a positive whole number"):
            await session.market.get_bars("AAPL", limit)
        with pytest.raises(RequestError, match="bars: expected a positive whole number"):
            await session.run(limit)


@pytest.mark.parametrize("ask", ["get_latest_quote", "get_bars"])
async def test_a_symbol_that_is_not_listed_is_refused_by_name(tmp_path: Path, ask: str) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RequestError, match="nothing is listed as 'TSLA'"):
            await getattr(session.market, ask)("TSLA")
