"""TST-04: eight small stories that every order system of its kind is asked to tell, each by its name.

They run on the whole program: the gate with all its rules, the simulated venue, the journal on disk. AAPL is asked at
149.95 in all of them.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.market import MarketData, Quote
from oms.domain.order import CLOSED, OrderStatus, OrderType
from oms.domain.position import PositionKey
from oms.domain.units import ZERO, Money
from tests.risk.desk import Desk, buy
from tests.sessions.trader import Trader, trading

ROOM = {"risk.max_order_value.limit": "20000", "risk.max_position.limit": "1", "sim.partial": "0"}
FREE = {"commission.sim.type": "percent"}
ONE, FIVE = Decimal(1), Decimal(5)


def asked_at_149_95(data: Iterator[MarketData]) -> Iterator[MarketData]:
    for datum in data:
        if isinstance(datum, Quote) and datum.instrument.symbol == "AAPL":
            datum = replace(datum, bid=14_993, ask=14_995, last=14_994)  # noqa: PLW2901 - the same, at another price
        yield datum


@asynccontextmanager
async def market(folder: Path, **changes: str) -> AsyncIterator[Trader]:
    settings = ROOM | FREE | {name.replace("__", "."): value for name, value in changes.items()}
    async with trading(folder, settings, alter=asked_at_149_95) as trader:
        await trader.open()
        yield trader


def cash(trader: Trader) -> Decimal:
    (amount,) = trader.state.ledger.cash.values()
    return amount


def test_an_order_is_pending_when_it_is_created() -> None:
    """TST-04: order creation defaults to PENDING."""
    desk, order_id = Desk(), ClientOrderId("SIM-1-1")
    desk.apply(oev.OrderInitialized(client_order_id=order_id, ticket=buy("10")))
    order = desk.state.blotter.orders[order_id]

    assert (order.status, order.filled_qty, order.avg_px) == (OrderStatus.PENDING, ZERO, None)


@pytest.mark.parametrize("quantity", ["-10", "0"])
async def test_a_quantity_that_is_not_positive_is_refused(tmp_path: Path, quantity: str) -> None:
    """TST-04: negative quantity rejected."""
    async with market(tmp_path) as trader:
        order = await trader.buy(quantity, "AAPL")

        assert order.status is OrderStatus.DENIED
        assert "sane_numbers" in order.text
        assert cash(trader) == 100_000


async def test_a_part_and_then_the_whole(tmp_path: Path) -> None:
    """TST-04: partial then full fill."""
    async with market(tmp_path, sim__partial="1") as trader:
        order = await trader.buy("2", "AAPL")
        part = order.status, order.filled_qty, order.leaves_qty
        await trader.see(lambda datum: isinstance(datum, Quote) and datum.instrument.symbol == "AAPL")
        whole = trader.state.blotter.orders[order.client_order_id]

        assert part == (OrderStatus.PARTIALLY_FILLED, ONE, ONE)
        assert (whole.status, whole.filled_qty, whole.leaves_qty) == (OrderStatus.FILLED, ONE + ONE, ZERO)
        assert whole.avg_px == Decimal("149.95")


@pytest.mark.parametrize("kind", [OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT])
async def test_a_price_that_the_type_needs_is_missing(tmp_path: Path, kind: OrderType) -> None:
    """TST-04: missing limit price and missing stop price rejected."""
    async with market(tmp_path) as trader:
        ticket = replace(
            (await trader.buy("10", "AAPL", "100.00")).ticket, order_type=kind, limit_px=None, quantity=FIVE
        )
        await trader.session.inbox.ask(do.SubmitTicket(actor="test", ticket=ticket))
        *_, order = trader.state.blotter.orders.values()

        assert (order.ticket.order_type, order.status) == (kind, OrderStatus.DENIED)
        assert "sane_numbers" in order.text


async def test_an_order_is_the_same_when_it_is_read_back(tmp_path: Path) -> None:
    """TST-04: save and retrieve."""
    async with market(tmp_path) as trader:
        saved = await trader.buy("10", "AAPL", "100.00", reason="breakout_strategy")
    async with market(tmp_path) as trader:
        found = trader.state.blotter.orders[saved.client_order_id]

        assert found == saved
        assert found.ticket.reason == "breakout_strategy"


async def test_only_what_may_still_trade_is_active(tmp_path: Path) -> None:
    """TST-04: the filter of active orders."""
    async with market(tmp_path) as trader:
        resting = await trader.buy("10", "AAPL", "100.00")
        filled = await trader.buy("10", "AAPL")
        denied = await trader.buy("-1", "AAPL")

        assert list(trader.state.blotter.open) == [resting.client_order_id]
        assert {filled.status, denied.status} <= CLOSED


async def test_the_balance_falls_by_what_the_order_cost(tmp_path: Path) -> None:
    """TST-04: the full lifecycle at the paper broker, with a commission of a dollar."""
    async with market(tmp_path, commission__sim__type="fixed", commission__sim__amount="1") as trader:
        order = await trader.buy("100", "AAPL")

        assert order.status is OrderStatus.FILLED
        assert order.fees == (Money(Decimal("1.00"), "USD"),)
        assert cash(trader) == 100_000 - 100 * Decimal("149.95") - 1


async def test_a_limit_of_150_is_filled_at_149_95(tmp_path: Path) -> None:
    """TST-04: the complete workflow of an order, from the ticket to the position."""
    async with market(tmp_path) as trader:
        order = await trader.buy("100", "AAPL", "150.00")
        ticket = order.ticket
        position = trader.state.ledger.position(
            PositionKey(ticket.broker, ticket.account, ticket.instrument_id, ticket.strategy_id)
        )

        assert (order.status, order.ticket.limit_px, order.avg_px) == (
            OrderStatus.FILLED,
            Decimal("150.00"),
            Decimal("149.95"),
        )
        assert (position.quantity, position.avg_px) == (Decimal(100), Decimal("149.95"))
        assert cash(trader) == 100_000 - 14_995
