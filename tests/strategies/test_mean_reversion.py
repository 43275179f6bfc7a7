from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np
import pytest

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.market import Bar
from oms.domain.signal import SignalType, TradingSignal
from strategies.context import Context
from strategies.mean_reversion import MeanReversionConfig, MeanReversionStrategy

AAPL = InstrumentId("AAPL.XNAS")
CALM = [10_000 + (20 if day % 2 else -20) for day in range(24)]  # around 10,000
PLUNGE = 9_505


def strategy(**changes: object) -> MeanReversionStrategy:
    settings: dict[str, object] = {"instruments": (AAPL,), **changes}
    config = MeanReversionConfig(strategy_id=StrategyId("mean_reversion"), **settings)  # type: ignore[arg-type]
    return MeanReversionStrategy(config)


def play(
    subject: MeanReversionStrategy, closes: Sequence[int], bar: Callable[..., Bar], context: Context
) -> list[TradingSignal]:
    return [signal for day, close in enumerate(closes) for signal in subject.on_bar(bar(day, close), context)]


def test_a_plunge_below_the_band_is_bought_once_with_the_mean_as_target(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    (signal,) = play(strategy(), [*CALM, PLUNGE, PLUNGE - 400], bar, context())
    window = np.array([*CALM, PLUNGE][-20:])
    z = (PLUNGE - window.mean()) / window.std()

    assert signal.signal_type is SignalType.BUY
    assert signal.confidence == signal.strength == 1.0
    assert signal.stop_px == Decimal("93.15")
    assert signal.target_px == Decimal(int(np.ceil(window.mean()))) / 100
    assert signal.reason == f"z {z:+.2f} below -2.0, rsi 27"


def test_confidence_and_strength_grow_with_the_distance(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    (signal,) = play(strategy(rsi_oversold=49.0), [*CALM, 9_935], bar, context())
    window = np.array([*CALM, 9_935][-20:])
    z = (9_935 - window.mean()) / window.std()

    assert -3 < z < -2.2
    assert signal.confidence == pytest.approx(0.6 + 0.4 * (-z - 2) / 2)
    assert signal.strength == pytest.approx(-z / 4)


def test_a_leap_above_the_band_is_sold(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    (signal,) = play(strategy(), [20_000 - close for close in [*CALM, PLUNGE]], bar, context())

    assert signal.signal_type is SignalType.SELL
    assert signal.stop_px == Decimal("107.05")
    assert signal.target_px == Decimal("100.23")  # the mean is 100.2375: a target lies on its far side


def test_a_band_alone_is_not_enough(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    assert play(strategy(rsi_oversold=5.0), [*CALM, PLUNGE], bar, context()) == []


def test_an_index_alone_is_not_enough(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    assert play(strategy(bb_std=4.5), [*CALM, PLUNGE], bar, context()) == []


def test_after_a_return_into_the_band_the_next_touch_counts_again(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    closes = [*CALM, PLUNGE, *CALM, PLUNGE - 500]

    assert [signal.signal_type for signal in play(strategy(), closes, bar, context())] == [SignalType.BUY] * 2


def test_a_band_already_broken_when_the_warm_up_ends_is_no_event(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    assert play(strategy(), [*CALM[:19], PLUNGE, PLUNGE - 400], bar, context()) == []


@pytest.mark.parametrize(("quantity", "close"), [("10", 10_030), ("-10", 9_970)])
def test_a_position_is_closed_at_the_mean(
    quantity: str, close: int, bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, CALM, bar, context())
    (signal,) = subject.on_bar(bar(24, close), context({AAPL: (quantity, "100.00")}))

    assert signal.signal_type is SignalType.CLOSE
    assert signal.reason.startswith("back at the mean")


def test_a_position_is_kept_before_the_mean_and_closed_at_its_stop(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, CALM, bar, context())

    assert subject.on_bar(bar(24, 9_950), context({AAPL: ("10", "99.00")})) == ()
    (signal,) = subject.on_bar(bar(25, 9_700), context({AAPL: ("10", "99.00")}))
    assert signal.reason == "stop, -2.0% beyond -2.0%"


def test_it_waits_for_bars_and_then_for_the_band(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    subject = strategy()
    play(subject, CALM[:7], bar, context())
    warming = subject.waiting()[AAPL], subject.ready
    play(subject, CALM, bar, context())

    assert warming == ("7/20 bars", False)
    assert (subject.waiting()[AAPL], subject.ready) == ("z +1.00 of ±2.0, rsi 52", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("bb_period", 1), ("bb_std", 0.0), ("rsi_period", 0), ("rsi_oversold", 70.0), ("rsi_overbought", 101.0)],
)
def test_numbers_that_nothing_can_lie_between_are_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        strategy(**{field: value})


def test_the_farthest_from_its_mean_is_named_first_and_the_mean_at_which_it_leaves(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    calm, plunged = InstrumentId("AAPL.XNAS"), InstrumentId("MSFT.XNAS")
    subject = strategy(instruments=(calm, plunged))
    for day, close in enumerate(CALM):
        subject.on_bar(bar(day, close, calm), context())
        subject.on_bar(bar(day, close if day < 23 else PLUNGE, plunged), context())

    assert list(subject.waiting()) == [plunged, calm]
    assert subject.leaving() == "0"
