"""What strategies that wait for a cross of two averages do alike with what they hold."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest

from oms.domain.market import Bar
from oms.domain.signal import TradingSignal
from strategies.base import BaseStrategy
from strategies.context import Context
from tests.strategies.test_ma_crossover import AAPL, FALL, TURN
from tests.strategies.test_ma_crossover import strategy as ma_crossover
from tests.strategies.test_trend_following import strategy as trend_following

Cross: TypeAlias = Callable[[Context], Sequence[TradingSignal]]


@pytest.fixture(params=[ma_crossover, trend_following], ids=["ma_crossover", "trend_following"])
def cross(request: pytest.FixtureRequest, bar: Callable[..., Bar], context: Callable[..., Context]) -> Cross:
    """Return what a strategy says of the bar on which the averages cross after a fall, given what is held then."""
    subject: BaseStrategy = request.param()
    for day, close in enumerate(FALL):
        assert not subject.on_bar(bar(day, close), context())
    return lambda held: subject.on_bar(bar(len(FALL), TURN), held)


def test_a_cross_in_the_direction_held_says_nothing(cross: Cross, context: Callable[..., Context]) -> None:
    assert cross(context({AAPL: ("10", "98.00")})) == ()


def test_a_stop_reached_on_the_bar_of_the_cross_is_the_reason_said(
    cross: Cross, context: Callable[..., Context]
) -> None:
    (signal,) = cross(context({AAPL: ("-10", "96.00")}))

    assert signal.reason == "stop, -2.1% beyond -2.0%"
