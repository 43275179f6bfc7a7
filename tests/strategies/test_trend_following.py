"""A fall, then a rise, with periods short enough to count by hand."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.market import Bar
from oms.domain.signal import SignalType, TradingSignal
from strategies.context import Context
from strategies.trend_following import TrendFollowingConfig, TrendFollowingStrategy

AAPL = InstrumentId("AAPL.XNAS")
FALL = [10_000 - 100 * day for day in range(8)]  # ends at 9,300
TURN = 9_800  # lifts the mean of two above the mean of four, and lies above the close of three days ago


def strategy(**changes: object) -> TrendFollowingStrategy:
    settings: dict[str, object] = {"fast_period": 2, "slow_period": 4, "momentum_period": 3, **changes}
    config = TrendFollowingConfig(
        strategy_id=StrategyId("trend_following"),
        instruments=(AAPL,),
        **settings,  # type: ignore[arg-type]
    )
    return TrendFollowingStrategy(config)


def play(
    subject: TrendFollowingStrategy,
    closes: Sequence[int],
    bar: Callable[..., Bar],
    context: Context,
    **more: int,
) -> list[TradingSignal]:
    return [signal for day, close in enumerate(closes) for signal in subject.on_bar(bar(day, close, **more), context)]


def test_a_cross_above_with_rising_momentum_buys(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    (signal,) = play(strategy(), [*FALL, TURN, 9_900], bar, context())

    # momentum 9,800 / 9,500 - 1 = 3.16 % and a volume as usual: 0.5 + 0.25 * 0.6316 + 0.25 * 1 / 1.2
    assert signal.signal_type is SignalType.BUY
    assert signal.strength == signal.confidence == pytest.approx(0.5 + 0.25 * (300 / 9_500) / 0.05 + 0.25 / 1.2)
    assert (signal.price, signal.stop_px, signal.target_px) == (
        Decimal("98.00"),
        Decimal("96.04"),
        Decimal("103.88"),
    )
    assert signal.reason == "2/4 crossed above, momentum +3.2%, volume 1.0x"


def test_a_cross_below_with_falling_momentum_sells(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    rise_then_fall = [20_000 - close for close in [*FALL, TURN]]
    (signal,) = play(strategy(), rise_then_fall, bar, context())

    assert signal.signal_type is SignalType.SELL
    assert (signal.price, signal.stop_px, signal.target_px) == (
        Decimal("102.00"),
        Decimal("104.04"),
        Decimal("95.88"),
    )


def test_a_cross_that_momentum_contradicts_says_nothing(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    assert play(strategy(momentum_period=7), [*FALL, TURN], bar, context()) == []


def test_a_weak_cross_says_nothing(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    assert play(strategy(signal_threshold=0.9), [*FALL, TURN], bar, context()) == []


def test_volume_counts_up_to_its_threshold_and_no_further(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, FALL, bar, context())
    (signal,) = subject.on_bar(bar(8, TURN, volume=100_000), context())

    assert signal.strength == pytest.approx(0.75 + 0.25 * (300 / 9_500) / 0.05)


def test_a_cross_back_closes_what_is_held_and_does_not_turn_it_round(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    held = context({AAPL: ("-10", "98.00")})
    (signal,) = play(strategy(), [*FALL, TURN], bar, held)

    assert (signal.signal_type, signal.confidence) == (SignalType.CLOSE, 1.0)
    assert signal.reason == "2/4 crossed back"


@pytest.mark.parametrize(
    ("quantity", "entry", "reason"),
    [
        ("10", "102.05", "stop, -2.0% beyond -2.0%"),
        ("-10", "98.00", "stop, -2.0% beyond -2.0%"),
        ("10", "94.30", "target, +6.0% beyond +6.0%"),
        ("-10", "106.40", "target, +6.0% beyond +6.0%"),
    ],
)
def test_stop_and_target_are_measured_from_the_average_entry_price(
    quantity: str, entry: str, reason: str, bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, [10_000] * 6, bar, context())
    (signal,) = subject.on_bar(bar(6, 10_000), context({AAPL: (quantity, entry)}))

    assert (signal.signal_type, signal.reason) == (SignalType.CLOSE, reason)


def test_an_exit_is_asked_for_on_every_bar_until_the_position_is_gone(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, [10_000] * 6, bar, context())
    losing = context({AAPL: ("10", "110.00")})

    assert [len(subject.on_bar(bar(day, 10_000), losing)) for day in (6, 7)] == [1, 1]
    assert subject.on_bar(bar(8, 10_000), context()) == ()


def test_it_waits_for_bars_and_then_for_the_gap_to_close(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, FALL[:2], bar, context())
    warming = subject.waiting()[AAPL], subject.ready
    play(subject, FALL, bar, context())

    assert warming == ("2/4 bars", False)
    assert (subject.waiting()[AAPL], subject.ready) == ("2/4 gap -1.1%", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fast_period", 4),
        ("fast_period", 0),
        ("momentum_period", 0),
        ("volume_threshold", 0.0),
        ("signal_threshold", 1.1),
        ("signal_threshold", float("nan")),
    ],
)
def test_numbers_that_describe_no_trend_are_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        strategy(**{field: value})
