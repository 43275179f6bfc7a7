"""The simulated venue's book on disk: what it knows after the process is gone."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from brokers.sim.disk_book import BookError, DiskBook, Known, known_to
from brokers.sim.settings import SimSettings
from brokers.sim.venue import SIM, SimBroker
from brokers.sim.wire import Wire
from brokers.synthetic import SyntheticFeed
from oms.domain.account import AccountSnapshot
from oms.domain.fees import PercentFee
from oms.domain.ids import MANUAL, AccountId, ClientOrderId
from oms.domain.market import Quote, SessionEnded
from oms.domain.order import Order, OrderStatus, OrderTicket, OrderType, Side, TimeInForce
from oms.domain.report import ExecType, ExecutionReport, NotFound, VenueReport
from oms.domain.units import Money
from tests.brokers.venue import changed
from tests.doubles.locked import locked

ACCOUNT = AccountId("T-1")
(INSTRUMENT,) = SyntheticFeed(seed=1, count=1).instruments


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sim" / "T-1" / "venue.sqlite"


def a_venue(path: Path | None, account: AccountId = ACCOUNT, cash: int = 100_000) -> SimBroker:
    return SimBroker(
        account=account,
        cash=Money(Decimal(cash), "USD"),
        seed=7,
        instruments=(INSTRUMENT,),
        fees=PercentFee(frac=Decimal("0.0005")),
        settings=SimSettings(partial=Decimal(1)),
        book=path,
    )


Opener = Callable[[Path], Awaitable[SimBroker]]


@pytest.fixture
async def opened() -> AsyncIterator[Opener]:
    """Opens venues over a file and closes them when the test is over.

    A venue that a test leaves behind has crashed: it is not closed before another opens its file.
    """
    venues = []

    async def opening(path: Path) -> SimBroker:
        venues.append(a_venue(path))
        await venues[-1].connect()
        return venues[-1]

    yield opening
    for venue in venues:
        await venue.close()


def a_quote(bid: int, ts: int) -> Quote:
    return Quote(instrument=INSTRUMENT, ts=ts, bid=bid, ask=bid + 1, last=bid, bid_size=1, ask_size=1)


def an_order(number: int, quantity: str = "1000", limit: str | None = None) -> Order:
    ticket = OrderTicket(
        broker=SIM,
        account=ACCOUNT,
        strategy_id=MANUAL,
        instrument_id=INSTRUMENT.instrument_id,
        side=Side.BUY,
        quantity=Decimal(quantity),
        order_type=OrderType.LIMIT if limit else OrderType.MARKET,
        limit_px=Decimal(limit) if limit else None,
        tif=TimeInForce.DAY,
    )
    order_id = ClientOrderId(f"T-1-{number}")
    return Order(client_order_id=order_id, ticket=ticket, status=OrderStatus.SUBMITTED, ts_init=1, ts_event=1)


def answer(venue: SimBroker, order: Order) -> list[VenueReport]:
    venue.drain()
    venue.query(order)
    return list(venue.drain())


def kinds(reports: list[VenueReport]) -> list[str]:
    return [report.exec_type if isinstance(report, ExecutionReport) else type(report).__name__ for report in reports]


async def test_reports_that_nobody_kept_before_the_crash_come_back_by_query(path: Path, opened: Opener) -> None:
    """The process ends between the venue's commit and ours."""
    venue = await opened(path)
    venue.on_market(a_quote(10_000, ts=1))
    venue.submit(an_order(1))
    venue.on_market(a_quote(10_000, ts=2))
    lost = list(venue.drain())
    after = await opened(path)

    assert kinds(lost) == [ExecType.NEW, ExecType.TRADE, ExecType.TRADE]
    assert after.drain() == []
    assert answer(after, an_order(1)) == lost


@pytest.mark.parametrize(("orderly", "known"), [(False, "NotFound"), (True, ExecType.NEW)])
async def test_what_was_not_told_yet_is_kept_by_an_orderly_end_and_by_no_other(
    path: Path, opened: Opener, orderly: bool, known: str
) -> None:
    before = await opened(path)
    before.submit(an_order(1, limit="50.00"))
    if orderly:
        await before.close()

    assert kinds(answer(await opened(path), an_order(1))) == [known]


async def test_what_was_not_told_before_the_link_was_made_anew_is_kept_and_told(path: Path, opened: Opener) -> None:
    venue = await opened(path)
    venue.submit(an_order(1, limit="50.00"))
    books = await venue.connect()

    assert books.open_orders == ("T-1-1",)
    assert kinds(list(venue.drain())) == [ExecType.NEW]


