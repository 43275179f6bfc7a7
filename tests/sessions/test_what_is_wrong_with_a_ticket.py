"""Sessions in which only one rule denies, and what it denies is in the ticket: its numbers, its doubts, its haste."""

from decimal import Decimal
from pathlib import Path

from oms.domain.order import OrderStatus
from tests.sessions.trader import trading


async def test_only_sane_numbers_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        assert (await trader.buy("-5", "MSFT")).status is OrderStatus.DENIED
        assert (await trader.buy("0", "MSFT")).status is OrderStatus.DENIED
        assert (await trader.buy("5", "MSFT", "-28")).status is OrderStatus.DENIED
        assert (await trader.buy("5", "MSFT")).filled_qty

        found = await trader.only(
            "sane_numbers", "1 of quantity and price missing, not finite, not positive, or beyond 1e12"
        )
        assert (found.observed, found.limit) == (1, 0)


async def test_only_instrument_known_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        assert (await trader.buy("10", "ENRON.XNYS")).status is OrderStatus.DENIED
        assert (await trader.buy("10", "MSFT")).filled_qty

        found = await trader.only("instrument_known", "the instrument is not listed")
        assert (found.observed, found.limit) == (1, 0)


async def test_only_increments_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        assert (await trader.buy("10", "MSFT", "29.005")).status is OrderStatus.DENIED
        assert (await trader.buy("10.5", "MSFT")).status is OrderStatus.DENIED
        assert (await trader.buy("10", "MSFT")).filled_qty

        found = await trader.only("increments", "0.5 is left over from whole lots or ticks")
        assert (found.observed, found.limit) == (Decimal("0.5"), 0)


async def test_only_duplicate_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        assert (await trader.buy("10", "MSFT")).filled_qty
        assert (await trader.buy("10", "MSFT")).status is OrderStatus.DENIED
        await trader.wait(60)
        assert (await trader.buy("10", "MSFT")).filled_qty

        found = await trader.only("duplicate", "the same order was sent 0 s ago, 60 s must lie between")
        assert (found.observed, found.limit) == (0, 60)


async def test_only_min_confidence_denies(tmp_path: Path) -> None:
    async with trading(
        tmp_path,
        entries=["sure", "in_doubt"],
        strategies__sure__confidence="0.6",
        strategies__in_doubt__confidence="0.59",
    ) as trader:
        await trader.open()

        (sure,) = trader.orders_of("sure")
        (in_doubt,) = trader.orders_of("in_doubt")
        assert sure.filled_qty
        assert in_doubt.status is OrderStatus.DENIED

        found = await trader.only("min_confidence", "confidence 0.59 is less than 0.6")
        assert (found.observed, found.limit) == (Decimal("0.59"), Decimal("0.6"))


async def test_only_order_rate_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        at_once = [await trader.buy(str(quantity), "MSFT") for quantity in range(1, 12)]
        await trader.wait(10)
        later = await trader.buy("11", "MSFT")

        assert all(order.filled_qty for order in at_once[:10])
        assert at_once[10].status is OrderStatus.DENIED
        assert later.filled_qty

        found = await trader.only("order_rate", "orders within 10 s: 11 is more than 10")
        assert (found.observed, found.limit) == (11, 10)
