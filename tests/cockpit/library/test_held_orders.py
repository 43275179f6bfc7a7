"""A script's stops and dates at a venue that takes neither: held here, changed at once, and ended from here."""

from datetime import UTC, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest
from msgspec.structs import replace

from brokers.sim.venue import SimBroker
from cockpit.library.errors import RequestError, RiskLimitViolationError
from oms.domain.order import OrderStatus, OrderType, TimeInForce
from tests.doubles.scripts import scripted

BUY = {"symbol": "AAPL", "side": "buy", "quantity": "10"}
PLAIN = replace(
    SimBroker.capabilities,
    order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}),
    tifs=frozenset({TimeInForce.DAY, TimeInForce.GTC}),
)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimBroker, "capabilities", PLAIN)


async def test_a_stop_is_held_here_changed_at_once_and_traded_when_its_price_is_touched(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        ask = (await session.market.get_latest_quote("AAPL")).ask_px
        wish = {**BUY, "order_type": "stop", "stop_price": ask + 100, "time_in_force": "gtc"}
        order_id = await session.oms.submit_order(wish)
        held = await session.oms.get_order_status(order_id)
        changed = await session.oms.replace_order(order_id, {"stop_price": ask + D("0.10"), "quantity": "5"})
        await session.run(bars=5)
        bought = await session.oms.get_order_status(order_id)

        assert held.status is OrderStatus.HELD
        assert (changed.status, changed.stop_price, changed.quantity) == (OrderStatus.HELD, ask + D("0.10"), D(5))
        assert (bought.status, bought.filled_quantity) == (OrderStatus.FILLED, D(5))


async def test_a_change_of_what_is_held_is_denied_by_name(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        ask = (await session.market.get_latest_quote("AAPL")).ask_px
        order_id = await session.oms.submit_order({**BUY, "order_type": "stop", "stop_price": ask + 100})

        with pytest.raises(RiskLimitViolationError, match="max_"):
            await session.oms.replace_order(order_id, {"quantity": "100000"})
        assert (await session.oms.get_order_status(order_id)).quantity == D(10)


async def test_an_order_until_an_instant_is_canceled_from_here_at_it(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        until = datetime(2010, 3, 1, 16, tzinfo=UTC)
        wish = {**BUY, "order_type": "limit", "limit_price": "1", "time_in_force": "gtd", "expires_at": until}
        order_id = await session.oms.submit_order(wish)
        sent = await session.oms.get_order_status(order_id)
        await session.run(bars=2)

        assert (sent.status, sent.expires_at) == (OrderStatus.ACCEPTED, until)
        assert (await session.oms.get_order_status(order_id)).status is OrderStatus.CANCELED


async def test_what_the_venue_does_not_take_is_refused_with_what_it_takes(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RequestError, match="sim takes no FOK orders: it takes DAY, GTC"):
            await session.oms.submit_order({**BUY, "time_in_force": "fok"})
        assert await session.oms.get_orders() == []