async def test_a_restart_in_the_middle_of_an_order_changes_nothing_that_comes_after(path: Path, opened: Opener) -> None:
    async def life(*, restarts: bool) -> tuple[list[VenueReport], AccountSnapshot]:
        place = path.with_name(f"{restarts}.sqlite")
        venue = await opened(place)
        venue.on_market(a_quote(10_000, ts=1))
        venue.submit(an_order(1))
        venue.submit(an_order(2, limit="99.50"))
        for ts in range(2, 12):
            venue.drain()
            if restarts:
                venue = await opened(place)
            venue.on_market(a_quote(10_050 - 15 * ts, ts=ts))
        venue.on_market(SessionEnded(session="2010-06-18", ts=12))
        return answer(venue, an_order(1)) + answer(venue, an_order(2)), await venue.connect()

    assert await life(restarts=True) == await life(restarts=False)


async def test_a_changed_order_is_the_changed_one_after_a_restart(path: Path, opened: Opener) -> None:
    order = an_order(1, limit="99.50")
    before = await opened(path)
    before.on_market(a_quote(10_000, ts=1))
    before.submit(order)
    before.replace(*changed(order, limit_px=Decimal("99.00")))
    told = list(before.drain())
    after = await opened(path)

    assert kinds(told) == [ExecType.NEW, ExecType.REPLACED]
    assert answer(after, order) == told
    after.on_market(a_quote(9_920, ts=2))
    assert after.drain() == []
    after.on_market(a_quote(9_890, ts=3))
    assert kinds(list(after.drain())) == [ExecType.TRADE]


async def test_an_order_that_never_arrived_is_not_found_after_a_restart(path: Path, opened: Opener) -> None:
    before = await opened(path)
    before.on_market(a_quote(10_000, ts=5))
    before.submit(an_order(1))
    before.drain()
    after = await opened(path)

    assert answer(after, an_order(2)) == [NotFound(client_order_id=ClientOrderId("T-1-2"), ts=5)]


async def test_a_rejection_is_remembered_also_of_numbers_that_are_none(path: Path, opened: Opener) -> None:
    before = await opened(path)
    before.submit(an_order(1, quantity="NaN"))
    told = list(before.drain())
    after = await opened(path)

    assert kinds(told) == [ExecType.REJECTED]
    assert answer(after, an_order(1)) == told


async def test_the_books_after_a_restart_are_the_books_before(path: Path, opened: Opener) -> None:
    before = await opened(path)
    before.on_market(a_quote(10_000, ts=1))
    before.submit(an_order(1))
    before.submit(an_order(2, limit="50.00"))
    cash, net = Decimal(100_000), Decimal(0)
    for report in before.drain():
        if isinstance(report, ExecutionReport) and report.last_qty and report.last_px and report.fee:
            cash -= report.last_qty * report.last_px + report.fee.amount
            net += report.last_qty

    books = await (await opened(path)).connect()
    assert books.cash == (Money(cash, "USD"),)
    assert books.net == ((INSTRUMENT.instrument_id, net),)
    assert books.open_orders == ("T-1-1", "T-1-2")


async def test_the_cash_in_the_file_holds_against_what_a_later_opening_says(path: Path, opened: Opener) -> None:
    await (await opened(path)).close()
    later = a_venue(path, cash=5)
    books = await later.connect()
    await later.close()

    assert books.cash == (Money(Decimal(100_000), "USD"),)


