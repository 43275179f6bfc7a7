"""While a link stands the books are looked at again and again, and what differs for good is found in half a minute."""

import asyncio
from decimal import Decimal

import pytest

from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.order import Order, OrderFlag, OrderStatus
from oms.domain.risk import TradingState
from oms.domain.units import SECOND
from oms.invariants import broken
from tests.doubles.venue.faults import AnswerFault, Faults, StreamFault
from tests.doubles.venue.listed import ACCOUNT, WIRE, XYZ
from tests.doubles.venue.stage import Stage, play_quoted
from tests.doubles.venue.wire import PUSH, Push, Report, line

BOOKS_SECS = Capabilities().books_secs
HALF_A_MINUTE = 30


def reductions(stage: Stage) -> list[ev.Record]:
    return [record for record in stage.records if isinstance(record.event, ev.TradingReduced)]


def test_a_position_that_differs_is_found_within_half_a_minute_and_named_with_both_numbers() -> None:
    """O-23: somebody trades in the account elsewhere, and the stream says nothing of it."""

    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(stream={StreamFault.HOLD: 1.0})
        began = stage.session.now()
        stage.venue.trade_elsewhere("XYZ", "buy", "12")  # half of it trades
        await stage.until(lambda: reductions(stage))
        (found,) = reductions(stage)

        assert (found.ts - began) / SECOND < HALF_A_MINUTE
        assert isinstance(found.event, ev.TradingReduced)
        assert "XYZ.XNYS 6, not 0" in found.event.text
        assert stage.state.trading.state is TradingState.REDUCING
        assert stage.differences() == []
        assert "new" not in stage.venue.verdict().requests, "it is never corrected by trading"
        assert stage.links()[1:] == ["up"]
        assert list(broken(stage.state)) == []

    play_quoted(story)


def test_a_fill_of_ours_that_was_dropped_is_asked_for_and_is_no_alarm() -> None:
    async def story(stage: Stage) -> None:
        order_id = await stage.submit(1, limit="9.99")
        await asyncio.sleep(1)
        stage.venue.faults = Faults(stream={StreamFault.HOLD: 1.0})
        stage.venue.show("ABC", 997, 998)
        await stage.until(lambda: stage.status(order_id) is OrderStatus.FILLED)

        assert reductions(stage) == []
        assert stage.count(aev.PositionAdjusted) == 0
        assert stage.differences() == []

    play_quoted(story)


def test_a_fill_of_an_order_that_was_closed_here_is_asked_for_too() -> None:
    """The venue filled what it was asked to cancel, and only the cancel was heard of."""

    async def story(stage: Stage) -> None:
        order_id = await stage.submit(1, limit="9.99")
        await asyncio.sleep(1)
        number = stage.venue.book.orders[order_id].number
        canceled = Report(
            kind="canceled", client=order_id, order=number, symbol="ABC", side="buy", qty="1", ts=stage.state.ts
        )
        stage.venue.say(line(PUSH, Push(push="report", report=canceled)))
        stage.venue.faults = Faults(stream={StreamFault.HOLD: 1.0})
        stage.venue.show("ABC", 997, 998)
        await stage.until(lambda: stage.state.blotter.orders[order_id].filled_qty)

        assert OrderFlag.FILLED_LATE in stage.state.blotter.orders[order_id].flags
        assert stage.count(aev.PositionAdjusted) == 0
        assert stage.differences() == []

    play_quoted(story)


def test_busy_trading_is_no_difference() -> None:
    """Fills come late and askew for minutes, and some snapshot always counts what was not heard of yet."""

    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(3, stream={StreamFault.LATE: 0.5, StreamFault.DUPLICATE: 0.2})
        for number in range(40):
            await stage.submit(40, limit=f"{9.0 + number / 100:.2f}")
        for number in range(300):
            stage.venue.show("ABC", 990 - number % 100, 991 - number % 100)
            await asyncio.sleep(0.7)
        await asyncio.sleep(10)

        assert stage.count(oev.OrderFilled) > 100
        assert reductions(stage) == []
        assert stage.count(aev.PositionAdjusted) == 0
        assert stage.differences() == []

    play_quoted(story)


def test_a_quiet_instrument_is_found_to_differ_while_another_one_is_busy() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(stream={StreamFault.HOLD: 1.0})
        stage.venue.trade_elsewhere("XYZ", "buy", "12")  # half of it trades
        stage.venue.faults = Faults(3, stream={StreamFault.LATE: 1.0}, delay_secs=2.0)
        for number in range(20):
            await stage.submit(400, limit=f"{9.0 + number / 100:.2f}")
        began = stage.session.now()
        for number in range(60):
            stage.venue.show("ABC", 990 - number, 991 - number)
            await asyncio.sleep(0.5)

        assert [(one.ts - began) / SECOND < HALF_A_MINUTE for one in reductions(stage)] == [True]
        booked = [one.event for one in stage.records if isinstance(one.event, aev.PositionAdjusted)]
        assert [(one.instrument_id, one.quantity) for one in booked] == [(XYZ.instrument_id, Decimal(6))]

    play_quoted(story)


def test_an_order_that_does_not_answer_explains_what_it_may_have_traded() -> None:
    """Whether it has, its own question tells; until then its risk is reserved and nothing is booked for it."""

    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(answers={AnswerFault.DROP_AFTER: 1.0}, stream={StreamFault.HOLD: 1.0})
        order_id = await stage.submit(4, limit="10.05")  # at once
        await asyncio.sleep(60)

        assert stage.status(order_id) is OrderStatus.UNKNOWN
        assert reductions(stage) == []
        assert stage.count(aev.PositionAdjusted) == 0

        stage.venue.faults = Faults()
        await stage.until(lambda: stage.state.blotter.orders[order_id].filled_qty)
        assert stage.differences() == []

    play_quoted(story)


