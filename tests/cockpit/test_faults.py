"""When the journal or the venue's book cannot be written: the gate closes, cancels go out, a person resumes."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from brokers.sim.disk_book import known_to
from brokers.sim.venue import SimBroker
from cockpit.bootstrap import build
from cockpit.headless import Plan, play
from cockpit.market import Bounds
from cockpit.paths import paths_for
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.ids import BrokerId
from oms.domain.order import OrderStatus
from oms.domain.risk import TradingState
from oms.journal.errors import JournalError
from oms.journal.sqlite import SqliteJournal
from oms.router import Router
from tests.cockpit.desk import Desk, close, opened, status, until
from tests.doubles.locked import locked
from tests.doubles.runs import settings_for


@pytest.fixture
async def desk(tmp_path: Path) -> Sequence[Desk]:
    """A running session that has seen its first quotes and stands still."""
    return [await opened(tmp_path)]


async def test_a_failed_commit_halts_cancels_and_is_made_up_for_on_resume(desk: Sequence[Desk]) -> None:
    """J-13."""
    (one,) = desk
    made = await one.rest_an_order()
    session = one.session
    with locked(one.folder / "journal.sqlite"):
        with pytest.raises(JournalError):
            await session.inbox.ask(do.PauseStrategy(actor="test"))
        await asyncio.wait_for(until(lambda: session.state.trading.state is TradingState.HALTED), 5)
        assert session.latch.flag.is_set()
        assert (one.folder / "HALTED").exists()
        await asyncio.wait_for(until(lambda: status(one, made) is OrderStatus.CANCELED), 5)
        with pytest.raises(JournalError):
            await session.switch.resume("test")
        assert session.state.trading.state is TradingState.HALTED

    records = await session.switch.resume("test")

    assert [type(record.event).__name__ for record in records] == ["TradingResumed"]
    assert not (one.folder / "HALTED").exists()
    await close(one)
    with sqlite3.connect(one.folder / "journal.sqlite") as file:
        kept = [kind for (kind,) in file.execute("SELECT kind FROM records ORDER BY seq")]
    assert kept.index("TradingHalted") < kept.index("OrderCanceled") < kept.index("TradingResumed")


async def test_an_engine_that_fails_in_a_way_nobody_foresaw_leaves_the_account_halted(
    desk: Sequence[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it left working stays so until the next start, which must not trade on as if nothing had happened."""
    (one,) = desk
    made = await one.rest_an_order()
    with monkeypatch.context() as broken:
        broken.setattr(Router, "hand_over", _fail)
        with pytest.raises(ValueError, match="no such thing"):
            await one.session.inbox.ask(do.CancelOrder(actor="test", client_order_id=made.client_order_id))
        with pytest.raises(ValueError, match="no such thing"):
            await one.serving

    assert (one.folder / "HALTED").read_text("utf-8") == "the engine failed: ValueError"
    built = await build(settings_for(), paths_for(settings_for(), one.folder.parents[2], {}), speed="max")
    await built.session.start(built.market.history)
    assert built.session.state.trading.state is TradingState.HALTED
    assert built.session.state.trading.text == "the engine failed: ValueError"
    await built.session.close()


async def test_a_venue_that_cannot_keep_its_book_is_lost_and_found_again(desk: Sequence[Desk]) -> None:
    (one,) = desk
    made = await one.rest_an_order()
    session = one.session
    with locked(one.folder / "venue.sqlite"):
        await session.inbox.ask(do.CancelOrder(actor="test", client_order_id=made.client_order_id))
        await asyncio.wait_for(until(lambda: bool(session.state.runs.links.get(BrokerId("sim")))), 5)
        await asyncio.wait_for(until(lambda: session.state.trading.state is TradingState.HALTED), 5)
        assert status(one, made) is OrderStatus.PENDING_CANCEL

    await session.switch.resume("test")
    await asyncio.wait_for(until(lambda: status(one, made) is OrderStatus.CANCELED), 5)

    assert session.state.runs.links[BrokerId("sim")] == ""
    await close(one)


