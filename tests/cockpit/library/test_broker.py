"""The account at its broker, in the verbs that broker libraries have."""

import asyncio
from decimal import Decimal as D
from pathlib import Path

import pytest
from msgspec.structs import replace

from cockpit.library.errors import BrokerConnectionError, RequestError, RiskLimitViolationError, TradingError
from cockpit.library.open_session import OpenSession
from oms.domain.ids import BrokerId, ClientOrderId, VenueOrderId
from oms.domain.order import OrderStatus, OrderType
from oms.domain.risk import TradingState
from tests.doubles.locked import locked
from tests.doubles.scripts import scripted


async def test_the_usage_examples_of_a_broker_run(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        broker = session.broker

        assert await broker.connect() is True
        account = await broker.get_account()
        assert (account.account_id, account.broker_name, account.currency) == ("SIM-000001", "sim", "USD")
        assert account.balance == account.equity == account.buying_power == D(100_000)
        assert (account.status, account.link_error) == (TradingState.ACTIVE, "")
        assert account.is_pattern_day_trader is None

        order = await broker.place_order(
            symbol="AAPL", side="buy", order_type="limit", quantity=10, limit_price=D("150.00")
        )
        assert order.status is OrderStatus.ACCEPTED
        assert (await broker.get_account()).buying_power == D(100_000) - 10 * D("150.00")
        assert (await broker.cancel_order(order.order_id)).status is OrderStatus.CANCELED
        assert (await broker.get_account()).buying_power == D(100_000)


async def test_a_stop_order_is_placed_with_its_price(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.broker.place_order("AAPL", "buy", "market", "10")
        order = await session.broker.place_order("AAPL", "sell", "stop", "10", stop_price="150.00")

        assert (order.status, order.order_type, order.stop_price) == (
            OrderStatus.ACCEPTED,
            OrderType.STOP_MARKET,
            D("150.00"),
        )


async def test_an_order_is_canceled_by_our_name_for_it_or_by_the_brokers(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        ours, theirs = [
            await session.broker.place_order("AAPL", "buy", "limit", quantity, limit_price="150.00")
            for quantity in ("1", "2")
        ]
        assert theirs.venue_order_id is not None
        assert len({ours.order_id, theirs.order_id, ours.venue_order_id, theirs.venue_order_id}) == 4

        canceled = await session.broker.cancel_order(theirs.venue_order_id)
        assert (canceled.order_id, canceled.status) == (theirs.order_id, OrderStatus.CANCELED)
        assert [order.order_id for order in await session.oms.get_active_orders()] == [ours.order_id]
        assert (await session.broker.cancel_order(ours.order_id)).status is OrderStatus.CANCELED
        with pytest.raises(RequestError, match="there is no order no-such-number"):
            await session.broker.cancel_order("no-such-number")


@pytest.mark.parametrize("meant", [None, 5, ["SIM-1-1"], b"SIM-1-1"])
async def test_what_is_no_text_names_no_order_not_even_one_that_the_broker_has_not_numbered(
    tmp_path: Path, meant: str
) -> None:
    async with scripted(tmp_path) as session:
        order = await session.broker.place_order("AAPL", "buy", "limit", "1", limit_price="150.00")
        renumber(session, order.order_id, None)

        with pytest.raises(RequestError, match="order_id: there is no order"):
            await session.broker.cancel_order(meant)
        assert (await session.oms.get_order_status(order.order_id)).status is OrderStatus.ACCEPTED


async def test_our_own_name_goes_before_a_brokers_number_that_looks_like_it(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        alike, meant = [
            await session.broker.place_order("AAPL", "buy", "limit", quantity, limit_price="150.00")
            for quantity in ("1", "2")
        ]
        renumber(session, alike.order_id, meant.order_id)

        assert (await session.broker.cancel_order(meant.order_id)).order_id == meant.order_id
        assert (await session.oms.get_order_status(alike.order_id)).status is OrderStatus.ACCEPTED


async def test_another_brokers_number_names_no_order_of_this_one(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order = await session.broker.place_order("AAPL", "buy", "limit", "1", limit_price="150.00")
        known = session.state.blotter.orders[order.order_id]
        elsewhere = replace(known, ticket=replace(known.ticket, broker=BrokerId("other")))
        session.state.blotter.open[order.order_id] = elsewhere
        assert order.venue_order_id is not None

        with pytest.raises(RequestError, match="order_id: there is no order"):
            await session.broker.cancel_order(order.venue_order_id)


def renumber(session: OpenSession, order_id: ClientOrderId, venue_order_id: str | None) -> None:
    """Let the broker have another number for an order, or none yet."""
    number = VenueOrderId(venue_order_id) if venue_order_id is not None else None
    blotter = session.state.blotter
    blotter.orders[order_id] = replace(blotter.orders[order_id], venue_order_id=number)
    blotter.open[order_id] = blotter.orders[order_id]


async def test_an_account_says_whether_orders_pass(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.halt("a look around")
        assert (await session.broker.get_account()).status is TradingState.HALTED
        await session.resume()
        assert (await session.broker.get_account()).status is TradingState.ACTIVE


async def test_there_is_no_second_door_an_order_placed_at_the_broker_meets_the_gate(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RiskLimitViolationError, match="max_order_value"):
            await session.broker.place_order("AAPL", "buy", "market", "100")

        (denied,) = await session.oms.get_orders()
        assert denied.status is OrderStatus.DENIED


async def test_a_holding_counts_at_its_mark(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order = await session.broker.place_order("AAPL", "buy", "market", "10")
        (held,) = await session.broker.get_positions()
        account = await session.broker.get_account()

        assert order.average_fill_price is not None
        assert held.current_price is not None
        assert held.unrealized_pnl == 10 * (held.current_price - order.average_fill_price)
        assert held.unrealized_pnl_percent == held.unrealized_pnl / (10 * order.average_fill_price) * 100
        assert account.equity == D(100_000) + held.unrealized_pnl


async def test_a_broker_that_is_lost_says_so_until_it_is_found_again(tmp_path: Path) -> None:
    """Its book cannot be written, which is how a simulated venue is lost."""
    async with scripted(tmp_path) as session:
        order = await session.broker.place_order("AAPL", "buy", "limit", "1", limit_price="202.10")
        with locked(tmp_path / "paper" / "sim" / "SIM-000001" / "venue.sqlite"):
            for _ in range(2):
                with pytest.raises(BrokerConnectionError, match="sim is lost"):
                    await session.run(bars=1)
            with pytest.raises(
                BrokerConnectionError, match=r"sim is lost: .*; session.resume\(\) reaches for it again"
            ):
                await session.broker.connect()
            account = await session.broker.get_account()
            assert account.status is TradingState.HALTED, "that nothing passes is not hidden by the reason for it"
            assert "locked" in account.link_error
            with pytest.raises(TradingError, match="trading was stopped again meanwhile"):
                await session.resume()

        assert (await session.risk.get_risk_status()).state is TradingState.HALTED
        await session.resume()
        assert await session.broker.connect() is True
        stood = session.state.ts
        await asyncio.sleep(0.01)
        assert session.state.ts == stood, "a resume does not let the market move"
        assert await session.run(bars=1) == 1
        assert (await session.oms.get_order_status(order.order_id)).status is OrderStatus.CANCELED
