"""A session on the wall clock, at a venue outside the process."""

import asyncio
from decimal import Decimal

import pytest

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import StrategyId
from oms.domain.order import OrderStatus
from oms.domain.units import SECOND
from tests.doubles.entry import Entry, EntryConfig
from tests.doubles.venue.faults import AnswerFault, Faults
from tests.doubles.venue.listed import ABC, ticket
from tests.doubles.venue.stage import START, Stage, a_venue, play, play_linked, play_quoted, trading


def test_an_order_goes_out_is_filled_in_parts_and_both_books_are_equal() -> None:
    async def story(stage: Stage) -> None:
        order_id = await stage.submit(10, limit="10.01")
        for _ in range(5):
            await stage.quote(1_000)
        await stage.resolved()

        assert stage.status(order_id) is OrderStatus.FILLED
        assert stage.count(oev.OrderFilled) == 5
        assert stage.differences() == []

    play_quoted(story)


def test_a_strategy_trades_there_as_it_does_anywhere() -> None:
    async def main() -> None:
        entry = Entry(EntryConfig(strategy_id=StrategyId("entry"), instruments=(ABC.instrument_id,)))
        async with trading(a_venue(), strategies=[entry]) as stage:
            await stage.up()
            for _ in range(6):
                await stage.quote(1_000)
            await stage.resolved()

            (position,) = stage.state.ledger.open.values()
            assert (position.key.strategy_id, position.quantity) == (entry.strategy_id, Decimal(10))
            assert stage.differences() == []

    play(main())


def test_records_are_stamped_with_the_time_on_the_wall() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(100)
        await stage.quote(1_000)
        await stage.submit(10, limit="10.01")

        assert stage.records[-1].ts >= START + 100 * SECOND

    play_linked(story)


def test_a_quote_grows_old_though_nothing_happens() -> None:
    """On the wall clock silence is time too: a market order on a price of a minute ago is denied."""

    async def story(stage: Stage) -> None:
        await asyncio.sleep(60)
        records = await stage.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket(1)))

        denied = records[-1].event
        assert isinstance(denied, oev.OrderDenied)
        assert denied.decision.failed == ("stale_market",)

    play_quoted(story)


def test_a_stop_cancels_what_works_and_what_is_found_later() -> None:
    async def story(stage: Stage) -> None:
        seen = await stage.submit(1, limit="9.90")
        await asyncio.sleep(1)
        stage.venue.faults = Faults(answers={AnswerFault.DROP_AFTER: 1.0})
        lost = await stage.submit(2, limit="9.90")
        await stage.session.switch.halt("test", "enough")
        await asyncio.sleep(1)
        stage.venue.faults = Faults()
        await stage.resolved()

        assert [stage.status(order_id) for order_id in (seen, lost)] == [OrderStatus.CANCELED] * 2
        assert stage.venue.verdict().account.open == []

    play_quoted(story)


def test_prices_that_overtake_each_other_are_counted_where_a_panel_can_read_it() -> None:
    async def story(stage: Stage) -> None:
        for cents in range(1_000, 1_100):
            stage.venue.show("ABC", cents, cents + 1)
        await stage.until(lambda: stage.state.marks.quotes)

        assert stage.state.marks.quotes[ABC.instrument_id].bid == 1_099
        assert stage.state.marks.conflated > 50
        assert stage.state.marks.conflated + stage.count(ev.MarketMoved) == 100

    play_linked(story)


def test_a_venue_that_cannot_be_reached_at_the_start_is_an_error_of_the_start() -> None:
    async def main() -> None:
        venue = a_venue()
        venue.refuses = True
        await venue.open()
        stage = Stage(venue)
        with pytest.raises(ConnectionError):
            await stage.session.start()
        await stage.session.close()
        await venue.close()

    play(main())
