from decimal import Decimal
from itertools import count
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.fill import Fill, LiquiditySide
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId, StrategyId
from oms.domain.order import Side
from oms.domain.units import Money
from strategies.metrics import StrategyMetrics, Tally

MINE = StrategyId("mine")


def fill(side: Side, quantity: int, price: str, name: str = "AAPL.XNAS") -> Fill:
    return Fill(
        exec_id=ExecId("1"),
        client_order_id=ClientOrderId("SIM-1-1"),
        broker=BrokerId("sim"),
        account=AccountId("SIM-1"),
        strategy_id=MINE,
        instrument_id=InstrumentId(name),
        side=side,
        last_qty=Decimal(quantity),
        last_px=Decimal(price),
        fee=Money(Decimal(1), "USD"),
        liquidity=LiquiditySide.TAKER,
        ts=0,
    )


def tallied(*fills: Fill) -> StrategyMetrics:
    tally = Tally(MINE)
    for each in fills:
        tally.count(each)
    return tally.metrics()


def test_before_the_first_trade_is_over_everything_is_zero() -> None:
    assert tallied() == StrategyMetrics(strategy_id=MINE)
    assert tallied(fill(Side.BUY, 10, "100"), fill(Side.SELL, 9, "150")) == StrategyMetrics(strategy_id=MINE)


def test_a_win_and_a_loss_long_and_short() -> None:
    metrics = tallied(
        fill(Side.BUY, 10, "100"),
        fill(Side.SELL, 10, "106"),
        fill(Side.SELL, 5, "200"),
        fill(Side.BUY, 5, "204"),
    )

    assert (metrics.total_trades, metrics.winning_trades, metrics.losing_trades) == (2, 1, 1)
    assert metrics.win_rate == 0.5
    assert metrics.total_return == pytest.approx(0.04)
    assert metrics.average_trade == pytest.approx(0.02)
    assert metrics.profit_factor == pytest.approx(3.0)
    assert metrics.largest_win == pytest.approx(0.06)
    assert metrics.largest_loss == pytest.approx(-0.02)


def test_a_trade_that_made_nothing_neither_wins_nor_loses() -> None:
    metrics = tallied(fill(Side.BUY, 10, "100"), fill(Side.SELL, 10, "100"))

    assert (metrics.total_trades, metrics.winning_trades, metrics.losing_trades) == (1, 0, 0)
    assert metrics.profit_factor is None


def test_a_fill_that_flips_ends_one_trade_and_begins_the_next() -> None:
    metrics = tallied(
        fill(Side.BUY, 10, "100"),
        fill(Side.SELL, 30, "110"),
        fill(Side.BUY, 20, "99"),
    )

    assert metrics.winning_trades == metrics.total_trades == 2
    assert metrics.total_return == pytest.approx(0.2)


def test_instruments_are_counted_apart() -> None:
    metrics = tallied(
        fill(Side.BUY, 10, "100", "AAPL.XNAS"),
        fill(Side.SELL, 10, "100", "IBM.XNYS"),
        fill(Side.SELL, 10, "90", "AAPL.XNAS"),
    )

    assert metrics.total_trades == 1
    assert metrics.largest_loss == pytest.approx(-0.1)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6), st.lists(st.integers(1, 20), min_size=1, max_size=6))
def test_however_a_trade_is_split_its_result_is_the_same(ins: list[int], outs: list[int]) -> None:
    price = count(100)
    entries = [fill(Side.BUY, quantity, str(next(price))) for quantity in ins]
    total = sum(ins)
    exits = []
    for quantity in outs:
        part = min(quantity, total)
        total -= part
        exits += [fill(Side.SELL, part, "120")] if part else []
    exits += [fill(Side.SELL, total, "120")] if total else []
    put_in = sum((each.last_qty * each.last_px for each in entries), Decimal(0))

    metrics = tallied(*entries, *exits)

    assert metrics.total_trades == 1
    assert metrics.total_return == pytest.approx(float(120 * sum(ins) / put_in - 1))


def trips(*exits: str) -> StrategyMetrics:
    """Return the metrics after round trips that all went in at 100."""
    return tallied(*(each for out in exits for each in (fill(Side.BUY, 1, "100"), fill(Side.SELL, 1, out))))


def test_the_drawdown_is_the_deepest_fall_of_the_sum_below_its_highest() -> None:
    assert trips("95", "110", "104", "97", "120", "119").max_drawdown == pytest.approx(0.05)
    assert trips("95", "92").max_drawdown == pytest.approx(0.13)
    assert trips("101", "102").max_drawdown == 0


def test_a_sharpe_ratio_needs_a_sample_and_a_spread() -> None:
    few = ["101", "99"] * 4 + ["103"]

    assert trips(*few).sharpe_ratio is None
    assert trips(*["101"] * 10).sharpe_ratio is None
    results = [float(out) / 100 - 1 for out in [*few, "104"]]
    assert trips(*few, "104").sharpe_ratio == pytest.approx(mean(results) / stdev(results))
