from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.market import Bar
from oms.domain.signal import SignalType, TradingSignal
from strategies.context import Context
from strategies.ma_crossover import MovingAverageCrossoverConfig, MovingAverageCrossoverStrategy

AAPL = InstrumentId("AAPL.XNAS")
FALL = [10_000 - 100 * day for day in range(8)]
TURN = 9_800


def strategy(**changes: object) -> MovingAverageCrossoverStrategy:
    periods = {"short_period": 2, "long_period": 4, "momentum_period": 3}
    settings: dict[str, object] = {"instruments": (AAPL,), **periods, **changes}
    config = MovingAverageCrossoverConfig(
        strategy_id=StrategyId("ma_crossover"),
        **settings,  # type: ignore[arg-type]
    )
    return MovingAverageCrossoverStrategy(config)


def play(
    subject: MovingAverageCrossoverStrategy, closes: Sequence[int], bar: Callable[..., Bar], context: Context
) -> list[TradingSignal]:
    return [signal for day, close in enumerate(closes) for signal in subject.on_bar(bar(day, close), context)]


@pytest.mark.parametrize(
    ("closes", "side", "stop"),
    [
        ([*FALL, TURN, 9_900], SignalType.BUY, "96.04"),
        ([20_000 - close for close in [*FALL, TURN, 9_900]], SignalType.SELL, "104.04"),
    ],
)
def test_a_cross_is_an_entry_once(
    closes: list[int], side: SignalType, stop: str, bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    (signal,) = play(strategy(), closes, bar, context())

    assert (signal.signal_type, signal.stop_px) == (side, Decimal(stop))


def test_confidence_grows_with_momentum_whichever_way_it_points(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    (with_it,) = play(strategy(), [*FALL, TURN], bar, context())
    (against_it,) = play(strategy(momentum_period=7), [*FALL, TURN], bar, context())

    assert with_it.confidence == pytest.approx(0.6 + 0.4 * (300 / 9_500) / 0.05)
    assert with_it.strength == pytest.approx((300 / 9_500) / 0.05)
    assert against_it.confidence == pytest.approx(0.6 + 0.4 * (100 / 9_900) / 0.05)


def test_confidence_stops_at_one(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    (signal,) = play(strategy(), [*FALL, 12_000], bar, context())

    assert (signal.confidence, signal.strength) == (1.0, 1.0)


def test_below_the_confidence_asked_for_nothing_is_said(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    assert play(strategy(min_confidence=0.9), [*FALL, TURN], bar, context()) == []


def test_a_cross_back_closes_a_position(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    (signal,) = play(strategy(), [*FALL, TURN], bar, context({AAPL: ("-10", "98.00")}))

    assert (signal.signal_type, signal.reason) == (SignalType.CLOSE, "2/4 crossed back")


def test_a_losing_position_is_closed_without_a_cross(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    subject = strategy()
    play(subject, [10_000] * 6, bar, context())
    (signal,) = subject.on_bar(bar(6, 10_000), context({AAPL: ("10", "104.00")}))

    assert signal.reason == "stop, -3.8% beyond -2.0%"


def test_it_waits_for_bars_and_then_for_the_gap_to_close(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy(momentum_period=4)
    play(subject, FALL[:4], bar, context())
    warming = subject.waiting()[AAPL], subject.ready
    play(subject, FALL, bar, context())

    assert warming == ("4/5 bars", False)
    assert (subject.waiting()[AAPL], subject.ready) == ("2/4 gap -1.1%", True)


def test_the_nearest_to_a_cross_is_named_first_and_the_gap_at_which_it_leaves(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    far, near, new = (InstrumentId(f"{symbol}.XNAS") for symbol in ("AAPL", "MSFT", "GOOG"))
    subject = strategy(instruments=(far, near, new))
    for day in range(6):
        subject.on_bar(bar(day, 10_000 - 100 * day, far), context())
        subject.on_bar(bar(day, 10_000 - 10 * day, near), context())

    assert list(subject.waiting()) == [near, far, new]
    assert subject.leaving() == "0"


@pytest.mark.parametrize(
    ("field", "value"), [("short_period", 4), ("short_period", 0), ("momentum_period", 0), ("min_confidence", 2.0)]
)
def test_numbers_that_describe_no_cross_are_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        strategy(**{field: value})
