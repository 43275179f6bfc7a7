"""What a strategy is shown, when, and what becomes of what it says."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from oms.domain.events import TapePositioned
from oms.domain.fill import Fill
from oms.domain.ids import InstrumentId
from oms.domain.market import Bar, Quote, SessionEnded
from oms.domain.order import Side
from oms.domain.order_events import OrderFilled
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import DAY
from strategies.base import BaseStrategy, Signals
from strategies.config import StrategyConfigurationError
from strategies.context import FLAT, Context, Holding
from strategies.runner import StrategyRunner
from tests.strategies.witness import AAPL, IBM, Witness, filled, flat, moved, record


class Listener(Witness):
    """Has an opinion on quotes and fills, and none on bars."""

    on_bar = BaseStrategy.on_bar

    def on_quote(self, quote: Quote, context: Context) -> Signals:  # noqa: ARG002
        return [_hold(self, quote.instrument.instrument_id)]

    def on_fill(self, fill: Fill, context: Context) -> Signals:
        self.held.append(context.position(fill.instrument_id))
        return [_hold(self, fill.instrument_id)]


def _hold(strategy: BaseStrategy, instrument_id: InstrumentId) -> TradingSignal:
    return TradingSignal(
        strategy_id=strategy.strategy_id,
        instrument_id=instrument_id,
        signal_type=SignalType.HOLD,
        ts=0,
        confidence=0.5,
        strength=0.5,
        reason="seen",
    )


def test_a_fill_that_is_reported_again_is_one_fill() -> None:
    """Its commit failed, the state was folded anew, and the venue was asked again."""
    mine = Listener("mine", AAPL)
    runner = StrategyRunner([mine], flat)

    assert [len(runner.react(filled("mine"))) for _ in range(2)] == [1, 0]


def test_a_bar_goes_to_those_who_want_its_instrument_in_the_order_they_were_given(bar: Callable[..., Bar]) -> None:
    both, apple, other = Witness("both", IBM, AAPL), Witness("apple", AAPL), Witness("other", IBM)
    runner = StrategyRunner([both, apple, other], flat)
    signals = runner.react(moved(bar(0, 100)))

    assert [signal.strategy_id for signal in signals] == ["both", "apple"]
    assert other.seen == []
    assert runner.required_symbols() == (IBM, AAPL)


def test_the_context_has_engine_time_and_the_position_of_that_strategy(bar: Callable[..., Bar]) -> None:
    mine, theirs = Witness("mine", AAPL), Witness("theirs", AAPL)
    held = Holding(Decimal(3), Decimal(99))
    runner = StrategyRunner([mine, theirs], lambda name, _: held if name == "mine" else FLAT)
    runner.react(moved(bar(0, 100)))

    assert (mine.held, theirs.held) == ([held], [FLAT])
    assert mine.now == [bar(0, 100).ts + 7]


def test_warming_up_feeds_bars_and_discards_what_is_said_to_them(bar: Callable[..., Bar]) -> None:
    witness = Witness("mine", AAPL)
    runner = StrategyRunner([witness], lambda _, __: Holding(Decimal(3), Decimal(99)))
    runner.warm_up([bar(0, 100), bar(1, 101)])

    assert len(witness.seen) == 2
    assert witness.held == [FLAT, FLAT]
    assert len(runner.react(moved(bar(2, 102)))) == 1


def test_a_bar_that_was_seen_or_is_older_than_one_seen_says_nothing(bar: Callable[..., Bar]) -> None:
    witness = Witness("mine", AAPL, IBM)
    runner = StrategyRunner([witness], flat)
    runner.warm_up([bar(4, 100)])
    for day in (4, 3, 5, 5):
        runner.react(moved(bar(day, 100)))
    runner.react(moved(bar(1, 100, IBM)))

    assert [each.ts_open // DAY for each in witness.seen] == [4, 5, 1]


def test_quotes_go_only_to_those_who_override_on_quote(quote: Callable[[str], Quote]) -> None:
    deaf = Witness("deaf", AAPL)
    deaf.on_quote = deaf.on_bar  # type: ignore[method-assign,assignment] # asked, it would raise
    runner = StrategyRunner([deaf, Listener("mine", AAPL)], flat)

    assert [signal.strategy_id for signal in runner.react(moved(quote(AAPL)))] == ["mine"]
    assert runner.react(moved(quote(IBM))) == ()
    assert runner.drain_faults() == []


def test_a_fill_goes_to_its_strategy_and_into_its_metrics() -> None:
    mine, other = Listener("mine", AAPL), Listener("other", AAPL)
    runner = StrategyRunner([mine, other], flat)
    signals = [*runner.react(filled("mine")), *runner.react(filled("mine", Side.SELL, "110"))]

    assert [signal.strategy_id for signal in signals] == ["mine", "mine"]
    assert (len(mine.held), other.held) == (2, [])
    assert mine.tally.metrics().total_return == pytest.approx(0.1)


def test_fills_of_a_person_and_everything_else_say_nothing() -> None:
    runner = StrategyRunner([Listener("mine", AAPL)], flat)

    assert runner.react(filled("manual")) == ()
    assert runner.react(record(TapePositioned(session="2010-06-18"))) == ()
    assert runner.react(moved(SessionEnded(session="2010-06-18", ts=0))) == ()


def test_fills_of_earlier_runs_are_counted_and_not_reacted_to() -> None:
    mine = Listener("mine", AAPL)
    runner = StrategyRunner([mine], flat)
    event = filled("mine").event
    assert isinstance(event, OrderFilled)
    runner.recall([event.fill])
    runner.react(filled("mine", Side.SELL, "90"))

    assert mine.tally.metrics().losing_trades == 1
    assert len(mine.held) == 1


def test_two_strategies_of_one_name_are_refused() -> None:
    with pytest.raises(StrategyConfigurationError, match="two strategies are named mine"):
        StrategyRunner([Witness("mine", AAPL), Witness("mine", IBM)], flat)


def test_the_longest_warm_up_is_that_of_all() -> None:
    short, long = Witness("short", AAPL), Witness("long", AAPL)
    long.warmup_bars = 30

    assert StrategyRunner([short, long], flat).warmup_bars == 30
    assert StrategyRunner([], flat).warmup_bars == 0
