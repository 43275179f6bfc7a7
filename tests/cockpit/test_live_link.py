"""The link to a venue outside the process goes and comes back, and the books are compared before anything leaves."""

import asyncio
from collections.abc import Sequence

import pytest

from oms.domain import account_events as aev
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL, ClientOrderId
from oms.domain.order import OrderFlag, OrderStatus
from oms.domain.risk import TradingState
from oms.invariants import broken
from oms.live_inbox import LiveInbox
from tests.doubles.venue.faults import AnswerFault, Faults
from tests.doubles.venue.stage import Stage, a_venue, play, play_linked, play_quoted, trading
from tests.doubles.venue.wire import PUSH, Push, Report, line


def test_nothing_leaves_while_the_books_are_compared() -> None:
    """The link stands again, but the venue holds what we do not know of."""

    async def story(stage: Stage) -> None:
        before = stage.venue.connects
        stage.venue.cut()
        stage.venue.trade_elsewhere("ABC", "buy", "6")
        await stage.until(lambda: stage.venue.connects > before)
        order_id = await stage.submit(1, limit="9.00")
        await stage.until(lambda: stage.status(order_id) is OrderStatus.CANCELED)

        assert stage.links()[-1] != "up"
        await stage.up()
        assert "new" not in stage.venue.verdict().requests

    play_quoted(story)


def test_a_lost_link_comes_back_by_itself_and_what_was_filled_meanwhile_is_counted() -> None:
    async def story(stage: Stage) -> None:
        order_id = await stage.submit(1, limit="9.90")
        await asyncio.sleep(1)
        stage.venue.cut()
        stage.venue.show("ABC", 980, 981)  # nobody hears it
        await stage.down()
        await stage.up()

        assert stage.status(order_id) is OrderStatus.FILLED
        assert stage.differences() == []
        assert stage.state.trading.state is TradingState.ACTIVE

    play_quoted(story)


def test_what_is_approved_while_the_link_is_down_is_withheld_and_never_sent() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.refuses = True
        stage.venue.cut()
        await stage.down()
        order_id = await stage.submit(1, limit="9.90")
        stage.venue.refuses = False
        await stage.up()

        assert stage.status(order_id) is OrderStatus.CANCELED
        assert "new" not in stage.venue.verdict().requests

    play_quoted(story)


def test_an_order_that_was_under_way_when_the_link_went_is_asked_for_and_not_sent_again() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(answers={AnswerFault.CUT: 1.0})
        order_id = await stage.submit(1, limit="9.90")
        await stage.down()
        stage.venue.faults = Faults()
        await stage.up()
        await asyncio.sleep(20)

        assert stage.status(order_id) is OrderStatus.ACCEPTED
        assert stage.venue.verdict().resubmits == 0

    play_quoted(story)


def test_a_venue_that_restarts_and_loses_its_orders_is_believed_once_it_was_asked() -> None:
    async def story(stage: Stage) -> None:
        order_id = await stage.submit(1, limit="9.90")
        await asyncio.sleep(1)
        stage.venue.restart()
        await stage.resolved()

        assert stage.status(order_id) is OrderStatus.CANCELED
        assert "restart" in stage.state.blotter.orders[order_id].text

    play_quoted(story)


def test_a_difference_that_stays_is_booked_and_reduces_trading() -> None:
    """What traded past us while nobody listened has no order here that could be asked for."""

    async def story(stage: Stage) -> None:
        stage.venue.cut()
        stage.venue.trade_elsewhere("ABC", "buy", "6")
        await stage.down()
        await stage.up()

        assert stage.count(aev.PositionAdjusted) == 1
        assert stage.state.trading.state is TradingState.REDUCING
        assert stage.differences() == []

    play_quoted(story)


async def ended_here_only(stage: Stage) -> ClientOrderId:
    """Return an order that its venue said was canceled, and that it fills while nobody listens."""
    order_id = await stage.submit(4, limit="9.90")
    await asyncio.sleep(1)
    placed = stage.venue.book.orders[order_id]
    canceled = Report(
        kind="canceled", client=order_id, order=placed.number, symbol="ABC", side="buy", qty="4", ts=stage.state.ts
    )
    stage.venue.say(line(PUSH, Push(push="report", report=canceled)))
    await stage.until(lambda: stage.status(order_id) is OrderStatus.CANCELED)
    stage.venue.cut()
    for cents in (980, 979, 978):  # half of what is left each time
        stage.venue.show("ABC", cents, cents + 1)
    await stage.down()
    return order_id


def test_where_a_position_differs_orders_that_ended_lately_are_asked_about_before_anything_is_booked() -> None:
    async def story(stage: Stage) -> None:
        order_id = await ended_here_only(stage)
        await stage.up()

        assert stage.count(aev.PositionAdjusted) == 0
        assert stage.state.blotter.orders[order_id].filled_qty == 4
        assert OrderFlag.FILLED_LATE in stage.state.blotter.orders[order_id].flags
        assert stage.state.trading.state is TradingState.ACTIVE

    play_quoted(story)


def test_a_venue_that_does_not_say_what_became_of_ended_orders_is_waited_for_but_not_for_ever() -> None:
    """What it says of them after all counts once, on its order, and not beside what was booked for it."""

    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(answers={AnswerFault.DROP_AFTER: 1.0})
        order_id = await ended_here_only(stage)
        await stage.up()
        booked = stage.count(aev.PositionAdjusted)
        fills = [report for report in stage.venue.book.executions if report.client == order_id]
        stage.venue.tell([*fills, *fills])
        await stage.until(lambda: stage.state.blotter.orders[order_id].filled_qty == 4)

        assert (booked, stage.count(aev.PositionAdjusted)) == (1, 1 + len(fills))
        assert stage.differences() == []
        assert [key.strategy_id for key in stage.state.ledger.open] == [MANUAL]
        assert list(broken(stage.state)) == []

    play_quoted(story)


