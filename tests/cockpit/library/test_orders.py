"""A script's orders: what is asked, what the venue says, and what is held afterwards."""

import re
from datetime import UTC, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest
from msgspec.structs import replace

from cockpit.library.errors import OrderExecutionError, RequestError, TradingError
from cockpit.library.open_session import OpenSession
from cockpit.library.position_info import PositionSide
from oms.domain.ids import AccountId, BrokerId, StrategyId
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Side
from tests.doubles.scripts import scripted

REQUEST = {"symbol": "AAPL", "side": "buy", "quantity": "10", "order_type": "market", "time_in_force": "day"}


async def test_the_usage_example_of_an_order_runs_as_soon_as_the_session_is_open(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order_id = await session.oms.submit_order(REQUEST)
        status = await session.oms.get_order_status(order_id)
        (position,) = await session.oms.get_positions()

        assert (status.order_id, status.symbol, status.side) == (order_id, "AAPL", Side.BUY)
        assert (status.order_type, status.quantity, status.limit_price) == (OrderType.MARKET, D(10), None)
        assert (status.status, status.filled_quantity) == (OrderStatus.FILLED, D(10))
        assert status.submitted_at == datetime(2010, 2, 26, 14, 30, tzinfo=UTC)
        assert (position.symbol, position.side, position.quantity) == ("AAPL", PositionSide.LONG, D(10))
        assert position.avg_entry_price == status.average_fill_price


@pytest.mark.parametrize(
    ("strategies", "named"), [({}, "manual"), ({"ma_crossover": {"enabled": False}}, "manual or ma_crossover")]
)
async def test_a_ticket_for_a_strategy_that_is_not_configured_is_refused_and_those_that_are_are_named(
    tmp_path: Path, strategies: dict[str, dict[str, bool]], named: str
) -> None:
    async with scripted(tmp_path, strategies=strategies) as session:
        said = f"strategy_id: no strategy trend_following is here: {named}"
        with pytest.raises(RequestError, match=f"^{re.escape(said)}$"):
            await session.oms.submit_ticket(ticket_for(session, "trend_following"))
        assert await session.oms.get_orders() == []

        for name in strategies:
            order_id = await session.oms.submit_ticket(ticket_for(session, name))
            assert (await session.oms.get_order_status(order_id)).strategy_id == name


async def test_what_a_strategy_holds_that_is_not_configured_any_more_is_given_back_in_its_name(tmp_path: Path) -> None:
    async with scripted(tmp_path, strategies={"ma_crossover": {"enabled": False}}) as session:
        await session.oms.submit_ticket(ticket_for(session, "ma_crossover"))
    async with scripted(tmp_path) as session:
        await session.oms.submit_ticket(replace(ticket_for(session, "ma_crossover"), side=Side.SELL))

        assert await session.oms.get_positions() == []
        with pytest.raises(RequestError, match="no strategy ma_crossover is here: manual"):
            await session.oms.submit_ticket(ticket_for(session, "ma_crossover"))


def ticket_for(session: OpenSession, strategy: str) -> OrderTicket:
    """Return a market order of ten AAPL."""
    instrument = session.state.instruments.find("AAPL")
    assert instrument is not None
    return OrderTicket(
        broker=BrokerId("sim"),
        account=AccountId("SIM-000001"),
        strategy_id=StrategyId(strategy),
        instrument_id=instrument.instrument_id,
        side=Side.BUY,
        quantity=D(10),
        order_type=OrderType.MARKET,
    )


async def test_a_paper_order_lives_its_whole_life_and_the_balance_falls_by_its_cost(tmp_path: Path) -> None:
    """TST-04: the full lifecycle at the paper broker."""
    async with scripted(tmp_path) as session:
        before = await session.broker.get_account()
        order = await session.broker.place_order("IBM", "buy", "market", "10")
        after = await session.broker.get_account()
        (position,) = await session.broker.get_positions()

        assert order.status is OrderStatus.FILLED
        assert order.average_fill_price is not None
        assert (position.symbol, position.quantity) == ("IBM", D(10))
        assert (before.balance, after.balance) == (D(100_000), D(100_000) - 10 * order.average_fill_price)


async def test_a_limit_order_is_filled_at_the_market_when_that_is_better(tmp_path: Path) -> None:
    """TST-04: the complete workflow, filled below its limit."""
    async with scripted(tmp_path) as session:
        ask = (await session.market.get_latest_quote("AAPL")).ask_px
        request = REQUEST | {"order_type": "limit", "limit_price": ask + D("0.05")}
        order = await session.oms.get_order_status(await session.oms.submit_order(request))

        assert order.status is OrderStatus.FILLED
        assert order.limit_price == ask + D("0.05")
        assert order.average_fill_price == ask


async def test_only_what_may_still_trade_is_an_active_order(tmp_path: Path) -> None:
    """TST-04: saved, found again, and filtered."""
    async with scripted(tmp_path) as session:
        filled = await session.oms.submit_order(REQUEST)
        resting = await session.oms.submit_order(
            REQUEST | {"symbol": "IBM", "order_type": "limit", "limit_price": "100"}
        )

        assert [order.order_id for order in await session.oms.get_orders()] == [filled, resting]
        (active,) = await session.oms.get_active_orders()

        assert (active.order_id, active.status) == (resting, OrderStatus.ACCEPTED)
        assert (active.limit_price, active.is_closed) == (D(100), False)


async def test_an_order_is_found_again_by_the_next_session(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order_id = await session.oms.submit_order(
            {**REQUEST, "order_type": "limit", "limit_price": "100", "time_in_force": "gtc", "reason": "a dip"}
        )
        first = await session.oms.get_order_status(order_id)

    async with scripted(tmp_path) as session:
        assert await session.oms.get_order_status(order_id) == first
        assert first.reason == "a dip"


async def test_a_canceled_order_is_canceled_when_the_call_returns(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order_id = await session.oms.submit_order(REQUEST | {"order_type": "limit", "limit_price": "100"})

        assert (await session.oms.cancel_order(order_id)).status is OrderStatus.CANCELED
        assert await session.oms.get_active_orders() == []
        with pytest.raises(OrderExecutionError, match="is CANCELED and cannot be canceled"):
            await session.oms.cancel_order(order_id)


@pytest.mark.parametrize("ask", ["get_order_status", "cancel_order"])
async def test_an_order_that_nobody_made_is_not_found(tmp_path: Path, ask: str) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RequestError, match="there is no order SIM-9-9"):
            await getattr(session.oms, ask)("SIM-9-9")


async def test_what_the_venue_rejects_is_an_error_with_its_words(tmp_path: Path) -> None:
    async with scripted(tmp_path, sim={"reject": 1}) as session:
        with pytest.raises(OrderExecutionError, match="REJECTED: rejected by chance") as raised:
            await session.oms.submit_order(REQUEST)

        assert raised.value.order_id is not None
        assert (await session.oms.get_order_status(raised.value.order_id)).status is OrderStatus.REJECTED
        assert await session.oms.get_positions() == []


async def test_an_order_that_may_not_rest_and_finds_nothing_is_canceled_and_no_error(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        request = REQUEST | {"order_type": "limit", "limit_price": "100", "time_in_force": "ioc"}
        order = await session.oms.get_order_status(await session.oms.submit_order(request))

        assert (order.status, order.filled_quantity) == (OrderStatus.CANCELED, D(0))


async def test_a_partial_fill_is_neither_an_error_nor_the_end(tmp_path: Path) -> None:
    async with scripted(tmp_path, sim={"partial": 1}) as session:
        order_id = await session.oms.submit_order(REQUEST)
        first = await session.oms.get_order_status(order_id)
        await session.run(bars=1)
        last = await session.oms.get_order_status(order_id)

        assert first.status is OrderStatus.PARTIALLY_FILLED
        assert 0 < first.filled_quantity < 10
        assert (last.status, last.filled_quantity) == (OrderStatus.FILLED, D(10))


async def test_orders_after_the_session_are_refused_and_not_lost(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        pass

    with pytest.raises(TradingError, match="nothing was done: the session is over"):
        await session.oms.submit_order(REQUEST)
