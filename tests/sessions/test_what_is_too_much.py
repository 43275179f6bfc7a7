"""Sessions in which only one rule denies, because it would be too much: of one thing, of things, of money.

Limits that would bind first are raised by the configuration; all rules stay.
"""

from pathlib import Path

from oms.domain.order import OrderStatus
from tests.sessions.trader import trading

WHOLE = "1"  # of equity in one instrument
LARGE = "1000000"  # of one order


async def test_only_max_order_value_denies(tmp_path: Path) -> None:
    async with trading(tmp_path, {"risk.max_position.limit": WHOLE}) as trader:
        await trader.open()

        assert (await trader.buy("1", "MSFT")).filled_qty
        assert (await trader.buy("1000", "MSFT", "10.00")).status is OrderStatus.ACCEPTED
        assert (await trader.buy("1000", "MSFT", "10.01")).status is OrderStatus.DENIED

        await trader.only("max_order_value", "value 10,010.00 is more than 10,000.00", observed="10010", limit="10000")


async def test_only_max_position_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        assert (await trader.buy("20", "AAPL")).filled_qty
        assert (await trader.buy("3", "AAPL", "1.00")).status is OrderStatus.ACCEPTED  # it rests, and counts
        assert (await trader.buy("4", "AAPL")).status is OrderStatus.DENIED
        assert (await trader.buy("1", "AAPL")).filled_qty

        await trader.only("max_position", "position 5.46% of equity is more than 5.00%", limit="0.05")


async def test_only_max_trades_denies(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.open()

        for symbol in ("AAPL", "IBM", "MSFT"):
            assert (await trader.buy("1", symbol)).filled_qty
        assert (await trader.buy("1", "GOOG")).status is OrderStatus.DENIED
        assert (await trader.buy("2", "MSFT")).filled_qty
        assert (await trader.sell("1", "IBM")).status is OrderStatus.FILLED
        assert (await trader.buy("1", "GOOG")).status is OrderStatus.FILLED

        await trader.only("max_trades", "positions of the strategy: 4 is more than 3", observed="4", limit="3")


async def test_only_max_positions_denies(tmp_path: Path) -> None:
    async with trading(
        tmp_path,
        {
            "session.feed": '"synthetic"',
            "feed.synthetic.instruments": "12",
            "feed.synthetic.quotes_per_sec": "12",
            "risk.max_trades.limit": "12",
        },
    ) as trader:
        await trader.open()

        for number in range(1, 11):
            assert (await trader.buy("1", f"SYN{number}")).filled_qty
            await trader.wait(1)
        assert (await trader.buy("1", "SYN11")).status is OrderStatus.DENIED
        assert (await trader.sell("1", "SYN1")).filled_qty
        await trader.wait(1)
        assert (await trader.buy("1", "SYN12")).filled_qty

        await trader.only("max_positions", "positions: 11 is more than 10", observed="11", limit="10")


async def test_only_max_per_symbol_denies(tmp_path: Path) -> None:
    names = ["first", "second", "third"]
    changes = {f"strategies.{name}.instruments": '["MSFT.XNAS"]' for name in names}
    async with trading(tmp_path, {"sizing.fixed_risk.risk_frac": "0.0002", **changes}, entries=names) as trader:
        await trader.open()

        (first,), (second,), (third,) = map(trader.orders_of, names)
        assert first.filled_qty
        assert second.filled_qty
        assert third.status is OrderStatus.DENIED

        await trader.only("max_per_symbol", "positions in the symbol: 3 is more than 2", observed="3", limit="2")


async def test_only_max_leverage_denies(tmp_path: Path) -> None:
    """What works counts as if it were filled; a stop counts at its own price, and what closes gives back."""
    changes = {"risk.max_leverage.limit": "0.5", "risk.max_position.limit": WHOLE, "risk.max_order_value.limit": LARGE}
    async with trading(tmp_path, {**changes, "sim.partial": "0"}) as trader:
        await trader.open()

        assert (await trader.buy("100", "AAPL", "200.00")).status is OrderStatus.ACCEPTED
        assert (await trader.buy("100", "IBM", stop="180.00")).status is OrderStatus.ACCEPTED
        assert (await trader.buy("1000", "MSFT", "20.00")).status is OrderStatus.DENIED
        assert (await trader.buy("100", "MSFT")).status is OrderStatus.FILLED
        assert (await trader.sell("100", "MSFT")).status is OrderStatus.FILLED

        await trader.only("max_leverage", "leverage 0.67x is more than 0.50x", limit="0.5")


async def test_only_buying_power_denies(tmp_path: Path) -> None:
    changes = {"risk.max_position.limit": WHOLE, "risk.max_order_value.limit": LARGE, "risk.max_leverage.limit": "10"}
    async with trading(tmp_path, changes) as trader:
        await trader.open()

        assert (await trader.buy("300", "AAPL")).filled_qty
        assert (await trader.buy("400", "IBM")).status is OrderStatus.DENIED
        assert (await trader.buy("200", "IBM")).filled_qty

        await trader.only("buying_power", "11,531.50 more than the buying power", observed="11531.50", limit="0")


async def test_only_short_sale_denies(tmp_path: Path) -> None:
    async with trading(tmp_path, {"risk.short_sale.allow": "false", "sim.partial": "0"}) as trader:
        await trader.open()

        assert (await trader.sell("1", "IBM")).status is OrderStatus.DENIED
        assert (await trader.buy("10", "IBM")).status is OrderStatus.FILLED
        assert (await trader.sell("4", "IBM", "999.00")).status is OrderStatus.ACCEPTED
        assert (await trader.sell("8", "IBM")).status is OrderStatus.DENIED
        assert (await trader.sell("6", "IBM")).status is OrderStatus.FILLED

        await trader.only("short_sale", "2 would be short", observed="2", limit="0")
