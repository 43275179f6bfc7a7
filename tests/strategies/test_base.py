"""The examples of the reference, in the form they have here."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.ids import MANUAL, InstrumentId, StrategyId
from oms.domain.market import Bar, Quote, SessionEnded
from oms.domain.signal import SignalType
from oms.domain.units import DAY
from strategies.base import BaseStrategy, Signals, conviction
from strategies.config import StrategyConfig, StrategyType
from strategies.context import FLAT, Context, Holding

AAPL = InstrumentId("AAPL.XNAS")


class BuyEverything(BaseStrategy):
    """Buys on each bar and keeps each quote."""

    TYPE = StrategyType.MOMENTUM

    def __init__(self, config: StrategyConfig) -> None:
        super().__init__(config)
        self.quotes: list[tuple[Quote, int]] = []

    def on_bar(self, bar: Bar, context: Context) -> Signals:  # noqa: ARG002 - whatever it holds
        return (self.enter(bar, SignalType.BUY, confidence=0.7, strength=0.5, reason="always"),)

    def on_quote(self, quote: Quote, context: Context) -> Signals:
        self.quotes.append((quote, context.now))
        return ()


def strategy(**changes: object) -> BuyEverything:
    settings: dict[str, object] = {"strategy_id": StrategyId("mine"), "instruments": (AAPL,), **changes}
    return BuyEverything(StrategyConfig(**settings))  # type: ignore[arg-type]


def test_a_strategy_has_no_opinion_unless_it_overrides_a_handler(
    bar: Callable[..., Bar], quote: Callable[[str], Quote], context: Callable[..., Context]
) -> None:
    subject = BaseStrategy(StrategyConfig(strategy_id=StrategyId("mine"), instruments=(AAPL,)))

    assert (*subject.on_bar(bar(0, 100), context()), *subject.on_quote(quote(AAPL), context())) == ()
    assert (subject.warmup_bars, subject.ready, subject.waiting()) == (0, True, {})
    assert subject.required_symbols() == (AAPL,)


def test_an_entry_carries_stop_and_target_on_the_tick(bar: Callable[..., Bar], context: Callable[..., Context]) -> None:
    (signal,) = strategy(stop_loss=0.013, take_profit=0.031).generate_signals(bar(0, 9_999), context())

    assert (signal.price, signal.stop_px, signal.target_px) == (Decimal("99.99"), Decimal("98.69"), Decimal("103.09"))
    assert (signal.strategy_id, signal.instrument_id, signal.group_id) == ("mine", AAPL, None)
    assert (signal.time_horizon, signal.metadata) == (None, ())


def test_an_entry_says_for_how_long_and_a_close_does_not(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy(time_horizon_days=2.5)
    (signal,) = subject.on_bar(bar(0, 100), context())

    assert signal.time_horizon == 5 * DAY // 2
    assert subject.leave(bar(0, 100), "enough").time_horizon is None


def test_a_stop_never_lies_on_its_entry_however_small_the_price(
    bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    (signal,) = strategy().on_bar(bar(0, 3), context())

    assert (signal.price, signal.stop_px) == (Decimal("0.03"), Decimal("0.02"))


def test_a_close_is_never_half_hearted(bar: Callable[..., Bar]) -> None:
    signal = strategy().leave(bar(0, 100), "enough")

    assert (signal.signal_type, signal.confidence, signal.strength) == (SignalType.CLOSE, 1.0, 1.0)


def test_a_market_event_goes_to_the_handler_of_its_kind(
    bar: Callable[..., Bar], quote: Callable[[str], Quote], context: Callable[..., Context]
) -> None:
    subject = strategy()

    assert len(subject.process_market_event(bar(0, 100), context())) == 1
    assert subject.process_market_event(quote(AAPL), context()) == ()
    assert subject.process_market_event(SessionEnded(session="2010-06-18", ts=0), context()) == ()
    assert subject.quotes == [(quote(AAPL), 0)]


@pytest.mark.parametrize(
    "changes",
    [
        {"confidence": 1.01},
        {"confidence": float("nan")},
        {"strength": -0.1},
        {"strategy_id": StrategyId("other")},
        {"instrument_id": InstrumentId("IBM.XNYS")},
        {"stop_px": Decimal("NaN")},
        {"price": 98.5},
    ],
)
def test_a_signal_that_is_not_well_formed_is_not_valid(
    changes: dict[str, object], bar: Callable[..., Bar], context: Callable[..., Context]
) -> None:
    subject = strategy()
    (signal,) = subject.on_bar(bar(0, 100), context())

    assert subject.validate_signal(signal)
    assert not subject.validate_signal(replace(signal, **changes))


def test_status_says_what_it_is_and_how_it_went() -> None:
    subject = strategy()

    assert subject.get_status() == {
        "strategy_id": "mine",
        "name": "mine",
        "description": "",
        "type": StrategyType.MOMENTUM,
        "status": "ready",
        "waiting": {},
        "metrics": subject.tally.metrics(),
    }


def test_gain_is_a_fraction_of_the_entry_price_long_and_short() -> None:
    assert Holding(Decimal(5), Decimal(100)).gain_frac(Decimal(103)) == pytest.approx(0.03)
    assert Holding(Decimal(-5), Decimal(100)).gain_frac(Decimal(103)) == pytest.approx(-0.03)
    assert FLAT.gain_frac(Decimal(103)) == 0.0


def test_stop_and_target_bind_where_they_are_reached() -> None:
    subject = strategy(stop_loss=0.02, take_profit=0.06)

    assert [subject.beyond_limits(gain) is None for gain in (-0.02, -0.0199, 0.0, 0.0599, 0.06)] == [
        False, True, True, True, False,
    ]  # fmt: skip
    assert strategy(take_profit=None).beyond_limits(9.9) is None


def test_an_opinion_is_over_once_one_of_its_positions_was_held_for_its_horizon() -> None:
    subject = strategy(time_horizon_days=2)
    fresh, old = (Holding(Decimal(5), Decimal(100), since) for since in (DAY, 0))

    assert subject.beyond_horizon(2 * DAY - 1, old, fresh) is None
    assert subject.beyond_horizon(2 * DAY, old, fresh) == "time, held for 2.0 of 2 days"
    assert subject.beyond_horizon(2 * DAY, fresh, FLAT) is None
    assert subject.beyond_horizon(9 * DAY, Holding(Decimal(5), Decimal(100))) is None, "since when is not known"
    assert strategy().beyond_horizon(10**6 * DAY, old) is None


def test_conviction_lies_between_six_tenths_and_one() -> None:
    assert [conviction(excess) for excess in (-1.0, 0.0, 0.5, 7.0)] == [0.6, 0.6, pytest.approx(0.8), 1.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"strategy_id": MANUAL}, "manual"),
        ({"strategy_id": ""}, "strategy_id"),
        ({"instruments": (AAPL, AAPL)}, "once"),
        ({"stop_loss": 0.0}, "stop_loss"),
        ({"stop_loss": 1.0}, "stop_loss"),
        ({"stop_loss": float("nan")}, "stop_loss"),
        ({"take_profit": 0.0}, "take_profit"),
        ({"take_profit": float("inf")}, "take_profit"),
        ({"time_horizon_days": 0.0}, "time_horizon_days"),
        ({"time_horizon_days": float("nan")}, "time_horizon_days"),
        ({"time_horizon_days": float("inf")}, "time_horizon_days"),
    ],
)
def test_a_configuration_no_strategy_can_work_with_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        strategy(**changes)


def test_something_else_than_a_signal_is_not_valid() -> None:
    assert not strategy().validate_signal(None)  # type: ignore[arg-type]
