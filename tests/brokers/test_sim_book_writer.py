"""How the simulated venue's book is written: on a thread, so that the loop goes on, and before any of it is told."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from brokers.sim.book_writer import BookWriter, NewReport
from brokers.sim.disk_book import BookError
from brokers.sim.venue import SimBroker
from brokers.synthetic import SyntheticFeed
from oms.domain.fees import PercentFee
from oms.domain.order import Order, Side, TimeInForce
from oms.domain.report import ExecType, ExecutionReport
from oms.domain.units import Money
from tests.doubles.locked import locked
from tests.doubles.orders import ACCOUNT, submitted

(INSTRUMENT,) = SyntheticFeed(seed=1, count=1).instruments


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sim" / "T-1" / "venue.sqlite"


@pytest.fixture
async def venue(path: Path) -> AsyncIterator[SimBroker]:
    venue = SimBroker(
        account=ACCOUNT,
        cash=Money(Decimal(100_000), "USD"),
        seed=7,
        instruments=(INSTRUMENT,),
        fees=PercentFee(frac=Decimal(0)),
        book=path,
    )
    await venue.connect()
    yield venue
    await venue.close()


def an_order(number: int = 1) -> Order:
    return submitted(number, INSTRUMENT, Side.BUY, 10, TimeInForce.DAY, limit="50.00")


def written(path: Path) -> list[tuple[str]]:
    """Return whose reports another program finds in the file."""
    reader = sqlite3.connect(path)
    try:
        return reader.execute("SELECT client_order_id FROM reports").fetchall()
    finally:
        reader.close()


def told(venue: SimBroker) -> list[str]:
    """Return what the venue says, in short."""
    return [said.exec_type if isinstance(said, ExecutionReport) else type(said).__name__ for said in venue.drain()]


async def test_the_loop_goes_on_while_the_book_is_written_and_it_is_told_of_when_that_is_over(
    path: Path, venue: SimBroker
) -> None:
    with locked(path):  # the thread waits for it
        venue.submit(an_order())
        writing = venue.keep()
        assert writing is not None
        waiting = asyncio.ensure_future(writing)
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting

    assert written(path) == [("T-1-1",)]
    assert told(venue) == [ExecType.NEW]
    assert venue.keep() is None


async def test_what_the_thread_could_not_write_is_not_told(path: Path, venue: SimBroker) -> None:
    with locked(path):
        venue.submit(an_order())
        writing = venue.keep()
        assert writing is not None
        await writing
    with pytest.raises(BookError, match="locked"):
        venue.drain()

    assert told(venue) == []
    await venue.connect()
    venue.query(an_order())
    assert told(venue) == ["NotFound"]


async def test_what_happens_after_a_failure_that_nobody_asked_for_is_not_written_either(
    path: Path, venue: SimBroker
) -> None:
    """A stop may come while the disk fails: it is carried out before anybody asks what became of the book."""
    with locked(path):
        venue.submit(an_order(1))
        writing = venue.keep()
        assert writing is not None
        await writing
    venue.submit(an_order(2))
    writing = venue.keep()
    assert writing is not None
    await writing

    with pytest.raises(BookError, match="locked"):
        venue.drain()
    assert written(path) == []


async def test_who_asks_while_the_book_is_written_is_told_nothing_that_is_not_there(
    path: Path, venue: SimBroker
) -> None:
    venue.submit(an_order())
    assert venue.keep() is not None

    assert told(venue) == [ExecType.NEW]
    assert written(path) == [("T-1-1",)]


async def test_a_wait_that_is_canceled_leaves_the_book_to_be_written(path: Path, venue: SimBroker) -> None:
    """Also what the thread has not come to yet."""
    await venue.close()
    free = threading.Event()

    def slowly() -> Iterator[NewReport]:
        free.wait()
        yield ("T-1-1", "{}", "0")

    writer = BookWriter(sqlite3.connect(path, isolation_level=None, check_same_thread=False))
    writer.begin([], slowly())
    writer.begin([], [("T-1-2", "{}", "0")])
    writing = writer.over()
    assert writing is not None
    waiting = asyncio.ensure_future(writing)
    waiting.cancel()
    await asyncio.wait([waiting])
    free.set()
    writer.finish()
    writer.close()

    assert written(path) == [("T-1-1",), ("T-1-2",)]
