"""When the journal or the venue's book cannot be written: the gate closes, cancels go out, a person resumes."""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from brokers.sim.disk_book import known_to
from cockpit.bootstrap import Built, build
from cockpit.headless import Plan, play
from cockpit.market import Bounds
from cockpit.paths import paths_for
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL, AccountId, BrokerId, InstrumentId
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.risk import TradingState
from oms.journal.errors import JournalError
from oms.journal.sqlite import SqliteJournal
from oms.router import Router
from tests.doubles.runs import settings_for

AAPL = InstrumentId("AAPL.XNAS")


class Desk:
    """A session on disk whose tape stands still, to be asked and to be broken."""

    def __init__(self, built: Built, folder: Path) -> None:
        self.session = built.session
        self.folder = folder
        self.serving = asyncio.create_task(built.session.serve())

    async def rest_an_order(self) -> oev.OrderInitialized:
        """Return an order that works far from the market."""
        ticket = OrderTicket(
            broker=BrokerId("sim"),
            account=AccountId("SIM-000001"),
            strategy_id=MANUAL,
            instrument_id=AAPL,
            side=Side.BUY,
            quantity=self.session.state.instruments.by_id[AAPL].lot,
            order_type=OrderType.LIMIT,
            limit_px=self.session.state.instruments.by_id[AAPL].tick * 100,
            tif=TimeInForce.GTC,
        )
        records = await self.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
        made = [record.event for record in records if isinstance(record.event, oev.OrderInitialized)]
        await self.session.inbox.ask(do.EnableStrategy(actor="test"))  # a turn of the loop: the venue has answered
        return made[0]

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold the write lock of a file, so that every commit to it fails once its patience ends."""
        holder = sqlite3.connect(self.folder / name, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.execute("ROLLBACK")
            holder.close()


@pytest.fixture
async def desk(tmp_path: Path) -> "Sequence[Desk]":
    """A running session that has seen its first quotes and stands still."""
    settings = settings_for()
    built = await build(settings, paths_for(settings, tmp_path, {}), speed="max")
    await built.session.start(built.market.history)
    seen = asyncio.Event()

    def pause_after_first_bars(record: ev.Record) -> None:
        if isinstance(record.event, ev.TapePositioned):
            built.session.pace.pause(paused=True)
            seen.set()

    built.session.bus.subscribe(pause_after_first_bars)
    desk = Desk(built, tmp_path / "paper" / "sim" / "SIM-000001")
    await seen.wait()
    return [desk]


async def close(desk: Desk) -> None:
    """End the session in order."""
    desk.session.end("test", "done")
    await desk.serving


async def test_a_failed_commit_halts_cancels_and_is_made_up_for_on_resume(desk: Sequence[Desk]) -> None:
    """J-13."""
    (one,) = desk
    made = await one.rest_an_order()
    session = one.session
    with one.locked("journal.sqlite"):
        with pytest.raises(JournalError):
            await session.inbox.ask(do.PauseStrategy(actor="test"))
        await asyncio.wait_for(until(lambda: session.state.trading.state is TradingState.HALTED), 5)
        assert session.latch.flag.is_set()
        assert (one.folder / "HALTED").exists()
        await asyncio.wait_for(until(lambda: status(one, made) is OrderStatus.CANCELED), 5)
        with pytest.raises(JournalError):
            await session.resume("test")
        assert session.state.trading.state is TradingState.HALTED

    records = await session.resume("test")

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
    with one.locked("venue.sqlite"):
        await session.inbox.ask(do.CancelOrder(actor="test", client_order_id=made.client_order_id))
        await asyncio.wait_for(until(lambda: bool(session.state.runs.links.get(BrokerId("sim")))), 5)
        await asyncio.wait_for(until(lambda: session.state.trading.state is TradingState.HALTED), 5)
        assert status(one, made) is OrderStatus.PENDING_CANCEL

    await session.resume("test")
    await asyncio.wait_for(until(lambda: status(one, made) is OrderStatus.CANCELED), 5)

    assert session.state.runs.links[BrokerId("sim")] == ""
    await close(one)


async def test_a_full_disk_takes_journal_and_venue_together_and_the_engine_holds(desk: Sequence[Desk]) -> None:
    """J-12: both files lie in one folder, so this is how a disk fails."""
    (one,) = desk
    made = await one.rest_an_order()
    session = one.session
    with one.locked("journal.sqlite"), one.locked("venue.sqlite"):
        with pytest.raises(JournalError):
            await session.inbox.ask(do.PauseStrategy(actor="test"))
        await asyncio.wait_for(until(lambda: session.state.trading.state is TradingState.HALTED), 5)
        await asyncio.wait_for(until(lambda: bool(session.state.runs.links.get(BrokerId("sim")))), 5)
        with pytest.raises((JournalError, ConnectionError)):
            await session.resume("test")
        assert not one.serving.done()

    await session.resume("test")
    await asyncio.wait_for(until(lambda: status(one, made) is OrderStatus.CANCELED), 5)

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
        halting = session.halt("test", "the disk is slow")
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


def status(desk: Desk, made: oev.OrderInitialized) -> OrderStatus:
    """Return where an order is now."""
    return desk.session.state.blotter.orders[made.client_order_id].status


async def until(true: object) -> None:
    """Let the loop turn until something holds."""
    assert callable(true)
    while not true():  # noqa: ASYNC110 - what is waited for is a state, and no event announces it
        await asyncio.sleep(0)


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
