"""What happens, told to a script: durable, in order, and to everybody who asked."""

import logging
from decimal import Decimal as D
from pathlib import Path

import pytest

from cockpit.library.errors import RequestError
from oms.domain.events import MarketMoved, Record, TapePositioned
from oms.domain.order_events import OrderAccepted, OrderFilled
from oms.journal.reader import read_rows
from tests.doubles.scripts import scripted

BUY = {"symbol": "IBM", "side": "buy", "quantity": "2"}


async def test_a_fill_is_told_to_all_who_listen_until_they_have_enough(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        positions: dict[str, D] = {}
        risk: list[Record] = []

        def update_positions(record: Record) -> None:
            assert isinstance(record.event, OrderFilled)
            fill = record.event.fill
            positions[fill.instrument_id] = positions.get(fill.instrument_id, D(0)) + fill.signed_qty

        enough = session.events.subscribe(OrderFilled, update_positions)
        session.events.subscribe("OrderFilled", risk.append)
        await session.oms.submit_order(BUY)
        enough()
        enough()
        await session.oms.submit_order({**BUY, "symbol": "AAPL"})

        assert positions == {"IBM.XNYS": D(2)}
        assert [record.event.fill.last_qty for record in risk if isinstance(record.event, OrderFilled)] == [D(2), D(2)]


async def test_who_has_enough_of_one_subscription_twice_keeps_the_other(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        told: list[Record] = []
        enough, still = [session.events.subscribe(OrderFilled, told.append) for _ in range(2)]
        enough()
        enough()
        await session.oms.submit_order(BUY)
        assert len(told) == 1

        still()
        await session.oms.submit_order({**BUY, "symbol": "AAPL"})
        assert len(told) == 1


async def test_what_is_told_is_in_the_journal_already_and_in_its_order(tmp_path: Path) -> None:
    journal = tmp_path / "paper" / "sim" / "SIM-000001" / "journal.sqlite"
    async with scripted(tmp_path) as session:
        told: list[tuple[int, str]] = []

        def look(record: Record) -> None:
            newest = [(row.seq, row.kind) for row in read_rows(journal, record.seq - 1)]
            assert newest[0] == (record.seq, type(record.event).__name__)
            told.append(newest[0])

        for kind in (OrderFilled, OrderAccepted, TapePositioned):
            session.events.subscribe(kind, look)
        await session.oms.submit_order(BUY)
        await session.run(bars=2)

        assert [kind for _, kind in told] == ["OrderAccepted", "OrderFilled", "TapePositioned", "TapePositioned"]
        assert told == sorted(told)


class Unspeakable(Exception):
    """Breaks whoever asks what it says."""

    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "said"),
    [(ZeroDivisionError("a bad day"), "ZeroDivisionError: a bad day"), (Unspeakable(), "Unspeakable")],
    ids=["in its words", "by its name, where it cannot say any"],
)
async def test_one_that_raises_is_logged_and_hurts_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception, said: str
) -> None:
    async with scripted(tmp_path) as session:
        seen: list[Record] = []

        def breaks(_record: Record) -> None:
            raise error

        session.events.subscribe(OrderFilled, breaks)
        session.events.subscribe(OrderFilled, seen.append)
        with caplog.at_level(logging.ERROR, logger="cockpit.library"):
            await session.oms.submit_order(BUY)

        assert len(seen) == 1
        assert f"breaks failed, {said}" in caplog.text


async def test_an_order_sent_from_a_fill_meets_the_market_of_that_fill(tmp_path: Path) -> None:
    """The market waits for a coroutine function, whatever called it."""
    async with scripted(tmp_path) as session:
        quote = await session.market.get_latest_quote("IBM")
        stops: list[tuple[int, int]] = []

        async def protect(record: Record) -> None:
            assert isinstance(record.event, OrderFilled)
            if record.event.fill.signed_qty > 0:
                order = await session.broker.place_order("IBM", "sell", "stop", "2", stop_price=quote.bid_px - 20)
                stops.append((record.ts, session.state.blotter.orders[order.order_id].ts_init))

        session.events.subscribe(OrderFilled, protect)
        limit = {**BUY, "order_type": "limit", "limit_price": quote.bid_px}
        await session.oms.submit_order(limit)
        assert not stops
        await session.run(bars=1)

        ((filled_at, sent_at),) = stops
        assert filled_at == sent_at > quote.ts


async def test_prices_are_told_as_well(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        moves: list[Record] = []
        session.events.subscribe(MarketMoved, moves.append)
        await session.run(bars=1)

        assert moves
        assert {record.seq for record in moves} == {0}, "what the market shows is not journaled"


@pytest.mark.parametrize(("kind", "said"), [("OrderFiled", "did you mean OrderFilled"), (int, "'int'")])
async def test_what_is_no_event_is_refused_with_the_nearest(tmp_path: Path, kind: type | str, said: str) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RequestError, match=said):
            session.events.subscribe(kind, print)
