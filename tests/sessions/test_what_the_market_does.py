"""Sessions in which only one rule denies, because of the market or of what it has done to the account.

Most are set on two days of the tape that ships: on 2010-05-06 the market fell within minutes, AAPL by a fifth, and
came back before the close.
"""

from decimal import Decimal
from pathlib import Path

from oms.domain.ids import InstrumentId
from oms.domain.market import Quote
from oms.domain.order import OrderStatus
from oms.domain.risk import TradingState
from oms.domain.units import MINUTE, Nanos
from tests.doubles.feeds import after_hours, meeting, silent
from tests.sessions.trader import Trader, trading

HOUR: Nanos = 60 * MINUTE
DAY_BEFORE = "2010-05-05"
LARGE_POSITIONS = {"risk.max_position.limit": "1", "risk.max_order_value.limit": "1000000"}
FAR_DRAWDOWN = {
    "risk.drawdown.reduce_frac": "0.5",
    "risk.drawdown.halt_frac": "0.6",
    "risk.drawdown.flatten_frac": "0.7",
}
LARGE_DAILY_LOSS = {"risk.daily_loss.limit_frac": "0.5", "risk.daily_loss.limit": "1000000"}


async def lose(trader: Trader, frac: str) -> None:
    """Let the market move until so much of the best equity is lost."""
    state = trader.state

    def is_lost(_datum: object) -> bool:
        equity, peak = state.equity.now, state.trading.peak_equity
        return equity is not None and peak is not None and equity <= peak * (1 - Decimal(frac))

    await trader.see(is_lost)


async def recover(trader: Trader, frac: str) -> None:
    """Let the market move until less than that is lost."""
    state = trader.state

    def is_back(_datum: object) -> bool:
        equity, peak = state.equity.now, state.trading.peak_equity
        return equity is not None and peak is not None and equity > peak * (1 - Decimal(frac))

    await trader.see(is_back)


def standing(trader: Trader) -> TradingState:
    """Return what may trade now."""
    return trader.state.trading.state


async def test_only_daily_loss_denies(tmp_path: Path) -> None:
    async with trading(tmp_path, LARGE_POSITIONS | FAR_DRAWDOWN, start=DAY_BEFORE) as trader:
        await trader.open()

        assert (await trader.buy("200", "AAPL")).filled_qty
        await lose(trader, "0.06")
        assert (await trader.buy("1", "MSFT")).status is OrderStatus.DENIED
        await recover(trader, "0.04")
        assert (await trader.buy("1", "MSFT")).filled_qty

        await trader.only(
            "daily_loss", "loss of the day 6,174.00 has reached 5,029.15", observed="6174", limit="5029.15"
        )


async def test_only_drawdown_denies(tmp_path: Path) -> None:
    """While trading is halted by hand nobody looks at the ladder, for no order passes anyway. Whoever resumes far
    below the peak finds that the rule has not forgotten; the next quote then steps down the ladder."""
    async with trading(tmp_path, LARGE_POSITIONS | LARGE_DAILY_LOSS, start=DAY_BEFORE) as trader:
        await trader.open()

        assert (await trader.buy("200", "AAPL")).filled_qty
        trader.session.switch.halt("test", "lunch")
        await lose(trader, "0.06")
        await trader.session.switch.resume("test")
        assert standing(trader) is TradingState.ACTIVE
        assert (await trader.buy("1", "MSFT")).status is OrderStatus.DENIED
        assert (await trader.sell("10", "AAPL")).filled_qty
        await trader.open()
        assert standing(trader) is TradingState.REDUCING

        await trader.only("drawdown", "6.56% below the peak, has reached 5.00%", limit="0.05")


async def test_a_stop_on_top_of_the_ladder_is_resumed_with_it(tmp_path: Path) -> None:
    async with trading(tmp_path, LARGE_POSITIONS | LARGE_DAILY_LOSS, start=DAY_BEFORE) as trader:
        await trader.open()

        assert (await trader.buy("200", "AAPL")).filled_qty
        await lose(trader, "0.06")
        assert standing(trader) is TradingState.REDUCING
        trader.session.switch.halt("test", "first look")
        assert (await trader.sell("10", "AAPL")).status is OrderStatus.DENIED
        await trader.session.switch.resume("test")
        await lose(trader, "0.06")

        assert standing(trader) is TradingState.ACTIVE
        assert (await trader.buy("1", "MSFT")).filled_qty


