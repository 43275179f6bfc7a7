"""Sliding windows equal a brute-force definition after a hundred thousand values, whatever has passed through them."""

import math
from collections import deque
from random import Random

import numpy as np
import pytest

from strategies.indicators.bollinger import Bollinger
from strategies.indicators.correlation import RollingCorrelation
from strategies.indicators.sma import SMA
from strategies.indicators.volume_ratio import VolumeRatio
from strategies.indicators.z_score import ZScore

LONG = 100_000
LOOK_EVERY = 97  # no divisor of a period, so that every place of the ring is looked at


def wild(length: int = LONG, seed: int = 7) -> list[float]:
    """Return a series near 1,000 that trends, jumps a hundredfold and back, and lies flat for stretches."""
    draw = Random(seed)  # noqa: S311 - a seeded series
    value, values = 1000.0, []
    for place in range(length):
        phase = place % 5000
        if phase < 4000:
            value += draw.gauss(0, 1)
        spike = 100.0 if phase in (1000, 1500, 1501) else 1.0
        values.append(value * spike)
    return values


@pytest.mark.parametrize("period", [3, 20, 252])
def test_means_and_z_scores_do_not_drift(period: int) -> None:
    mean, z, bands = SMA(period), ZScore(period), Bollinger(period, 2.0)
    window: deque[float] = deque(maxlen=period)
    looked = 0
    for place, value in enumerate(wild()):
        window.append(value)
        for indicator in (mean, z, bands):
            indicator.update(value)
        if place % LOOK_EVERY or len(window) < period:
            continue
        looked += 1
        exact = np.array(window) - window[0]  # shifted, so that the brute force is not the one that errs
        middle = window[0] + exact.mean()
        deviation = exact.std()
        score = (exact[-1] - exact.mean()) / deviation if deviation else 0.0

        assert mean.value == pytest.approx(middle, rel=1e-9)
        assert bands.value == pytest.approx(middle, rel=1e-9)
        assert z.value == pytest.approx(score, rel=1e-9, abs=1e-9)
        assert bands.upper == pytest.approx(middle + 2 * deviation, rel=1e-9)
        assert bands.z == z.value

    assert looked > 1000


@pytest.mark.parametrize("period", [3, 252])
def test_correlations_do_not_drift(period: int) -> None:
    draw = Random(9)  # noqa: S311 - seeded
    ours = RollingCorrelation(period)
    pairs: deque[tuple[float, float]] = deque(maxlen=period)
    for place, x in enumerate(wild()):
        y = 0.3 * x + draw.gauss(0, 3)
        pairs.append((x, y))
        shown = ours.update(x, y)
        if place % LOOK_EVERY or len(pairs) < period:
            continue
        first, second = (np.array(column) - column[0] for column in zip(*pairs, strict=True))
        if not first.std():
            assert shown == 0.0
            continue

        assert shown == pytest.approx(np.corrcoef(first, second)[0, 1], abs=1e-9)


def test_a_thousand_huge_values_leave_no_trace_in_a_mean_two_windows_later() -> None:
    draw = Random(7)  # noqa: S311 - seeded
    mean = SMA(10)
    for _ in range(1000):
        for value in (draw.uniform(1e11, 1e12), *[0.123456] * 20):
            mean.update(value)

        assert mean.value == pytest.approx(0.123456, rel=1e-12)


def test_a_flat_window_has_no_deviation_at_all_however_wild_the_values_before_it() -> None:
    z, bands = ZScore(20), Bollinger(20)
    for value in [*wild(500), 1e9, 1e-9, *[0.1 + 0.2] * 20]:
        z.update(value)
        bands.update(value)

    assert (z.value, bands.z) == (0.0, 0.0)
    assert bands.upper == bands.value == bands.lower == 0.1 + 0.2


def test_the_volume_ratio_compares_with_the_mean_that_includes_the_newest() -> None:
    ratio = VolumeRatio(4)

    assert [ratio.update(volume) for volume in (1, 1, 1, 5)] == [None, None, None, 2.5]


@pytest.mark.parametrize("factor", [-1.0, 1.0])
def test_series_in_step_correlate_fully_and_never_beyond_one(factor: float) -> None:
    ours = RollingCorrelation(5)
    for x in wild(2000):
        shown = ours.update(x, factor * x)

        assert shown is None or (shown == pytest.approx(factor) and math.fabs(shown) <= 1.0) or shown == 0.0
