"""What a venue outside the process does wrong, and what the engine survives of its own, on the wall clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cockpit.session import fold
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderFlag, OrderStatus
from oms.domain.risk import TradingState
from oms.journal.errors import JournalError
from oms.journal.holdover import Holdover
from oms.journal.sqlite import SqliteJournal
from tests.doubles.locked import locked
from tests.doubles.venue.faults import AnswerFault, Faults, StreamFault
from tests.doubles.venue.stage import Stage, a_memory, a_venue, play, play_quoted, trading
from tests.doubles.venue.venue import Venue


@pytest.mark.parametrize(
    "fault", [StreamFault.NO_NUMBER, StreamFault.OTHER_SYMBOL, StreamFault.OTHER_SIDE], ids=lambda fault: fault.name
)
def test_a_fill_that_makes_no_sense_is_in_no_book_and_the_true_one_is_asked_for(fault: StreamFault) -> None:
    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(stream={fault: 1.0})
        await stage.submit(1, limit="10.01")
        await stage.resolved()

        assert stage.count(ev.ReportQuarantined) == 1
        assert stage.state.trading.state is TradingState.REDUCING
        assert stage.differences() == []

    play_quoted(story)


@pytest.mark.parametrize("fault", [AnswerFault.STATUS_AFTER, AnswerFault.DROP_AFTER], ids=lambda fault: fault.name)
def test_an_order_that_was_taken_under_an_answer_that_says_otherwise_is_sent_once_and_adopted(
    fault: AnswerFault,
) -> None:
    """O-05: a gateway's 504 would be tried again by a library; here it is a question, and there is one order."""

    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(answers={fault: 1.0}, spared=("snapshot", "query"))
        order_id = await stage.submit(1, limit="9.00")
        await stage.until(lambda: stage.status(order_id) is OrderStatus.ACCEPTED)

        assert stage.count(oev.OrderSubmitted) == stage.count(oev.OrderAccepted) == 1
        assert stage.venue.verdict().requests["new"] == 1
        assert (stage.venue.verdict().twin_attempts, stage.venue.verdict().resubmits) == (0, 0)
        assert stage.differences() == []

    play_quoted(story)


def test_an_overfill_counts_as_the_money_it_may_be_and_reduces_trading() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.faults = Faults(stream={StreamFault.OVERFILL: 1.0})
        order_id = await stage.submit(1, limit="10.01")
        await stage.resolved()

        order = stage.state.blotter.orders[order_id]
        assert order.flags == (OrderFlag.OVERFILLED,)
        assert order.filled_qty == 1_000
        assert stage.state.trading.state is TradingState.REDUCING

    play_quoted(story)


def test_what_another_program_trades_in_our_account_is_counted_and_never_touched() -> None:
    async def story(stage: Stage) -> None:
        stage.venue.trade_elsewhere("ABC", "buy", "6")
        await stage.until(lambda: stage.count(oev.OrderAdopted))
        await stage.session.switch.halt("test", "enough")
        await asyncio.sleep(1)

        assert "cancel" not in stage.venue.verdict().requests
        (ours,) = stage.state.ledger.net.values()
        assert f"{ours:f}" == stage.venue.verdict().account.net["ABC"]

    play_quoted(story)


def test_an_engine_that_dies_with_orders_under_way_finds_them_at_its_next_start() -> None:
    async def main() -> None:
        venue, memory = a_venue(), a_memory()
        await venue.open()
        first = Stage(venue, memory=memory)
        await first.session.start()
        serving = asyncio.create_task(first.session.serve())
        await first.up()
        await first.quote(1_000)
        venue.faults = Faults(answers={AnswerFault.DROP_AFTER: 0.5, AnswerFault.DROP_BEFORE: 0.5})
        ids = [await first.submit(1 + number, limit="9.90") for number in range(10)]
        serving.cancel()
        await asyncio.wait([serving])

        after = a_memory(memory.journal)
        await fold(after.journal, after.state, after.chains)
        venue.faults = Faults()
        second = Stage(venue, memory=after)
        await second.session.start()
        serving = asyncio.create_task(second.session.serve())
        await second.up()
        await asyncio.sleep(60)

        arrived = set(venue.verdict().orders)
        assert 0 < len(arrived) < 10
        expected = [OrderStatus.ACCEPTED if order_id in arrived else OrderStatus.NOT_FOUND for order_id in ids]
        assert [second.status(order_id) for order_id in ids] == expected
        assert venue.verdict().resubmits == 0
        second.session.end("test", "over")
        await serving
        await venue.close()

    play(main())


@asynccontextmanager
async def working(venue: Venue, path: Path) -> AsyncIterator[tuple[Stage, ClientOrderId]]:
    """Trade with a journal in a file, and have one order at work."""
    async with trading(venue, memory=a_memory(Holdover(await SqliteJournal.open(path)))) as stage:
        await stage.up()
        await stage.quote(1_000)
        order_id = await stage.submit(1, limit="9.90")
        await stage.until(lambda: stage.status(order_id) is OrderStatus.ACCEPTED)
        yield stage, order_id


async def test_a_journal_that_fails_stops_orders_lets_cancels_out_and_a_person_resumes(tmp_path: Path) -> None:
    """In real time: the journal is written by a thread."""
    venue, path = a_venue(), tmp_path / "journal.sqlite"
    async with working(venue, path) as (stage, order_id):
        with locked(path):
            with pytest.raises(JournalError):
                await stage.submit(2, limit="9.90")
            await stage.until(lambda: venue.verdict().orders[order_id] == "canceled")
        records = await stage.session.switch.resume("test")

        assert isinstance(records[-1].event, ev.TradingResumed)
        assert stage.status(order_id) is OrderStatus.CANCELED
        assert list(venue.verdict().orders) == [order_id]
        assert stage.differences() == []


def test_a_link_that_fails_in_a_way_nobody_foresaw_halts_ends_the_run_and_is_told() -> None:
    ended: list[bool] = []
    stages: list[Stage] = []

    async def go_wrong() -> None:
        venue = a_venue()
        async with trading(venue) as stage:
            stages.append(stage)
            await stage.up()
            stage.broker.stream = None  # type: ignore[assignment, method-assign]
            venue.cut()
            await asyncio.sleep(10)
            ended.append(stage.session.inbox.closed)

    with pytest.raises(ExceptionGroup) as found:
        play(go_wrong())
    assert found.group_contains(TypeError)
    assert ended == [True]
    assert stages[0].session.latch.flag.is_set()
    (halted,) = [record.event for record in stages[0].records if isinstance(record.event, ev.TradingHalted)]
    assert halted.text == "the link failed: TypeError"


async def test_a_fill_whose_commit_failed_is_asked_for_again_and_counted_once(tmp_path: Path) -> None:
    """In real time, as above."""
    venue, path = a_venue(), tmp_path / "journal.sqlite"
    async with working(venue, path) as (stage, order_id):
        with locked(path):
            venue.show("ABC", 980, 981)
            await stage.until(lambda: stage.state.trading.state is TradingState.HALTED)
            await stage.until(lambda: stage.status(order_id) is OrderStatus.FILLED)
        await stage.session.switch.resume("test")

        assert stage.differences() == []
