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

        text = "1 number is missing or wrong: quantity and prices are above zero, at most 1e12, no finer than 1e-12"
        await trader.only("sane_numbers", text, observed="1", limit="0")


async def test_only_instrument_known_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        assert (await trader.buy("10", "ENRON.XNYS")).status is OrderStatus.DENIED
        assert (await trader.buy("10", "MSFT")).filled_qty

        await trader.only("instrument_known", "the instrument is not listed", observed="1", limit="0")


async def test_only_increments_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        assert (await trader.buy("10", "MSFT", "29.005")).status is OrderStatus.DENIED
        assert (await trader.buy("10.5", "MSFT")).status is OrderStatus.DENIED
        assert (await trader.buy("10", "MSFT")).filled_qty

        await trader.only(
            "increments", "quantity or price is 0.5 beyond a whole lot or tick", observed="0.5", limit="0"
        )


async def test_only_stop_validity_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()
        (bid, ask) = trader.sides("MSFT")

        assert (await trader.buy("10", "MSFT")).filled_qty
        assert (await trader.buy("2", "MSFT", stop=str(ask))).status is OrderStatus.DENIED
        assert (await trader.buy("2", "MSFT", "29.00", stop="29.50")).status is OrderStatus.DENIED
        assert (await trader.buy("2", "MSFT", "29.50", stop="29.00")).status is OrderStatus.ACCEPTED
        assert (await trader.sell("2", "MSFT", stop=str(bid))).status is OrderStatus.DENIED
        assert (await trader.sell("2", "MSFT", stop=str(bid - Decimal("0.01")))).status is OrderStatus.ACCEPTED

        side = "a buy's stop goes above the ask, a sell's below the bid, a limit at the stop or beyond"
        text = f"the stop price is wrong by 0.01: {side}, a protective stop beyond entry and market"
        await trader.only("stop_validity", text, observed="0.01", limit="0")


async def test_only_price_collar_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        assert (await trader.buy("2", "MSFT", "99.00")).status is OrderStatus.DENIED
        assert (await trader.sell("2", "MSFT", "1.00")).status is OrderStatus.DENIED
        assert (await trader.buy("2", "MSFT", "1.00")).status is OrderStatus.ACCEPTED
        assert (await trader.sell("2", "MSFT", "99.00")).status is OrderStatus.ACCEPTED
        assert (await trader.buy("2", "MSFT", "29.60")).status is OrderStatus.DENIED
        assert (await trader.buy("2", "MSFT", "29.50")).filled_qty

        text = "limit price 29.6 is too far through the market: 29.5 is the nearest that passes"
        await trader.only("price_collar", text, observed="29.6", limit="29.50")


async def test_only_duplicate_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        assert (await trader.buy("10", "MSFT")).filled_qty
        assert (await trader.buy("10", "MSFT")).status is OrderStatus.DENIED
        await trader.wait(60)
        assert (await trader.buy("10", "MSFT")).filled_qty

        await trader.only("duplicate", "the same order was sent 0s ago: again after 60s", observed="0", limit="60")


async def test_only_min_confidence_denies(tmp_path: Path) -> None:
    async with trading(
        tmp_path,
        {"strategies.sure.confidence": "0.6", "strategies.in_doubt.confidence": "0.59"},
        entries=["sure", "in_doubt"],
    ) as trader:
        await trader.open()

        (sure,) = trader.orders_of("sure")
        (in_doubt,) = trader.orders_of("in_doubt")
        assert sure.filled_qty
        assert in_doubt.status is OrderStatus.DENIED

        await trader.only("min_confidence", "confidence 0.59 is less than 0.60", observed="0.59", limit="0.6")


async def test_only_order_rate_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        at_once = [await trader.buy(str(quantity), "MSFT") for quantity in range(1, 12)]
        await trader.wait(10)
        later = await trader.buy("11", "MSFT")

        assert all(order.filled_qty for order in at_once[:10])
        assert at_once[10].status is OrderStatus.DENIED
        assert later.filled_qty

        await trader.only("order_rate", "orders within 10s: 11 is more than 10", observed="11", limit="10")
