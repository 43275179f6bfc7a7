"""Two prices in step, one of which walks off; over ten bars instead of 252."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import chain

import numpy as np
import pytest

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.market import Bar
from oms.domain.signal import SignalType, TradingSignal
from strategies.config import SignalGenerationError
from strategies.context import Context
from strategies.pairs_trading import PairsTradingConfig, PairsTradingStrategy

IBM, MSFT = InstrumentId("IBM.XNYS"), InstrumentId("MSFT.XNAS")
FIRST = [10_000 + 100 * day + (10 if day % 2 else -10) for day in range(12)]
SECOND = [5_000 + 50 * day for day in range(12)]
DEAR, DEARER = 12_000, 12_100  # what the first leg costs when it has run away from about 11,200


def strategy(**changes: object) -> PairsTradingStrategy:
    settings: dict[str, object] = {"pairs": ((IBM, MSFT),), "lookback_period": 10, **changes}
    config = PairsTradingConfig(strategy_id=StrategyId("pairs_trading"), **settings)  # type: ignore[arg-type]
    return PairsTradingStrategy(config)


def play(
    subject: PairsTradingStrategy,
    first: Sequence[int],
    second: Sequence[int],
    bar: Callable[..., Bar],
    context: Context,
    day: int = 0,
) -> list[TradingSignal]:
    """Show both legs' bars day by day and return all signals."""
    shown = chain.from_iterable(
        (bar(day + place, one, IBM), bar(day + place, other, MSFT))
        for place, (one, other) in enumerate(zip(first, second, strict=True))
    )
    return [signal for each in shown for signal in subject.on_bar(each, context)]


