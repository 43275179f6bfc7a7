"""What holds for every indicator: it warms up, it never divides by zero, and it does not grow."""

import math
import pickle
from collections.abc import Callable
from random import Random
from typing import Protocol

import pytest

from strategies.indicators.atr import ATR
from strategies.indicators.bollinger import Bollinger
from strategies.indicators.correlation import RollingCorrelation
from strategies.indicators.crossover import Crossover
from strategies.indicators.ema import EMA
from strategies.indicators.fibonacci import Fibonacci
from strategies.indicators.macd import MACD
from strategies.indicators.moments import Moments
from strategies.indicators.momentum import Momentum
from strategies.indicators.rsi import RSI
from strategies.indicators.sma import SMA
from strategies.indicators.volume_ratio import VolumeRatio
from strategies.indicators.window import Window
from strategies.indicators.z_score import ZScore


class _Plain(Protocol):
    def update(self, value: float, /) -> float | None: ...


Fed = tuple[object, Callable[[float], float | None]]


def fed(name: str) -> Fed:
    """Return an indicator and a way to feed it one number."""
    if name == "atr":
        atr = ATR(10)
        return atr, lambda value: atr.update(value, value, value)
    if name == "correlation":
        correlation = RollingCorrelation(10)
        return correlation, lambda value: correlation.update(value, -value)
    if name == "fibonacci":
        levels = Fibonacci(10)
        return levels, lambda value: levels.update(value, value)
    plain: dict[str, _Plain] = {
        "sma": SMA(10),
        "ema": EMA(10),
        "rsi": RSI(9),
        "macd": MACD(5, 10, 3),
        "bollinger": Bollinger(10),
        "z_score": ZScore(10),
        "momentum": Momentum(9),
        "volume_ratio": VolumeRatio(10),
        "crossover": Crossover(5, 10),
    }
    return plain[name], plain[name].update


NAMES = [
    "atr", "bollinger", "correlation", "crossover", "ema", "fibonacci", "macd", "momentum", "rsi", "sma",
    "volume_ratio", "z_score",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_it_says_nothing_until_its_tenth_value_and_always_something_after(name: str) -> None:
    _, update = fed(name)

    assert [update(100.0 + place) is None for place in range(15)] == [True] * 9 + [False] * 6


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", [0.0, 1e-300, 100.0, 1e12])
def test_a_flat_series_gives_a_number(name: str, level: float) -> None:
    _, update = fed(name)
    shown = [update(level) for _ in range(50)]

    assert all(value is None or math.isfinite(value) for value in shown)


@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_grow(name: str) -> None:
    indicator, update = fed(name)
    draw = Random(7)  # noqa: S311 - seeded
    for _ in range(100):
        update(draw.uniform(50, 150))
    early = len(pickle.dumps(indicator))
    for _ in range(5000):
        update(draw.uniform(50, 150))

    assert len(pickle.dumps(indicator)) == early


def test_the_flat_values_are_those_the_docstrings_name() -> None:
    rsi, z, momentum, ratio, correlation = RSI(3), ZScore(3), Momentum(3), VolumeRatio(3), RollingCorrelation(3)
    for _ in range(10):
        for indicator, value in ((rsi, 7.0), (z, 7.0), (momentum, 0.0), (ratio, 0.0)):
            indicator.update(value)
        correlation.update(7, 7)

    assert (rsi.value, z.value, momentum.value, ratio.value, correlation.value) == (50.0, 0.0, 0.0, 0.0, 0.0)


def test_the_strength_index_is_a_hundred_without_a_loss_and_zero_without_a_gain() -> None:
    rising, falling = RSI(3), RSI(3)
    for step in range(10):
        rising.update(100 + step)
        falling.update(100 - step)

    assert (rising.value, falling.value) == (100.0, 0.0)


def test_averages_turn_once_when_they_cross_and_not_where_they_touch() -> None:
    crossover = Crossover(1, 2)
    turns = []
    for value in (10, 11, 11, 12, 11, 11, 10, 11):  # the gap is +, 0, +, -, 0, -, +
        crossover.update(value)
        turns.append(crossover.turned)

    assert turns == [0, 0, 0, 0, -1, 0, 0, 1]


def test_averages_that_touched_before_they_cross_have_still_crossed() -> None:
    crossover = Crossover(1, 2)
    turns = []
    for value in (10, 11, 11, 10):  # the gap is +, 0, -
        crossover.update(value)
        turns.append(crossover.turned)

    assert turns == [0, 0, 0, -1]


def test_the_gap_of_averages_is_a_fraction_of_the_slow_one() -> None:
    crossover = Crossover(1, 2)
    crossover.update(100)

    assert crossover.update(300) == 0.5


def test_ready_follows_the_value() -> None:
    mean = SMA(2)
    mean.update(1)
    before = mean.ready
    mean.update(1)

    assert (before, mean.ready) == (False, True)


@pytest.mark.parametrize("kind", [Window, SMA, EMA, RSI, ATR, Fibonacci, Momentum, Moments, ZScore, VolumeRatio])
def test_a_period_below_one_is_refused(kind: Callable[[int], object]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        kind(0)
