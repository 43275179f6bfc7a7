"""A session after its block: it answers no more, and says why."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from cockpit.library.errors import BrokerConnectionError, TradingError
from tests.doubles.scripts import scripted


async def test_after_its_block_a_session_says_that_it_is_over(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order_id = await session.oms.submit_order({"symbol": "AAPL", "side": "buy", "quantity": "10"})
    asked: dict[str, Any] = {"symbol": "AAPL", "side": "buy", "quantity": "1"}

    with pytest.raises(BrokerConnectionError, match="the session is over"):
        await session.broker.connect()
    questions: tuple[Callable[[], Awaitable[object]], ...] = (
        session.broker.get_account,
        session.oms.get_orders,
        session.oms.get_positions,
        session.oms.get_execution_analytics,
        lambda: session.oms.get_order_status(order_id),
        lambda: session.risk.check_order_risk(**asked),
        session.risk.get_risk_status,
        session.strategies.list_strategies,
        session.portfolio.get_metrics,
        lambda: session.portfolio.can_open_position("AAPL", "1"),
        lambda: session.market.get_latest_quote("AAPL"),
        lambda: session.market.get_bars("AAPL"),
    )
    for question in questions:
        with pytest.raises(TradingError, match="the session is over"):
            await question()
    with pytest.raises(TradingError, match="the session is over"):
        session.position_sizer()
    for act in (session.run(bars=1), session.resume(), session.halt("why")):
        with pytest.raises(TradingError):
            await act
    for command in (
        session.oms.submit_order(asked),
        session.oms.cancel_order(order_id),
        session.oms.replace_order(order_id, {"quantity": "9"}),
    ):
        with pytest.raises(TradingError, match="the session is over") as caught:
            await command
        assert type(caught.value) is TradingError
    assert [order.filled_qty for order in session.state.blotter.orders.values()] == [10]


async def test_a_session_is_opened_once(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(TradingError, match="a session is opened once"):
            await session.__aenter__()
        assert await session.broker.connect()
    with pytest.raises(TradingError, match="a session is opened once"):
        async with session:
            raise AssertionError
    async with scripted(tmp_path) as another:
        assert await another.broker.connect()
