"""Every indicator equals talipp's of the same name, value for value, on a series with trends, flat stretches and jumps.

talipp shows the rate of change in percent and calls an index 100 where nothing moved at all; for our 50 there, and for
what talipp does not have, see `test_against_numpy`.
"""

from itertools import islice
from random import Random

import pytest
import talipp.indicators
from talipp.ohlcv import OHLCV

from strategies.indicators.atr import ATR
from strategies.indicators.bollinger import Bollinger
from strategies.indicators.ema import EMA
from strategies.indicators.macd import MACD
from strategies.indicators.momentum import Momentum
from strategies.indicators.rsi import RSI
from strategies.indicators.sma import SMA


def series(length: int = 600) -> list[float]:
    """Return prices around 100: a walk, a jump up, a flat stretch, a jump down, a walk."""
    draw = Random(7)  # noqa: S311 - a seeded walk
    price, prices = 100.0, []
    for place in range(length):
        if place in (200, 320):
            price *= 1.6 if place == 200 else 0.5
        elif not 230 <= place < 290:
            price *= 1 + draw.gauss(0, 0.01)
        prices.append(price)
    return prices


def same(expected: list[float | None], actual: list[float | None]) -> bool:
    return [value if value is None else pytest.approx(value, rel=1e-9, abs=1e-9) for value in expected] == actual


@pytest.mark.parametrize("period", [1, 2, 10, 30])
def test_the_simple_average_equals_talipps(period: int) -> None:
    ours = SMA(period)

    assert same(list(talipp.indicators.SMA(period, series())), [ours.update(value) for value in series()])


@pytest.mark.parametrize("period", [1, 2, 10, 30])
def test_the_exponential_average_equals_talipps(period: int) -> None:
    ours = EMA(period)

    assert same(list(talipp.indicators.EMA(period, series())), [ours.update(value) for value in series()])


@pytest.mark.parametrize("period", [2, 9, 14])
def test_the_strength_index_equals_talipps(period: int) -> None:
    ours = RSI(period)

    assert same(list(talipp.indicators.RSI(period, series())), [ours.update(value) for value in series()])


@pytest.mark.parametrize("period", [1, 14])
def test_momentum_equals_talipps_rate_of_change(period: int) -> None:
    ours = Momentum(period)
    percent = [value if value is None else value / 100 for value in talipp.indicators.ROC(period, series())]

    assert same(percent, [ours.update(value) for value in series()])


@pytest.mark.parametrize(("period", "width"), [(20, 2.0), (5, 1.5)])
def test_the_bands_equal_talipps_also_in_a_flat_stretch(period: int, width: float) -> None:
    ours, theirs = Bollinger(period, width), talipp.indicators.BB(period, width)
    for value in series():
        theirs.add(value)
        ours.update(value)
        band = theirs[-1]
        expected = [None, None, None] if band is None else [band.lb, band.cb, band.ub]

        assert same(expected, [ours.lower, ours.value, ours.upper])


def test_convergence_divergence_equals_talipps() -> None:
    ours, theirs = MACD(12, 26, 9), talipp.indicators.MACD(12, 26, 9)
    for value in series():
        theirs.add(value)
        ours.update(value)
        shown = theirs[-1]
        expected = [None, None, None] if shown is None else [shown.macd, shown.signal, shown.histogram]

        assert same(expected, [ours.value, ours.signal, ours.histogram])


@pytest.mark.parametrize("period", [1, 14])
def test_the_true_range_equals_talipps(period: int) -> None:
    ours, theirs = ATR(period), talipp.indicators.ATR(period)
    draw = Random(8)  # noqa: S311 - seeded
    for close in islice(series(), 400):
        high = close * (1 + draw.random() / 1000)  # narrow bars, so that the gaps between them count both ways
        low = close * (1 - draw.random() / 1000)
        theirs.add(OHLCV(close, high, low, close))

        assert same([theirs[-1]], [ours.update(high, low, close)])
