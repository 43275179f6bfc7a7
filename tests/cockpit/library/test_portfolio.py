"""The account as one portfolio, over the one ledger."""

from decimal import Decimal as D
from pathlib import Path

import pytest
from msgspec.structs import replace

from cockpit.library.errors import MarketDataError, OrderExecutionError, RequestError, RiskLimitViolationError
from cockpit.library.position_info import PositionInfo, PositionSide, merge_positions
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.order import OrderStatus
from tests.doubles.scripts import scripted

FEES = {"sim": {"type": "per_share", "rate": 0.005, "minimum": 1}}


async def test_a_position_is_opened_and_closed_by_orders_and_its_profit_is_returned(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        position = await session.portfolio.open_position("AAPL", "10")
        await session.run(bars=3)
        realized = await session.portfolio.close_position("AAPL")
        bought, sold = await session.oms.get_orders()

        assert (position.side, position.quantity) == (PositionSide.LONG, D(10))
        assert bought.average_fill_price is not None
        assert sold.average_fill_price is not None
        assert realized == 10 * (sold.average_fill_price - bought.average_fill_price)
        assert await session.portfolio.get_position("AAPL") is None
        assert await session.portfolio.get_total_value() == D(100_000) + realized


async def test_a_short_position_is_closed_by_buying(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        position = await session.portfolio.open_position("AAPL", "10", side="sell")
        await session.portfolio.close_position("AAPL")

        assert (position.side, position.quantity, position.signed_quantity) == (PositionSide.SHORT, D(10), D(-10))
        assert await session.oms.get_positions() == []


async def test_opening_waits_for_all_parts_of_the_fill(tmp_path: Path) -> None:
    async with scripted(tmp_path, sim={"partial": 1}) as session:
        position = await session.portfolio.open_position("AAPL", "10")

        assert position.quantity == 10
        assert [order.status for order in await session.oms.get_orders()] == [OrderStatus.FILLED]


async def test_an_order_that_finds_no_price_in_its_day_is_an_error_and_no_position(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(OrderExecutionError, match="came to nothing, EXPIRED: its time is over"):
            await session.portfolio.open_position("AAPL", "10", limit_price="100")

        assert await session.oms.get_positions() == []


async def test_an_exit_waits_for_its_price(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.portfolio.open_position("AAPL", "10")
        goal = (await session.market.get_latest_quote("AAPL")).ask_px + D("0.50")
        realized = await session.portfolio.close_position("AAPL", exit_price=goal)

        sold = (await session.oms.get_orders())[-1]
        assert sold.average_fill_price == goal
        assert realized == D("5.00")


async def test_what_is_not_held_cannot_be_closed(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        with pytest.raises(RequestError, match=r"nothing is held by hand in AAPL.XNAS"):
            await session.portfolio.close_position("AAPL")


async def test_a_position_that_the_gate_denies_is_not_opened(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        allowed, reason = await session.portfolio.can_open_position("AAPL", "40")
        with pytest.raises(RiskLimitViolationError) as raised:
            await session.portfolio.open_position("AAPL", "40")

        assert (allowed, reason) == (False, "max_position: position 8.10% of equity is more than 5.00%")
        assert reason is not None
        assert raised.value.findings[0].text in reason
        assert await session.portfolio.can_open_position("AAPL", "10", D("150.00")) == (True, None)


async def test_the_numbers_add_up_over_fees_profits_and_another_session(tmp_path: Path) -> None:
    """What it began with follows from the ledger, so it is the same after everything."""
    async with scripted(tmp_path, commission=FEES) as session:
        await session.portfolio.open_position("IBM", "20")
        await session.portfolio.open_position("MSFT", "50", side="sell")
        await session.run(bars=5)
        realized = await session.portfolio.close_position("IBM")
        first = await session.portfolio.get_metrics()

        assert (first.initial_capital, first.fees, first.open_positions) == (D(100_000), D(3), 1)
        assert first.realized_pnl == realized
        assert first.total_value is not None
        assert first.unrealized_pnl is not None
        assert first.total_value == 100_000 + realized + first.unrealized_pnl - 3
        assert first.leverage == first.gross_exposure / first.total_value
        assert await session.portfolio.get_return_percentage() == (first.total_value - 100_000) / 1_000

    async with scripted(tmp_path, commission=FEES) as session:
        later = await session.portfolio.get_metrics()
        assert (later.initial_capital, later.fees, later.realized_pnl) == (D(100_000), D(3), realized)


async def test_a_drawdown_is_measured_from_the_highest_value(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.portfolio.open_position("AAPL", "20")
        await session.run(bars=12)
        metrics, peak = await session.portfolio.get_metrics(), session.state.trading.peak_equity

        assert metrics.total_value is not None
        assert peak is not None
        assert metrics.total_value < peak
        assert metrics.drawdown_percentage == (peak - metrics.total_value) / peak * 100


async def test_a_value_that_is_not_known_is_not_made_up(tmp_path: Path) -> None:
    async with scripted(tmp_path) as session:
        await session.portfolio.open_position("AAPL", "10")
        session.state.marks.by_id.clear()
        session.state.equity._recount(InstrumentId("AAPL.XNAS"))  # noqa: SLF001 - as at a start before the first price

        with pytest.raises(MarketDataError, match="the total value is not known"):
            await session.portfolio.get_total_value()
        with pytest.raises(MarketDataError, match="the return is not known"):
            await session.portfolio.get_return_percentage()


def held(quantity: str, px: str | None, strategy: str = "manual", *, short: bool = False) -> PositionInfo:
    """Return a position in one share, now at 158."""
    return PositionInfo(
        symbol="AAPL",
        instrument_id=InstrumentId("AAPL.XNAS"),
        strategy_ids=(StrategyId(strategy),),
        side=PositionSide.SHORT if short else PositionSide.LONG,
        quantity=D(quantity),
        multiplier=D(1),
        avg_entry_price=D(px) if px is not None else None,
        current_price=D(158),
        realized_pnl=D(1),
    )


def test_merged_positions_have_the_weighted_cost() -> None:
    """DOM-09: 100 at 150 and 50 at 160 are 150 at 153.33."""
    merged = merge_positions([held("100", "150"), held("50", "160", "other")])

    assert merged is not None
    assert merged.avg_entry_price is not None
    assert (merged.side, merged.quantity, round(merged.avg_entry_price, 2)) == (PositionSide.LONG, D(150), D("153.33"))
    assert merged.strategy_ids == ("manual", "other")
    assert merged.realized_pnl == 2
    assert merged.unrealized_pnl is not None
    assert round(merged.unrealized_pnl, 6) == 100 * 8 - 50 * 2
    assert merged.position_value == 150 * 158


def test_positions_both_ways_leave_the_price_that_breaks_even() -> None:
    merged = merge_positions([held("100", "150"), held("50", "160", short=True)])

    assert merged is not None
    assert (merged.signed_quantity, merged.avg_entry_price) == (D(50), D(140))
    assert merged.unrealized_pnl == 100 * 8 + 50 * 2


def test_positions_that_cancel_out_are_flat() -> None:
    merged = merge_positions([held("100", "150"), held("100", "160", short=True)])

    assert merged is not None
    assert (merged.side, merged.is_closed, merged.avg_entry_price) == (PositionSide.FLAT, True, None)


def test_an_unknown_cost_stays_unknown() -> None:
    merged = merge_positions([held("100", "150"), held("50", None)])

    assert merged is not None
    assert (merged.quantity, merged.avg_entry_price, merged.unrealized_pnl) == (D(150), None, None)
    assert merged.unrealized_pnl_percent is None


def test_no_positions_are_none_and_two_instruments_are_not_one() -> None:
    assert merge_positions([]) is None
    with pytest.raises(ValueError, match="another instrument"):
        merge_positions([held("1", "1"), replace(held("1", "1"), instrument_id=InstrumentId("IBM.XNYS"))])