async def test_the_file_and_its_companions_are_for_their_owner_only(path: Path, opened: Opener) -> None:
    venue = await opened(path)
    venue.submit(an_order(1, limit="50.00"))

    assert sorted(file.name for file in path.parent.iterdir()) == [
        "venue.sqlite",
        "venue.sqlite-shm",
        "venue.sqlite-wal",
    ]
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_all_that_happened_is_one_commit_which_is_durable_before_any_of_it_is_told(
    path: Path, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    venue = await opened(path)
    seen: list[list[str]] = []
    commit, told = DiskBook.commit, Wire.drain

    def read() -> list[str]:
        with sqlite3.connect(path) as reader:
            rows = reader.execute("SELECT client_order_id FROM reports ORDER BY place").fetchall()
        reader.close()
        return [order_id for (order_id,) in rows]

    def committed(book: DiskBook) -> None:
        seen.append(read())
        commit(book)

    def telling(wire: Wire) -> Sequence[VenueReport]:
        seen.append(read())
        return told(wire)

    monkeypatch.setattr(DiskBook, "commit", committed)
    monkeypatch.setattr(Wire, "drain", telling)
    venue.submit(an_order(1, limit="50.00"))
    venue.submit(an_order(2, limit="50.00"))
    venue.cancel(an_order(1))

    assert kinds(list(venue.drain())) == [ExecType.NEW, ExecType.NEW, ExecType.CANCELED]
    assert seen == [[], ["T-1-1", "T-1-2", "T-1-1"]]


async def test_commits_wait_for_the_disk(path: Path, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """The level belongs to the connection, so it can only be asked of the venue's own."""
    connections: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def noted(place: Path, **given: Any) -> sqlite3.Connection:
        connections.append(connect(place, **given))
        return connections[-1]

    monkeypatch.setattr(sqlite3, "connect", noted)
    await opened(path)

    (connection,) = connections
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_what_cannot_be_written_is_not_told_and_is_gone_when_the_book_is_opened_again(
    path: Path, opened: Opener
) -> None:
    venue = await opened(path)
    with locked(path):
        venue.submit(an_order(1, limit="50.00"))
        with pytest.raises(BookError, match="locked"):
            venue.drain()

    assert venue.drain() == []
    with pytest.raises(BookError, match="not open"):
        venue.submit(an_order(2))
    with pytest.raises(BookError, match="not open"):
        venue.query(an_order(1))
    await venue.connect()
    assert kinds(answer(venue, an_order(1))) == ["NotFound"]


async def test_the_market_moves_on_past_a_book_that_is_shut_and_tells_once_what_it_could_not_keep(
    path: Path, opened: Opener
) -> None:
    venue = await opened(path)
    order = an_order(1, limit="50.00")
    ends = replace(order, ticket=replace(order.ticket, tif=TimeInForce.GTD, expires_at=100))
    venue.on_market(a_quote(10_000, ts=1))
    venue.submit(ends)
    venue.drain()
    await venue.close()
    venue.on_market(a_quote(10_000, ts=200))
    with pytest.raises(BookError, match="not open"):
        venue.drain()
    venue.on_market(a_quote(10_000, ts=300))

    assert venue.drain() == []
    assert venue.expires() is None


def test_a_book_that_is_not_open_takes_no_order(path: Path) -> None:
    venue = a_venue(path)
    with pytest.raises(BookError, match="not open"):
        venue.submit(an_order(1, limit="50.00"))

    assert venue.drain() == []


def test_a_file_that_others_can_read_is_refused(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch(mode=0o644)

    with pytest.raises(ConnectionError, match=r"venue\.sqlite: others can open it \(mode 644\)"):
        asyncio.run(a_venue(path).connect())


async def test_another_account_s_book_is_refused(path: Path, opened: Opener) -> None:
    await (await opened(path)).close()

    with pytest.raises(ConnectionError, match="belongs to account T-1, not to T-2"):
        await a_venue(path, AccountId("T-2")).connect()


async def test_a_book_of_another_version_is_refused(path: Path, opened: Opener) -> None:
    await (await opened(path)).close()
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 9")
    file.close()

    with pytest.raises(ConnectionError, match="version 9, and this program reads version 1"):
        await a_venue(path).connect()


async def test_a_book_with_a_report_of_an_order_that_it_does_not_have_is_refused(path: Path, opened: Opener) -> None:
    venue = await opened(path)
    venue.submit(an_order(1, limit="50.00"))
    await venue.close()
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM orders")
    file.close()

    with pytest.raises(BookError, match=r"venue\.sqlite: a report of T-1-1, which it does not have"):
        await a_venue(path).connect()


def test_a_file_that_is_no_book_is_refused(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch(mode=0o600)
    path.write_bytes(b"no book" * 1_000)

    with pytest.raises(ConnectionError, match="not a database"):
        asyncio.run(a_venue(path).connect())


async def test_what_a_book_knows_is_read_from_outside_after_a_crash_and_at_rest(path: Path, opened: Opener) -> None:
    venue = await opened(path)
    venue.on_market(a_quote(10_000, ts=1))
    venue.submit(an_order(1))
    venue.submit(an_order(2, limit="50.00"))
    traded = [report.exec_id for report in venue.drain() if isinstance(report, ExecutionReport) and report.exec_id]
    crashed = known_to(path)
    await venue.close()
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    at_rest = known_to(path)

    assert len(traded) > 0
    assert crashed == at_rest == Known((ClientOrderId("T-1-1"), ClientOrderId("T-1-2")), frozenset(traded))
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


def test_a_book_that_is_not_there_or_was_never_opened_knows_nothing(path: Path) -> None:
    assert known_to(path) == Known()

    path.parent.mkdir(parents=True)
    path.touch(mode=0o600)
    assert known_to(path) == Known()


def test_a_book_that_cannot_be_read_is_an_error_and_not_an_empty_one(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no book" * 1_000)

    with pytest.raises(BookError, match=r"venue book .*venue.sqlite: file is not a database"):
        known_to(path)
