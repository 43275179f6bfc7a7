"""Dead at a chosen commit, right behind it, or between it and the venue: what the next start makes of that.

The program, its journal and the venue's book are the real ones, on disk; only the end of the process is an exception
that nothing catches. Deaths at random times of real processes are `python bench/kill.py`.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from bench.kill import read_journal
from brokers.sim.disk_book import known_to
from cockpit.bootstrap import Built, build
from cockpit.market import Bounds
from cockpit.paths import paths_for
from cockpit.session import Session
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL, AccountId, BrokerId, ClientOrderId, InstrumentId
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.risk import TradingState
from oms.journal.sqlite import SqliteJournal
from oms.journal.verify import verify
from oms.state import State
from tests.doubles.runs import kinds, play, settings_for

BOUNDS = Bounds(bars=12)
CORRECTIONS = {"PositionAdjusted", "ReportQuarantined", "ForeignOrderSeen", "TradingReduced"}


class Killed(BaseException):
    """As if the process had ended there: nothing that comes after it is done."""


class Reaper:
    """Ends a process at the commit for which `comes` says so: before it, or right behind it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths = paths_for(settings_for(), folder, {})
        self._comes: Callable[[Sequence[ev.Record]], bool] = lambda _records: False
        self._behind = False
        append = SqliteJournal.append

        async def to_the_death(journal: SqliteJournal, records: Sequence[ev.Record]) -> None:
            dies = self._comes(records)
            if dies and not self._behind:
                raise Killed
            await append(journal, records)
            if dies:
                raise Killed

        monkeypatch.setattr(SqliteJournal, "append", to_the_death)

    async def kill(
        self,
        comes: Callable[[Sequence[ev.Record]], bool],
        *,
        behind: bool,
        act: Callable[[Session], None] = lambda _session: None,
    ) -> None:
        """Let a process live until death comes. `act` is given the session before it starts."""
        self._comes, self._behind = comes, behind
        built = await build(settings_for(), self.paths, bounds=BOUNDS, speed="max")
        act(built.session)
        with pytest.raises(Killed):
            await _live(built)
        self._comes = lambda _records: False


async def _live(built: Built) -> None:
    try:
        await built.session.start(built.market.history)
        await built.session.serve()
    finally:
        await built.session.close()


@pytest.fixture
def reaper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reaper:
    """Death, to be told when."""
    return Reaper(tmp_path, monkeypatch)


def after(commits: int) -> Callable[[Sequence[ev.Record]], bool]:
    """Come with the commit after so many."""
    left = iter(range(commits))
    return lambda records: bool(records) and next(left, None) is None


def with_a(kind: type) -> Callable[[Sequence[ev.Record]], bool]:
    """Come with the first commit that holds such an event."""
    return lambda records: any(isinstance(record.event, kind) for record in records)


async def test_dead_at_one_commit_after_the_other_an_account_goes_on_with_equal_books(reaper: Reaper) -> None:
    """J-02, J-06: the first commits of a life are its recovery, so the next life recovers from half of one."""
    for number, commits in enumerate((0, 1, 0, 1, 2, 1, 8, 0, 3, 1, 13, 2)):
        await reaper.kill(after(commits), behind=number % 2 == 1)
    run = await play(reaper.paths.state, BOUNDS)

    records, book = read_journal(reaper.paths.journal), known_to(reaper.paths.venue)
    submitted = [record.event.client_order_id for record in records if isinstance(record.event, oev.OrderSubmitted)]
    assert len(submitted) == len(set(submitted))
    assert set(submitted) >= set(book.orders) > set()
    assert {exec_id for _, exec_id in run.state.blotter.exec_ids} == book.executions
    assert not CORRECTIONS & kinds(records).keys()
    assert verify(reaper.paths.journal).seq == len(records)
    anew = State()
    for record in records:
        anew.apply(record)
    assert anew.digest() == run.state.digest()


async def test_an_order_that_was_approved_and_never_sent_is_closed_and_not_sent_later(reaper: Reaper) -> None:
    """J-04."""
    await reaper.kill(with_a(oev.OrderSubmitted), behind=True)
    (order_id,) = {one for record in read_journal(reaper.paths.journal) if (one := submitted_by(record)) is not None}
    run = await play(reaper.paths.state, BOUNDS)

    assert run.state.blotter.orders[order_id].status is OrderStatus.NOT_FOUND
    assert order_id not in known_to(reaper.paths.venue).orders


async def test_an_order_whose_acknowledgement_was_not_written_is_found_with_its_fills(reaper: Reaper) -> None:
    """J-05."""
    await reaper.kill(with_a(oev.OrderAccepted), behind=False)
    (order_id,) = known_to(reaper.paths.venue).orders
    run = await play(reaper.paths.state, BOUNDS)

    order = run.state.blotter.orders[order_id]
    assert (order.status, order.leaves_qty) == (OrderStatus.FILLED, Decimal(0))
    assert not CORRECTIONS & kinds(run.records).keys()


async def test_a_cancel_that_was_written_and_never_sent_is_sent_at_the_next_start_without_an_alarm(
    reaper: Reaper,
) -> None:
    """J-04: the books are compared as they are after it."""
    await reaper.kill(with_a(oev.OrderPendingCancel), behind=True, act=place_and_cancel)
    events = [record.event for record in read_journal(reaper.paths.journal)]
    (order_id,) = {event.client_order_id for event in events if isinstance(event, oev.OrderPendingCancel)}
    assert order_id in known_to(reaper.paths.venue).orders
    run = await play(reaper.paths.state, BOUNDS)

    assert run.state.blotter.orders[order_id].status is OrderStatus.CANCELED
    assert not CORRECTIONS & kinds(run.records).keys()
    assert run.state.trading.state is TradingState.ACTIVE


def submitted_by(record: ev.Record) -> ClientOrderId | None:
    """Return the order that a record approves, if it approves one."""
    return record.event.client_order_id if isinstance(record.event, oev.OrderSubmitted) else None


def place_and_cancel(session: Session) -> None:
    """Place an order far from the market at the end of the first day, and cancel it as soon as it works."""

    def place(_record: ev.Record) -> None:
        if not any(order.ticket.strategy_id == MANUAL for order in session.state.blotter.orders.values()):
            session.inbox.put(do.SubmitTicket(actor="test", ticket=resting()))

    def cancel(record: ev.Record) -> None:
        assert isinstance(record.event, oev.OrderAccepted)
        if session.state.blotter.orders[record.event.client_order_id].ticket.strategy_id == MANUAL:
            session.inbox.put(do.CancelOrder(actor="test", client_order_id=record.event.client_order_id))

    session.bus.subscribe(place, ev.TapePositioned)
    session.bus.subscribe(cancel, oev.OrderAccepted)


def resting() -> OrderTicket:
    """Return an order that rests far from the market."""
    return OrderTicket(
        broker=BrokerId("sim"),
        account=AccountId("SIM-000001"),
        strategy_id=MANUAL,
        instrument_id=InstrumentId("AAPL.XNAS"),
        side=Side.BUY,
        quantity=Decimal(1),
        order_type=OrderType.LIMIT,
        limit_px=Decimal(1),
        tif=TimeInForce.GTC,
    )