def test_a_dear_first_leg_is_sold_and_the_other_bought_as_one_group(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    sold, bought = play(strategy(), [*FIRST, DEAR], [*SECOND, 5_600], bar, context())
    logs = np.log([*FIRST, DEAR][-10:]), np.log([*SECOND, 5_600][-10:])
    spread = logs[0] - logs[1]
    z = (spread[-1] - spread.mean()) / spread.std()

    assert (sold.instrument_id, sold.signal_type) == (IBM, SignalType.SELL)
    assert (bought.instrument_id, bought.signal_type) == (MSFT, SignalType.BUY)
    assert sold.group_id == bought.group_id is not None
    assert sold.confidence == bought.confidence == pytest.approx(0.6 + 0.4 * min(1, (z - 2) / 2))
    assert sold.strength == pytest.approx(z / 4)
    assert (sold.stop_px, bought.stop_px) == (Decimal("122.40"), Decimal("54.88"))
    assert sold.reason == f"IBM/MSFT z {z:+.2f} beyond ±2.0, correlation {np.corrcoef(*logs)[0, 1]:.2f}"


def test_a_dear_second_leg_is_the_other_way_round(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    signals = play(strategy(), [*FIRST, 11_200], [*SECOND, 6_000], bar, context())

    assert [signal.signal_type for signal in signals] == [SignalType.BUY, SignalType.SELL]


def test_as_long_as_they_stay_apart_nothing_more_is_said(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    signals = play(strategy(), [*FIRST, DEAR, 12_800], [*SECOND, 5_600, 5_650], bar, context())

    assert len(signals) == 2


def test_each_entry_is_a_group_of_its_own(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    subject = strategy()
    early = play(subject, [*FIRST, DEAR], [*SECOND, 5_600], bar, context())
    later = play(subject, [*FIRST, DEAR], [*SECOND, 5_600], bar, context(), day=13)

    assert len(early) == len(later) == 2
    assert early[0].group_id != later[0].group_id


def test_legs_that_do_not_move_together_are_left_alone(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    mirrored = [11_000 - close for close in SECOND]

    assert play(strategy(), [*FIRST, DEAR], [*mirrored, 5_400], bar, context()) == []
    assert len(play(strategy(min_correlation=-1.0), [*FIRST, DEAR], [*mirrored, 5_400], bar, context())) == 2


def test_nothing_is_said_before_both_bars_of_the_interval_are_there(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, FIRST, SECOND, bar, context())

    assert subject.on_bar(bar(12, DEAR, IBM), context()) == ()
    assert len(subject.on_bar(bar(12, 5_600, MSFT), context())) == 2


def test_an_interval_only_one_leg_has_is_left_out(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    subject, gapless = strategy(), strategy()
    play(subject, FIRST, SECOND, bar, context())
    play(gapless, FIRST, SECOND, bar, context())
    alone = subject.on_bar(bar(12, 20_000, IBM), context())
    after = play(subject, [DEAR], [5_600], bar, context(), day=13)
    expected = play(gapless, [DEAR], [5_600], bar, context(), day=13)

    assert alone == ()
    assert after == expected


def test_a_bar_shown_twice_is_not_taken_for_another_interval(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, FIRST[:9], SECOND[:9], bar, context())
    subject.on_bar(bar(8, SECOND[8], MSFT), context())

    assert subject.waiting()[IBM] == "9/10 bars"


def test_legs_of_different_intervals_are_not_compared(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    subject = strategy()
    play(subject, FIRST, SECOND, bar, context())
    subject.on_bar(bar(12, 20_000, IBM), context())

    assert subject.on_bar(bar(13, 5_600, MSFT), context()) == ()
    assert len(subject.on_bar(bar(13, DEAR, IBM), context())) == 2


def test_legs_already_apart_when_the_look_back_fills_are_no_event(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    assert play(strategy(), [*FIRST[:9], DEAR], [*SECOND[:9], 5_600], bar, context()) == []


@pytest.mark.parametrize(
    ("first", "second", "quantities"), [(DEAR, 5_600, ("-10", "20")), (11_200, 6_000, ("10", "-20"))]
)
def test_as_long_as_they_stay_apart_both_legs_are_kept(
    first: int,
    second: int,
    quantities: tuple[str, str],
    bar: Callable[..., Bar],
    context: Callable[..., Context],
) -> None:
    subject = strategy()
    play(subject, FIRST, SECOND, bar, context())
    held = context({IBM: (quantities[0], str(first / 100)), MSFT: (quantities[1], str(second / 100))})

    assert play(subject, [first], [second], bar, held, day=12) == []


@pytest.mark.parametrize("first", [11_200, 10_000])
def test_both_legs_are_closed_once_they_have_met_or_passed_each_other(
    first: int, bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, FIRST, SECOND, bar, context())
    held = context({IBM: ("-10", "113.00"), MSFT: ("20", "56.00")})
    closed = play(subject, [first], [5_600], bar, held, day=12)

    assert [(signal.instrument_id, signal.signal_type) for signal in closed] == [
        (IBM, SignalType.CLOSE),
        (MSFT, SignalType.CLOSE),
    ]
    assert closed[0].group_id == closed[1].group_id is not None
    assert "within 0.5" in closed[0].reason


def test_both_legs_are_closed_when_together_they_have_lost_the_stop(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, FIRST, SECOND, bar, context())
    hedged = context({IBM: ("-10", "115.00"), MSFT: ("20", "53.60")})  # loses 4.3 %, wins 4.5 %
    losing = context({IBM: ("-10", "115.00"), MSFT: ("20", "56.00")})  # loses 4.3 %

    assert play(subject, [DEAR], [5_600], bar, hedged, day=12) == []
    assert [signal.reason for signal in play(subject, [DEARER], [5_600], bar, losing, day=13)] == [
        "stop, -5.2% beyond -2.0%"
    ] * 2


@pytest.mark.parametrize("alone", [{IBM: ("-10", "120.00")}, {IBM: ("-10", "120.00"), MSFT: ("-20", "56.00")}])
def test_a_leg_without_its_opposite_is_closed(
    alone: dict[str, tuple[str, str]], bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    play(subject, FIRST, SECOND, bar, context())
    closed = play(subject, [DEAR], [5_600], bar, context(alone), day=12)

    assert [signal.instrument_id for signal in closed] == list(alone)


def test_a_price_without_a_logarithm_is_said_and_not_guessed(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    with pytest.raises(SignalGenerationError, match=r"price 0.00 of IBM.XNYS has no logarithm"):
        play(strategy(), [0], [5_000], bar, context())


def test_it_waits_for_bars_and_then_for_the_drift(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    subject = strategy()
    play(subject, FIRST[:3], SECOND[:3], bar, context())
    warming = subject.waiting(), subject.ready
    play(subject, FIRST, SECOND, bar, context(), day=3)
    text = subject.waiting()[IBM]

    assert warming == ({IBM: "3/10 bars", MSFT: "3/10 bars"}, False)
    assert (text.startswith("IBM/MSFT z "), text.endswith("of ±2.0, correlation 1.00"), subject.ready) == (True,) * 3


def test_instruments_without_pairs_are_paired_two_by_two() -> None:
    ids = tuple(InstrumentId(name) for name in ("A.X", "B.X", "C.X", "D.X"))
    subject = strategy(pairs=(), instruments=ids)

    assert subject.config.couples() == (("A.X", "B.X"), ("C.X", "D.X"))
    assert subject.required_symbols() == ids


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pairs": ((IBM, IBM),)}, "one pair only"),
        ({"pairs": ((IBM, MSFT), (MSFT, InstrumentId("AAPL.XNAS")))}, "one pair only"),
        ({"instruments": (IBM,)}, "made of instruments"),
        ({"pairs": (), "instruments": (IBM,)}, "even in number"),
        ({"lookback_period": 1}, "lookback_period"),
        ({"exit_threshold": 2.0}, "exit_threshold"),
        ({"min_correlation": 1.5}, "min_correlation"),
    ],
)
def test_pairs_and_thresholds_that_make_no_sense_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        strategy(**changes)


def test_it_names_how_near_the_legs_must_come_to_leave() -> None:
    assert strategy(exit_threshold=0.4).leaving() == "0.4"