def test_a_fill_between_the_look_and_the_comparison_is_no_difference() -> None:
    """The venue trades on while the link comes up, again and again, and nothing is booked twice."""

    async def story(stage: Stage) -> None:
        for number in range(20):
            await stage.submit(50, limit=f"{9.5 + number / 100:.2f}")
        await asyncio.sleep(1)
        for number in range(30):
            if number % 10 == 0:
                stage.venue.cut()
            stage.venue.show("ABC", 980 - number, 981 - number)
            await asyncio.sleep(0.13)
        await stage.up()
        await asyncio.sleep(1)

        assert stage.count(aev.PositionAdjusted) == 0
        assert stage.count(oev.OrderFilled) > 50
        assert stage.differences() == []

    play_quoted(story)


def test_a_venue_that_is_slow_to_answer_what_it_was_asked_is_no_difference() -> None:
    """All was filled while nobody listened, and half of the answers to our questions are lost."""

    async def story(stage: Stage) -> None:
        for _ in range(10):
            await stage.submit(1, limit="9.90")
        await asyncio.sleep(1)
        stage.venue.cut()
        stage.venue.show("ABC", 980, 981)
        stage.venue.faults = Faults(2, answers={AnswerFault.DROP_AFTER: 0.5})
        await stage.down()
        await stage.up()

        assert stage.count(aev.PositionAdjusted) == 0
        assert stage.differences() == []

    play_quoted(story)


def test_a_record_made_after_the_look_puts_the_comparison_off() -> None:
    async def story(stage: Stage) -> None:
        order_id = await stage.submit(1, limit="9.90")
        await asyncio.sleep(1)
        ask = stage.session.inbox.ask

        async def fill_first(command: do.Command) -> Sequence[ev.Record]:
            if isinstance(command, do.BrokerUp) and stage.state.blotter.open:
                stage.venue.show("ABC", 980, 981)
                await stage.until(lambda: stage.status(order_id) is OrderStatus.FILLED)
            return await ask(command)

        stage.session.inbox.ask = fill_first  # type: ignore[method-assign]
        stage.venue.cut()
        await stage.down()
        await stage.up()

        assert stage.count(aev.PositionAdjusted) == 0
        assert stage.differences() == []

    play_quoted(story)


def test_a_cancel_that_was_asked_for_while_the_link_was_down_goes_out_when_it_is_up() -> None:
    async def story(stage: Stage) -> None:
        order_id = await stage.submit(1, limit="9.90")
        await asyncio.sleep(1)
        stage.venue.cut()
        await stage.down()
        await stage.cancel_all()
        await stage.up()
        await asyncio.sleep(1)

        assert stage.status(order_id) is OrderStatus.CANCELED

    play_quoted(story)


def test_who_resumes_while_the_run_ends_is_told_and_not_kept_waiting() -> None:
    async def main() -> None:
        venue = a_venue()
        async with trading(venue) as stage:
            await stage.up()
            venue.faults = Faults()
            venue.refuses = True
            venue.cut()
            await asyncio.sleep(20)
            stage.broker.connect = asyncio.Event().wait  # type: ignore[assignment, method-assign]
            resuming = asyncio.create_task(stage.session.switch.resume("test"))
            await asyncio.sleep(1)
        with pytest.raises(ConnectionError, match="ended"):
            await resuming

    play(main())


def test_a_venue_that_hangs_up_at_once_is_called_less_and_less_often() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.refuses = True
        stage.venue.cut()
        before = stage.venue.connects
        await asyncio.sleep(60)
        in_a_minute = stage.venue.connects - before
        await asyncio.sleep(600)

        assert 4 <= in_a_minute <= 20
        assert stage.venue.connects - before - in_a_minute <= 30
        assert len(stage.links()) <= 5  # and the journal is not filled with it

    play_linked(story)


def test_a_link_that_stood_for_long_is_called_again_soon() -> None:
    async def story(stage: Stage) -> None:
        for _ in range(3):
            await asyncio.sleep(120)
            stage.venue.cut()
            await stage.down()
            down = asyncio.get_running_loop().time()
            await stage.up()

            assert asyncio.get_running_loop().time() - down < 2

    play_linked(story)


def test_resuming_does_not_wait_for_the_next_call_and_fails_while_the_venue_is_away() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.refuses = True
        stage.venue.cut()
        await asyncio.sleep(120)  # calls are half a minute apart by now
        await stage.session.switch.halt("test", "enough")
        with pytest.raises(ConnectionError):
            await stage.session.switch.resume("test")
        stage.venue.refuses = False
        began = asyncio.get_running_loop().time()
        await stage.session.switch.resume("test")

        assert stage.state.trading.state is TradingState.ACTIVE
        assert asyncio.get_running_loop().time() - began < 2

    play_linked(story)


def test_ending_a_run_while_the_link_is_down_ends_it() -> None:
    async def main() -> None:
        venue = a_venue()
        async with trading(venue) as stage:
            await stage.up()
            venue.refuses = True
            venue.cut()
            await asyncio.sleep(20)

        assert isinstance(stage.records[-1].event, ev.RunEnded)
        assert isinstance(stage.session.inbox, LiveInbox)

    play(main())