def test_an_order_that_does_not_answer_explains_no_more_than_that() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(answers={AnswerFault.DROP_AFTER: 1.0}, stream={StreamFault.HOLD: 1.0})
        await stage.submit(4, limit="9.00")
        stage.venue.trade_elsewhere("ABC", "buy", "12")  # half of it trades
        await asyncio.sleep(HALF_A_MINUTE)

        assert len(reductions(stage)) == 1

    play_quoted(story)


def test_a_venue_that_shows_its_books_no_more_is_down_until_it_does() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(answers={AnswerFault.STATUS_AFTER: 1.0}, spared=())
        await stage.down()
        assert "does not show the account" in stage.links()[-1]
        stage.venue.faults = Faults()
        await stage.up()

        assert (stage.links()[1], stage.links()[-1]) == ("up", "up")

    play_quoted(story)


def test_one_look_that_fails_is_no_reason_to_be_down() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(answers={AnswerFault.STATUS_AFTER: 1.0}, spared=())
        await stage.until(lambda: stage.venue.faults.counts)
        stage.venue.faults = Faults()
        await asyncio.sleep(5 * BOOKS_SECS)

        assert stage.links()[1:] == ["up"]

    play_quoted(story)


def test_equal_books_cost_a_look_and_no_record() -> None:
    async def story(stage: Stage) -> None:
        await stage.submit(1, limit="9.00")
        await asyncio.sleep(1)
        looks, seq = stage.venue.verdict().requests["snapshot"], stage.state.seq
        await asyncio.sleep(10 * BOOKS_SECS)

        assert stage.venue.verdict().requests["snapshot"] - looks in {9, 10}
        assert "query" not in stage.venue.verdict().requests
        assert stage.state.seq == seq

    play_quoted(story)


def test_a_difference_in_cash_alone_is_found() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.book.cash["USD"] -= 250
        await stage.until(lambda: reductions(stage))

        assert stage.differences() == []
        assert stage.count(aev.PositionAdjusted) == 0

    play_quoted(story)


@pytest.mark.parametrize("secs", [0, -1])
def test_looks_that_may_take_no_time_are_refused(secs: float) -> None:
    with pytest.raises(ValueError, match="books_secs must be positive"):
        Capabilities(books_secs=secs)


def test_the_account_is_the_one_of_the_link() -> None:
    """What another account at the same venue holds is no business of this one."""

    async def story(stage: Stage) -> None:
        await asyncio.sleep(3 * BOOKS_SECS)
        assert {(key.broker, key.account) for key in stage.state.ledger.cash} == {(WIRE, ACCOUNT)}
        assert reductions(stage) == []

    play_quoted(story)


def test_an_order_that_does_not_answer_hides_nothing_of_another_instrument() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(answers={AnswerFault.DROP_AFTER: 1.0}, stream={StreamFault.HOLD: 1.0})
        order_id = await stage.submit(4, limit="9.00")
        stage.venue.trade_elsewhere("XYZ", "buy", "12")
        await asyncio.sleep(HALF_A_MINUTE)

        assert len(reductions(stage)) == 1
        assert stage.differences() == [f"{order_id}: working 0 there, unknown 0 here"]

    play_quoted(story)


def failing_once(stage: Stage) -> None:
    """Let the next call for an order fail, while the stream stands."""

    def fail(_order: Order) -> None:
        del stage.broker.submit
        message = "one call timed out"
        raise ConnectionError(message)

    stage.broker.submit = fail  # type: ignore[assignment, method-assign]


def test_a_link_that_one_call_has_lost_under_a_stream_that_stands_goes_up_again_by_itself() -> None:
    async def story(stage: Stage) -> None:
        connects = stage.venue.connects
        failing_once(stage)
        lost = await stage.submit(1, limit="9.00")
        await asyncio.sleep(5)

        assert stage.links()[1:] == ["up", "one call timed out", "up"]
        assert stage.venue.connects == connects, "the stream was good"
        sent = await stage.submit(2, limit="9.00")
        await stage.until(lambda: stage.status(sent) is OrderStatus.ACCEPTED)
        await stage.until(lambda: stage.status(lost) is OrderStatus.NOT_FOUND)

    play_quoted(story)


def test_a_link_that_is_lost_again_and_again_under_its_stream_goes_up_less_and_less_often() -> None:
    async def story(stage: Stage) -> None:
        for number in range(200):
            failing_once(stage)
            await stage.submit(number + 1, limit="9.00")
            await asyncio.sleep(1)

        assert 5 < stage.links().count("up") < 14

    play_quoted(story)


def test_who_resumes_over_a_link_that_one_call_has_lost_waits_for_no_look() -> None:
    async def story(stage: Stage) -> None:
        for number in range(60):  # by now it goes up twice a minute
            failing_once(stage)
            await stage.submit(number + 1, limit="9.00")
            await asyncio.sleep(1)
        await stage.down()
        await stage.session.switch.halt("test", "enough")
        began = asyncio.get_running_loop().time()
        await stage.session.switch.resume("test")

        assert stage.state.trading.state is TradingState.ACTIVE
        assert asyncio.get_running_loop().time() - began < 2

    play_quoted(story)
