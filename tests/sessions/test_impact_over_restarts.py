"""What a size costs depends on the market, not on when the program was started."""

from decimal import Decimal
from pathlib import Path

from oms.domain.market import Bar, MarketData
from oms.domain.order import Order
from tests.sessions.trader import Trader, trading

SETTINGS = {
    "sim.impact": "10",
    "sim.partial": "0",
    "commission.sim.type": "percent",
    "risk.max_order_value.limit": "90000",
    "risk.max_position.limit": "1",
}


def moved(order: Order, trader: Trader) -> Decimal:
    """Return what a buy paid above the ask that it met."""
    quote = trader.state.marks.quotes[order.ticket.instrument_id]
    assert order.avg_px is not None
    return order.avg_px - quote.ask_px


def moves(trader: Trader) -> float:
    """Return what taking forty shares now would move the price, as a fraction."""
    instrument = trader.state.instruments.find("IBM")
    assert instrument is not None
    return trader.impact(instrument.instrument_id, Decimal(40))


def is_its_bar(datum: MarketData) -> bool:
    return isinstance(datum, Bar) and datum.instrument.symbol == "IBM"


async def test_the_first_order_of_a_session_moves_the_price_and_so_does_the_first_after_a_restart(
    tmp_path: Path,
) -> None:
    for _start in range(2):
        async with trading(tmp_path, SETTINGS) as trader:
            await trader.open()
            assert moved(await trader.buy("40", "IBM"), trader) > 0


async def test_a_restart_in_mid_session_forgets_no_bar_that_the_venue_had_seen(tmp_path: Path) -> None:
    """A tape is played again from its last mark, and what was played of it already is gone past."""
    counted: list[float] = []
    async with trading(tmp_path, SETTINGS) as trader:
        await trader.open()
        counted.append(moves(trader))
        await trader.see(is_its_bar)
        await trader.wait(60)
        counted.append(moves(trader))
        seen = trader.state.ts
    async with trading(tmp_path, SETTINGS) as trader:
        assert trader.state.ts == seen
        counted.append(moves(trader))
        await trader.see(is_its_bar)
        counted.append(moves(trader))

    before_the_bar, before, after, next_bar = counted
    assert before == after
    assert len({before_the_bar, after, next_bar}) == 3
