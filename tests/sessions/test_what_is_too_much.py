"""Sessions in which only one rule denies, because it would be too much: of one thing, of things, of money.

Limits that would bind first are raised by the configuration; all rules stay.
"""

from decimal import Decimal
from pathlib import Path

from oms.domain.order import OrderStatus
from tests.sessions.trader import trading

WHOLE = "1"  # of equity in one instrument
LARGE = "1000000"  # of one order


async def test_only_max_order_value_denies(tmp_path: Path) -> None:
    async with trading(tmp_path, risk__max_position__limit=WHOLE) as trader:
        await trader.open()

        assert (await trader.buy("100", "MSFT", "100.00")).filled_qty
        assert (await trader.buy("100", "MSFT", "100.01")).status is OrderStatus.DENIED

        found = await trader.only("max_order_value", "value 10,001.00 is more than 10,000.00")
        assert (found.observed, found.limit) == (10_001, 10_000)


async def test_only_max_position_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        assert (await trader.buy("20", "AAPL")).filled_qty
        assert (await trader.buy("3", "AAPL", "1.00")).status is OrderStatus.ACCEPTED  # it rests, and counts
        assert (await trader.buy("4", "AAPL")).status is OrderStatus.DENIED
        assert (await trader.buy("1", "AAPL")).filled_qty

        found = await trader.only("max_position", "position 5.4648 % of equity is more than 5 %")
        assert found.limit == Decimal("0.05")


async def test_only_max_trades_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        for symbol in ("AAPL", "IBM", "MSFT"):
            assert (await trader.buy("1", symbol)).filled_qty
        assert (await trader.buy("1", "GOOG")).status is OrderStatus.DENIED
        assert (await trader.buy("2", "MSFT")).filled_qty
        assert (await trader.sell("1", "IBM")).status is OrderStatus.FILLED
        assert (await trader.buy("1", "GOOG", tif="IOC")).filled_qty

        found = await trader.only("max_trades", "positions of the strategy: 4 is more than 3")
        assert (found.observed, found.limit) == (4, 3)


async def test_only_max_positions_denies(tmp_path: Path) -> None:
    async with trading(
        tmp_path,
        session__feed='"synthetic"',
        feed__synthetic__instruments="12",
        feed__synthetic__quotes_per_sec="12",
        risk__max_trades__limit="12",
    ) as trader:
        await trader.open()

        for number in range(1, 11):
            assert (await trader.buy("1", f"SYN{number}")).filled_qty
            await trader.wait(1)
        assert (await trader.buy("1", "SYN11")).status is OrderStatus.DENIED
        assert (await trader.sell("1", "SYN1")).filled_qty
        await trader.wait(1)
        assert (await trader.buy("1", "SYN12")).filled_qty

        found = await trader.only("max_positions", "positions: 11 is more than 10")
        assert (found.observed, found.limit) == (11, 10)


async def test_only_max_per_symbol_denies(tmp_path: Path) -> None:
    names = ["first", "second", "third"]
    changes = {f"strategies__{name}__instruments": '["MSFT.XNAS"]' for name in names}
    async with trading(tmp_path, entries=names, sizing__fixed_risk__risk_frac="0.0002", **changes) as trader:
        await trader.open()

        (first,), (second,), (third,) = map(trader.orders_of, names)
        assert first.filled_qty
        assert second.filled_qty
        assert third.status is OrderStatus.DENIED

        found = await trader.only("max_per_symbol", "positions in the symbol: 3 is more than 2")
        assert (found.observed, found.limit) == (3, 2)


async def test_only_buying_power_denies(tmp_path: Path) -> None:
    async with trading(tmp_path, risk__max_position__limit=WHOLE, risk__max_order_value__limit=LARGE) as trader:
        await trader.open()

        assert (await trader.buy("300", "AAPL")).filled_qty
        assert (await trader.buy("400", "IBM")).status is OrderStatus.DENIED
        assert (await trader.buy("200", "IBM")).filled_qty

        found = await trader.only("buying_power", "11,531.50 more than the money that is free")
        assert (found.observed, found.limit) == (Decimal("11531.50"), 0)


async def test_only_short_sale_denies(tmp_path: Path) -> None:
    async with trading(tmp_path, risk__short_sale__allow="false", sim__partial="0") as trader:
        await trader.open()

        assert (await trader.sell("1", "IBM")).status is OrderStatus.DENIED
        assert (await trader.buy("10", "IBM")).status is OrderStatus.FILLED
        assert (await trader.sell("4", "IBM", "999.00")).status is OrderStatus.ACCEPTED
        assert (await trader.sell("8", "IBM")).status is OrderStatus.DENIED
        assert (await trader.sell("6", "IBM")).status is OrderStatus.FILLED

        found = await trader.only("short_sale", "2 would be short")
        assert (found.observed, found.limit) == (2, 0)
