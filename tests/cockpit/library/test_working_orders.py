"""A script's orders that wait: stops, orders with an end, orders that only reduce, and changes of them."""

from datetime import UTC, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest

from cockpit.library.errors import OrderExecutionError, RequestError, RiskLimitViolationError
from oms.domain.order import OrderStatus, OrderType, Side, TimeInForce
from tests.doubles.scripts import scripted

BUY = {"symbol": "AAPL", "side": "buy", "quantity": "10"}


async def test_a_stop_protects_what_was_bought_and_trades_when_the_market_falls(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.oms.submit_order(BUY)
        bid = (await session.market.get_latest_quote("AAPL")).bid_px
        stop = bid - D("0.10")
        wish = {**BUY, "side": "sell", "order_type": "stop", "stop_price": stop, "reduce_only": True}
        waiting = await session.oms.get_order_status(await session.oms.submit_order(wish | {"time_in_force": "gtc"}))
        await session.run(bars=5)
        sold = await session.oms.get_order_status(waiting.order_id)

        assert (waiting.status, waiting.order_type) == (OrderStatus.ACCEPTED, OrderType.STOP_MARKET)
        assert (waiting.stop_price, waiting.reduce_only) == (stop, True)
        assert sold.status is OrderStatus.FILLED
        assert sold.average_fill_price is not None
        assert sold.average_fill_price <= stop
        assert await session.oms.get_positions() == []


async def test_an_order_says_how_far_its_stop_trails(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.oms.submit_order({**BUY, "trail_by": "2.50"})
        entry, leg = await session.oms.get_orders()
        await session.oms.submit_order({**BUY, "symbol": "IBM", "order_type": "limit", "limit_price": "100.00"})
        limit = (await session.oms.get_orders())[-1]

        assert (entry.order_type, entry.trail_by) == (OrderType.MARKET, D("2.50"))
        assert (leg.order_type, leg.trail_by) == (OrderType.STOP_MARKET, D("2.50"))
        assert limit.trail_by is None


async def test_an_order_until_an_instant_ends_at_it(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        until = datetime(2010, 3, 1, 16, tzinfo=UTC)
        order_id = await session.oms.submit_order(
            {**BUY, "order_type": "limit", "limit_price": "1", "time_in_force": "gtd", "expires_at": until}
        )
        waiting = await session.oms.get_order_status(order_id)
        await session.run(bars=3)
        ended = await session.oms.get_order_status(order_id)

        assert (waiting.time_in_force, waiting.expires_at) == (TimeInForce.GTD, until)
        assert (waiting.status, ended.status) == (OrderStatus.ACCEPTED, OrderStatus.EXPIRED)


async def test_an_order_is_changed_and_trades_as_the_new_one(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order_id = await session.oms.submit_order({**BUY, "order_type": "limit", "limit_price": "150.00"})
        ask = (await session.market.get_latest_quote("AAPL")).ask_px
        smaller = await session.oms.replace_order(order_id, {"quantity": "7"})
        dearer = await session.oms.replace_order(order_id, {"limit_price": ask})

        assert (smaller.status, smaller.quantity, smaller.limit_price) == (OrderStatus.ACCEPTED, D(7), D("150.00"))
        assert (dearer.status, dearer.filled_quantity, dearer.average_fill_price) == (OrderStatus.FILLED, D(7), ask)


async def test_a_change_that_is_denied_says_what_would_pass_and_leaves_the_order(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order_id = await session.oms.submit_order({**BUY, "order_type": "limit", "limit_price": "200.00"})
        with pytest.raises(RiskLimitViolationError, match=r"max_position .*; at most 24 would pass") as denied:
            await session.oms.replace_order(order_id, {"quantity": "40"})
        after = await session.oms.replace_order(order_id, {"quantity": denied.value.largest_quantity})

        assert (after.status, after.quantity) == (OrderStatus.ACCEPTED, D(24))


async def test_what_has_ended_or_never_was_cannot_be_changed(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        order_id = await session.oms.submit_order(BUY)
        with pytest.raises(OrderExecutionError, match="is FILLED and cannot be changed"):
            await session.oms.replace_order(order_id, {"quantity": "7"})
        with pytest.raises(RequestError, match="there is no order SIM-9-9"):
            await session.oms.replace_order("SIM-9-9", {"quantity": "7"})


async def test_a_leg_that_waits_for_its_parent_is_not_changed_and_says_what_it_waits_for(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.oms.submit_order(
            {**BUY, "order_type": "limit", "limit_price": "150.00", "protect_price": "140.00"}
        )
        (stop,) = [one for one in await session.oms.get_active_orders() if one.status is OrderStatus.HELD]
        with pytest.raises(OrderExecutionError, match="order 2 cannot be changed: it waits for order 1 to fill"):
            await session.oms.replace_order(stop.order_id, {"quantity": "7"})


async def test_a_change_that_no_leg_can_have_was_never_asked_for(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.oms.submit_order({**BUY, "protect_price": "150.00", "target_price": "250.00"})
        _, stop, target = await session.oms.get_orders()
        for leg, price in ((stop, {"stop_price": "150.00"}), (target, {"limit_price": "250.00"})):
            with pytest.raises(RequestError, match="stands for 10 and follows the position: change its price"):
                await session.oms.replace_order(leg.order_id, {"quantity": "20"})
            with pytest.raises(RequestError, match="has these terms already"):
                await session.oms.replace_order(leg.order_id, price)
        with pytest.raises(RiskLimitViolationError, match="price_collar"):
            await session.oms.replace_order(target.order_id, {"limit_price": "20.40"})

        legs = (await session.oms.get_orders())[1:]
        assert [(leg.quantity, leg.stop_price, leg.limit_price) for leg in legs] == [
            (D(10), D("150.00"), None),
            (D(10), None, D("250.00")),
        ]


async def test_an_order_that_can_only_give_back_says_so(tmp_path: Path) -> None:
    """The legs of a bracket, and what waits within what is held by hand, whether it was asked for so or not."""
    async with scripted(tmp_path) as session:
        await session.oms.submit_order({**BUY, "protect_price": "150.00", "target_price": "250.00"})
        sell = {**BUY, "symbol": "IBM", "side": "sell", "quantity": "5", "time_in_force": "gtc"}
        await session.oms.submit_order({**BUY, "symbol": "IBM"})
        await session.oms.submit_order({**sell, "order_type": "stop", "stop_price": "100.00"})
        await session.oms.submit_order({**sell, "order_type": "limit", "limit_price": "150.00"})
        await session.oms.submit_order({**sell, "order_type": "limit", "limit_price": "160.00", "reduce_only": False})

        assert [(order.side, order.reduce_only) for order in await session.oms.get_orders()] == [
            (Side.BUY, False),
            (Side.SELL, True),
            (Side.SELL, True),
            (Side.BUY, False),
            (Side.SELL, True),
            (Side.SELL, True),
            (Side.SELL, False),
        ]


async def test_a_stop_on_the_wrong_side_is_denied_by_name(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RiskLimitViolationError, match="stop_validity"):
            await session.oms.submit_order({**BUY, "order_type": "stop", "stop_price": "1.00"})
        with pytest.raises(RiskLimitViolationError, match="reduce_only"):
            await session.oms.submit_order({**BUY, "reduce_only": True})