async def test_only_trading_state_denies_and_halted_lets_nothing_out(tmp_path: Path) -> None:
    async with trading(tmp_path, {"sim.partial": "0"}) as trader:
        await trader.open()

        assert (await trader.buy("10", "IBM")).status is OrderStatus.FILLED
        trader.session.switch.halt("test", "by hand")
        assert (await trader.buy("1", "MSFT")).status is OrderStatus.DENIED
        assert (await trader.sell("10", "IBM")).status is OrderStatus.DENIED
        await trader.session.switch.resume("test")
        assert (await trader.sell("10", "IBM")).status is OrderStatus.FILLED

        await trader.only("trading_state", "trading is HALTED: no order passes", observed="2", limit="0")


async def test_only_trading_state_denies_what_opens_while_reducing(tmp_path: Path) -> None:
    """The ladder does not loosen by itself: the loss is won back, and what opens still waits for a person."""
    async with trading(tmp_path, LARGE_POSITIONS | LARGE_DAILY_LOSS, start=DAY_BEFORE) as trader:
        await trader.open()

        assert (await trader.buy("120", "AAPL")).filled_qty
        await lose(trader, "0.05")
        assert standing(trader) is TradingState.REDUCING
        await recover(trader, "0.03")
        assert (await trader.buy("1", "MSFT")).status is OrderStatus.DENIED
        assert (await trader.sell("121", "AAPL")).status is OrderStatus.DENIED
        assert (await trader.sell("20", "AAPL")).filled_qty

        await trader.only("trading_state", "trading is REDUCING: only orders that reduce pass", observed="1", limit="0")


async def test_only_trading_hours_denies(tmp_path: Path) -> None:
    """On the Friday it is quoted for an hour after the close, and nothing is traded before the Monday."""
    async with trading(tmp_path, start="2010-02-26", alter=after_hours(HOUR)) as trader:
        await trader.open()
        closes = trader.state.ts + 7 * HOUR

        assert (await trader.buy("10", "MSFT")).filled_qty
        await trader.see(lambda datum: datum.ts > closes)
        assert (await trader.buy("11", "MSFT")).status is OrderStatus.DENIED
        await trader.wait(24 * 3_600)
        await trader.open()
        assert (await trader.buy("12", "MSFT")).filled_qty

        await trader.only("trading_hours", "the market is closed and opens in 2d16h", observed="232200", limit="0")


async def test_only_stale_market_denies(tmp_path: Path) -> None:
    line = silent(InstrumentId("SYN2.SYNTH"), after=3)
    async with trading(
        tmp_path, {"session.feed": '"synthetic"', "feed.synthetic.quotes_per_sec": "4"}, alter=line
    ) as trader:
        await trader.open()
        await trader.wait(7)  # five seconds after the last quote of it

        assert (await trader.buy("1", "SYN2")).filled_qty
        await trader.wait(1)
        assert (await trader.buy("2", "SYN2")).status is OrderStatus.DENIED
        _, ask = trader.sides("SYN2")
        assert (await trader.buy("3", "SYN2", str(ask))).filled_qty
        assert (await trader.buy("4", "SYN1")).filled_qty

        await trader.only("stale_market", "age of the quote: 6s is more than 5s", observed="6", limit="5")


async def test_only_crossed_market_denies(tmp_path: Path) -> None:
    """On a locked market a limit order may still give back, and a new quote ends it."""
    locked = InstrumentId("SYN2.SYNTH")
    async with trading(
        tmp_path,
        {"session.feed": '"synthetic"', "feed.synthetic.quotes_per_sec": "4", "sim.partial": "0"},
        alter=meeting(locked, {3}),
    ) as trader:
        await trader.open()

        assert (await trader.buy("1", "SYN2")).filled_qty
        await trader.see(lambda datum: isinstance(datum, Quote) and datum.bid == datum.ask)
        assert (await trader.buy("2", "SYN2")).status is OrderStatus.DENIED
        assert (await trader.buy("2", "SYN2", "1.00")).status is OrderStatus.DENIED
        assert (await trader.sell("1", "SYN2")).status is OrderStatus.DENIED
        bid, _ = trader.sides("SYN2")
        assert (await trader.sell("1", "SYN2", str(bid))).filled_qty
        await trader.wait(2)
        assert (await trader.buy("2", "SYN2")).filled_qty

        await trader.only("crossed_market", "the market is locked: bid and ask meet", observed="0", limit="0")