async def test_a_stop_that_comes_while_the_venue_fails_to_write_its_book_is_told_and_ends_nothing(
    desk: Sequence[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the stop hands over is in the book's memory before anybody has asked what became of the write before."""
    (one,) = desk
    asked_back, stays = await one.rest_an_order(), await one.rest_an_order(101)
    session, begun, keep = one.session, asyncio.Event(), SimBroker.keep

    def watched(venue: SimBroker) -> Awaitable[object] | None:
        writing = keep(venue)
        if writing is not None:
            begun.set()
        return writing

    monkeypatch.setattr(SimBroker, "keep", watched)
    with locked(one.folder / "venue.sqlite"):
        session.inbox.put(do.CancelOrder(actor="test", client_order_id=asked_back.client_order_id))
        await begun.wait()
        await session.switch.halt("test", "the disk fails")
        await asyncio.wait_for(until(lambda: bool(session.state.runs.links.get(BrokerId("sim")))), 5)
    assert not one.serving.done()
    assert session.state.trading.state is TradingState.HALTED
    assert {status(one, made) for made in (asked_back, stays)} == {OrderStatus.PENDING_CANCEL}

    await session.switch.resume("test")
    await asyncio.wait_for(until(lambda: status(one, stays) is OrderStatus.CANCELED), 5)
    await close(one)


async def test_a_full_disk_takes_journal_and_venue_together_and_the_engine_holds(desk: Sequence[Desk]) -> None:
    """J-12: both files lie in one folder, so this is how a disk fails."""
    (one,) = desk
    made = await one.rest_an_order()
    session = one.session
    with locked(one.folder / "journal.sqlite"), locked(one.folder / "venue.sqlite"):
        with pytest.raises(JournalError):
            await session.inbox.ask(do.PauseStrategy(actor="test"))
        await asyncio.wait_for(until(lambda: session.state.trading.state is TradingState.HALTED), 5)
        await asyncio.wait_for(until(lambda: bool(session.state.runs.links.get(BrokerId("sim")))), 5)
        with pytest.raises((JournalError, ConnectionError)):
            await session.switch.resume("test")
        assert not one.serving.done()

    await session.switch.resume("test")
    await asyncio.wait_for(until(lambda: status(one, made) is OrderStatus.CANCELED), 5)

    await close(one)


async def test_an_fsync_that_fails_halts_and_nothing_leaves_after_it(
    desk: Sequence[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """J-14: the order under which it failed has not left, and none that is given after it does."""
    (one,) = desk
    session, commit, failed = one.session, SqliteJournal._commit, count()  # noqa: SLF001 - where the disk answers

    async def fail_once(journal: SqliteJournal, rows: list[Any]) -> None:
        if not next(failed):
            message = "disk I/O error"
            raise sqlite3.OperationalError(message)
        await commit(journal, rows)

    before = known_to(one.folder / "venue.sqlite").orders
    with monkeypatch.context() as disk:
        disk.setattr(SqliteJournal, "_commit", fail_once)
        with pytest.raises(JournalError, match="disk I/O error"):
            await one.rest_an_order()
        await asyncio.wait_for(until(lambda: session.state.trading.state is TradingState.HALTED), 5)
        made = await one.rest_an_order(101)

        assert status(one, made) is OrderStatus.DENIED
        assert next(failed) == 1  # what was kept since waits in memory: the disk was not asked again
        assert known_to(one.folder / "venue.sqlite").orders == before
    await close(one)


async def test_while_a_commit_takes_its_time_orders_wait_and_the_stop_does_not(
    desk: Sequence[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """J-15: the fsync of the order's own approval is the slow one."""
    (one,) = desk
    session, through, begun = one.session, asyncio.Event(), asyncio.Event()
    append = SqliteJournal.append

    async def slow(journal: SqliteJournal, records: Sequence[ev.Record]) -> None:
        begun.set()
        await through.wait()
        await append(journal, records)

    with monkeypatch.context() as disk:
        disk.setattr(SqliteJournal, "append", slow)
        placing = asyncio.create_task(one.rest_an_order())
        await begun.wait()
        halting = session.switch.halt("test", "the disk is slow")
        assert session.latch.flag.is_set()
        assert not placing.done()
        through.set()
        made = await placing
        await halting

    assert status(one, made) is OrderStatus.CANCELED
    assert session.state.blotter.orders[made.client_order_id].text.startswith("not sent")
    assert made.client_order_id not in known_to(one.folder / "venue.sqlite").orders
    await close(one)


def _fail(*_: object) -> None:
    msg = "no such thing"
    raise ValueError(msg)


def test_a_run_whose_journal_is_lost_says_once_what_it_waits_for_and_ends_when_its_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, commits = SqliteJournal.append, count()

    async def fail(journal: SqliteJournal, records: Sequence[ev.Record]) -> None:
        if next(commits) > 20:
            message = "database or disk is full"
            raise JournalError(message)
        await append(journal, records)

    monkeypatch.setattr(SqliteJournal, "append", fail)
    monkeypatch.setattr("cockpit.headless.TELL_SECS", 0.01)
    lines: list[str] = []
    plan = Plan(bounds=Bounds(bars=2_000), speed="max", duration_secs=1, tell=lines.append)
    with pytest.raises(JournalError, match="could not be written"):
        play(settings_for(), paths_for(settings_for(), tmp_path, {}), plan)

    assert lines.count("the run stands still until cockpit resume, or until a signal ends it") == 1
    assert lines[-1].startswith("the run stands still")
