"""Exits by hand from a script, over the gap of 2010-04-16, when GOOG opened at 562.95 after 595.

Each story is one that once ended in a position nobody had asked for.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cockpit.bootstrap import open_session
from cockpit.library.errors import RiskLimitViolationError
from cockpit.library.open_session import OpenSession
from cockpit.library.order_info import OrderInfo
from oms.domain.order import OrderStatus

BEFORE_THE_GAP = {
    "strategies": {},
    "sim": {"partial": 0},
    "feed": {"tape": {"from": "2010-04-15"}},
    "risk": {
        "max_position": {"limit": 0.9},
        "max_order_value": {"limit": 80_000},
        "short_sale": {"allow": False},
    },
}
STOP = {"symbol": "GOOG", "side": "sell", "quantity": "10", "order_type": "stop", "time_in_force": "gtc"}
LIMIT = {"symbol": "GOOG", "side": "sell", "quantity": "10", "order_type": "limit", "time_in_force": "gtc"}
BUY = {"symbol": "GOOG", "side": "buy", "quantity": "10"}
SELL = {"symbol": "GOOG", "side": "sell", "quantity": "10"}


@asynccontextmanager
async def before_the_gap(folder: Path) -> AsyncIterator[OpenSession]:
    async with open_session(mode="paper", config=BEFORE_THE_GAP, state=folder) as session:
        await session.run(bars=1)
        yield session


async def submit(session: OpenSession, request: dict[str, Any], **more: Any) -> OrderInfo:
    return await session.oms.get_order_status(await session.oms.submit_order(request | more))


async def status(session: OpenSession, order: OrderInfo) -> OrderStatus:
    return (await session.oms.get_order_status(order.order_id)).status


async def buy_with_a_stop(session: OpenSession, stop_px: str = "591") -> OrderInfo:
    """Buy ten, and return the stop by hand for them."""
    await submit(session, BUY)
    return await submit(session, STOP, stop_price=stop_px)


async def held(session: OpenSession) -> Decimal:
    return sum((one.quantity for one in await session.oms.get_positions()), Decimal(0))


async def test_a_second_stop_for_the_same_shares_is_denied_and_names_the_first(tmp_path: Path) -> None:
    async with before_the_gap(tmp_path) as session:
        await submit(session, BUY, protect_price="590", target_price="640")

        with pytest.raises(RiskLimitViolationError, match="stop 2 already stands for 10 of 10: change that one"):
            await submit(session, STOP, stop_price="591")
        with pytest.raises(RiskLimitViolationError, match="target 3 already stands for 10 of 10: change that one"):
            await submit(session, LIMIT, limit_price="650")
        await session.run(bars=1)

        assert await held(session) == 0


async def test_one_that_may_open_is_judged_as_what_it_would_open(tmp_path: Path) -> None:
    async with before_the_gap(tmp_path) as session:
        await submit(session, BUY, protect_price="590", target_price="640")

        with pytest.raises(RiskLimitViolationError, match="10 would be short"):
            await submit(session, STOP, stop_price="591", reduce_only=False)


async def test_what_is_left_of_a_position_is_what_a_further_stop_may_be_for(tmp_path: Path) -> None:
    async with before_the_gap(tmp_path) as session:
        await submit(session, BUY)
        await submit(session, STOP, stop_price="590", quantity="6")

        with pytest.raises(RiskLimitViolationError, match="stop 2 already stands for 6 of 10: 4 are left"):
            await submit(session, STOP, stop_price="589", quantity="5")
        assert (await submit(session, STOP, stop_price="588", quantity="4")).status is OrderStatus.ACCEPTED
        await session.run(bars=1)

        assert await held(session) == 0
        assert not await session.oms.get_positions()


async def test_a_sale_is_not_denied_for_the_stop_beside_it_and_takes_it_along(tmp_path: Path) -> None:
    async with before_the_gap(tmp_path) as session:
        stop = await buy_with_a_stop(session)

        assert (await submit(session, SELL)).status is OrderStatus.FILLED
        assert await status(session, stop) is OrderStatus.CANCELED
        await session.run(bars=1)

        assert not await session.oms.get_positions()


async def test_a_stop_goes_with_its_position_while_trading_is_halted(tmp_path: Path) -> None:
    async with before_the_gap(tmp_path) as session:
        stop = await buy_with_a_stop(session)
        await session.halt("enough")
        assert await status(session, stop) is OrderStatus.ACCEPTED

        await session.flatten(confirm="FLATTEN")
        await session.run(bars=1)

        assert await status(session, stop) is OrderStatus.CANCELED
        assert not await session.oms.get_positions()


async def test_a_stop_and_a_limit_for_what_is_held_end_each_other(tmp_path: Path) -> None:
    async with before_the_gap(tmp_path) as session:
        stop = await buy_with_a_stop(session)
        limit = await submit(session, LIMIT, limit_price="640")
        assert limit.status is OrderStatus.ACCEPTED
        (position,) = await session.oms.get_positions()
        assert position.stop_loss_price == 591

        await session.run(bars=1)

        assert await status(session, stop) is OrderStatus.FILLED
        assert await status(session, limit) is OrderStatus.CANCELED
        assert not await session.oms.get_positions()


async def test_a_stop_is_reduced_to_what_is_left(tmp_path: Path) -> None:
    async with before_the_gap(tmp_path) as session:
        stop = await buy_with_a_stop(session)

        await submit(session, SELL, quantity="4")

        assert (await session.oms.get_order_status(stop.order_id)).quantity == 6
        await session.run(bars=1)
        assert not await session.oms.get_positions()


async def test_a_stop_outlives_no_restart_either(tmp_path: Path) -> None:
    async with before_the_gap(tmp_path) as session:
        stop = await buy_with_a_stop(session, "500")
    async with open_session(mode="paper", config=BEFORE_THE_GAP, state=tmp_path) as session:
        assert await status(session, stop) is OrderStatus.ACCEPTED
        await session.run(bars=1)

        await submit(session, SELL)

        assert await status(session, stop) is OrderStatus.CANCELED


async def test_what_the_gate_would_say_is_what_it_says(tmp_path: Path) -> None:
    async with before_the_gap(tmp_path) as session:
        await submit(session, BUY, protect_price="590")

        asked: dict[str, Any] = SELL | {"order_type": "stop", "stop_price": "591"}
        decision = await session.risk.check_order_risk(**asked)

        assert decision.failed == ("reduce_only",)
        assert (await session.risk.check_order_risk(**asked, reduce_only=False)).failed == ("short_sale",)
