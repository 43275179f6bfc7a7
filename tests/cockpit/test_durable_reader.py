"""What anybody is told of a running session is durable, also while a commit is under way."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from cockpit.library.errors import OrderExecutionError, RequestError, TradingError
from cockpit.library.open_session import OpenSession
from oms.domain.events import Record
from oms.domain.order import OrderStatus
from oms.journal.errors import JournalError
from tests.doubles.scripts import scripted

BUY = {"symbol": "AAPL", "side": "buy", "quantity": "10"}


class SlowCommit:
    """A session whose next commit waits, and may then fail."""

    def __init__(self, session: OpenSession) -> None:
        self.journal = session._session.journal  # noqa: SLF001 - a disk that takes its time
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.fails = False
        self._append = self.journal.append
        self.journal.append = self._wait  # type: ignore[method-assign]

    async def _wait(self, records: Sequence[Record]) -> None:
        self.begun.set()
        await self.go_on.wait()
        if self.fails:
            raise JournalError("no space left")
        await self._append(records)


async def test_a_question_during_a_commit_is_answered_when_the_commit_is_through(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        commit = SlowCommit(session)
        sending = asyncio.create_task(session.oms.submit_order(BUY))
        await commit.begun.wait()
        asking = asyncio.create_task(session.oms.get_orders())
        wrong = asyncio.create_task(session.oms.get_order_status("SIM-9-9"))
        left = asyncio.create_task(session.oms.get_positions())
        for _ in range(5):
            await asyncio.sleep(0)
        left.cancel()

        assert len(session.state.blotter.orders) == 1, "the state is ahead"
        assert not asking.done()
        commit.go_on.set()
        (order,) = await asking
        assert order.status is OrderStatus.SUBMITTED
        with pytest.raises(RequestError, match="there is no order SIM-9-9"):
            await wrong
        await sending


async def test_who_waits_for_a_commit_that_will_never_come_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no space left"):
        await lose_a_commit(tmp_path)


async def lose_a_commit(folder: Path) -> None:
    """Ask while a commit is under way that fails, and once more when it has."""
    async with scripted(folder, mode="backtest") as session:
        commit = SlowCommit(session)
        commit.fails = True
        sending = asyncio.create_task(session.oms.submit_order(BUY))
        await commit.begun.wait()
        asking = asyncio.create_task(session.oms.get_orders())
        await asyncio.sleep(0)
        commit.go_on.set()

        with pytest.raises(TradingError, match="its last records could not be written"):
            await asking
        with pytest.raises(TradingError, match="its last records could not be written"):
            await session.oms.get_orders()
        with pytest.raises(OrderExecutionError, match="nothing was done: no space left"):
            await sending
        with pytest.raises(TradingError, match="the session is over"):
            await session.run(bars=1)
