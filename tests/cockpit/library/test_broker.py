"""The account at its broker, in the verbs that broker libraries have."""

import asyncio
import sqlite3
from decimal import Decimal as D
from pathlib import Path

import pytest

from cockpit.library.errors import BrokerConnectionError, RiskLimitViolationError, TradingError
from oms.domain.order import OrderStatus
from oms.domain.risk import TradingState
from tests.doubles.scripts import scripted


async def test_the_usage_examples_of_a_broker_run(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        broker = session.broker

        assert await broker.connect() is True
        account = await broker.get_account()
        assert (account.account_id, account.broker_name, account.currency) == ("SIM-000001", "sim", "USD")
        assert account.balance == account.equity == account.buying_power == D(100_000)
        assert account.is_pattern_day_trader is None

        order = await broker.place_order(
            symbol="AAPL", side="buy", order_type="limit", quantity=10, limit_price=D("150.00")
        )
        assert order.status is OrderStatus.ACCEPTED
        assert (await broker.get_account()).buying_power == D(100_000) - 10 * order_mark(order_px=D("202.38"))
        assert (await broker.cancel_order(order.order_id)).status is OrderStatus.CANCELED
        assert (await broker.get_account()).buying_power == D(100_000)


def order_mark(order_px: D) -> D:
    """Return what a working buy reserves for each unit: its limit or the mark, whichever is more."""
    return max(D("150.00"), order_px)


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
        holder = sqlite3.connect(tmp_path / "paper" / "sim" / "SIM-000001" / "venue.sqlite", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            for _ in range(2):
                with pytest.raises(BrokerConnectionError, match="sim is lost"):
                    await session.run(bars=1)
            with pytest.raises(
                BrokerConnectionError, match=r"sim is lost: .*; session.resume\(\) reaches for it again"
            ):
                await session.broker.connect()
            with pytest.raises(TradingError, match="trading was stopped again meanwhile"):
                await session.resume()
        finally:
            holder.execute("ROLLBACK")
            holder.close()

        assert (await session.risk.get_risk_status()).state is TradingState.HALTED
        await session.resume()
        assert await session.broker.connect() is True
        stood = session.state.ts
        await asyncio.sleep(0.01)
        assert session.state.ts == stood, "a resume does not let the market move"
        assert await session.run(bars=1) == 1
        assert (await session.oms.get_order_status(order.order_id)).status is OrderStatus.CANCELED
