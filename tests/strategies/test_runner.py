import sys
from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.events import Event, MarketMoved, Record, TapePositioned
from oms.domain.fill import Fill, LiquiditySide
from oms.domain.ids import AccountId, BrokerId, ClientOrderId, ExecId, InstrumentId, StrategyId
from oms.domain.market import Bar, MarketData, Quote, SessionEnded
from oms.domain.order import Side
from oms.domain.order_events import OrderFilled
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import DAY, Money
from strategies.base import FLAT, BaseStrategy, Context, Holding, Signals
from strategies.config import StrategyConfig, StrategyConfigurationError, StrategyType
from strategies.runner import StrategyRunner

AAPL, IBM = InstrumentId("AAPL.XNAS"), InstrumentId("IBM.XNYS")


class Witness(BaseStrategy):
    """Buys on each bar and notes what it was shown."""

    TYPE = StrategyType.MOMENTUM

    def __init__(self, name: str, *instruments: InstrumentId) -> None:
        super().__init__(StrategyConfig(strategy_id=StrategyId(name), instruments=instruments))
        self.seen: list[Bar] = []
        self.held: list[Holding] = []
        self.now: list[int] = []

    def on_bar(self, bar: Bar, context: Context) -> Signals:
        self.seen.append(bar)
        self.held.append(context.position(bar.instrument.instrument_id))
        self.now.append(context.now)
        return [self.enter(bar, SignalType.BUY, confidence=0.7, strength=0.5, reason="always")]


class Raising(Witness):
    """Raises on its second bar."""

    def on_bar(self, bar: Bar, context: Context) -> Signals:
        if self.seen:
            msg = "no\nmore \x1b[31mbars"
            raise ZeroDivisionError(msg)
        return super().on_bar(bar, context)


class Misspeaking(Witness):
    """Raises one good signal and one that is not well formed."""

    def on_bar(self, bar: Bar, context: Context) -> Signals:
        (good,) = super().on_bar(bar, context)
        return [good, replace(good, confidence=float("nan"))]


class Mute(Witness):
    """Forgets to return, and thinks it is alive."""

    def waiting(self) -> dict[InstrumentId, str]:
        return {AAPL: "a sign"}

    def on_fill(self, fill: Fill, context: Context) -> Signals:
        msg = f"{fill} after the fault, at {context.now}"
        raise AssertionError(msg)

    def on_bar(self, bar: Bar, context: Context) -> Signals:
        super().on_bar(bar, context)
        return None  # type: ignore[return-value]


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


def flat(_: StrategyId, __: InstrumentId) -> Holding:
    return FLAT


def moved(data: MarketData) -> Record:
    return record(MarketMoved(data=data), data.ts + 7)


def record(event: Event, ts: int = 0) -> Record:
    return Record(seq=0, ts=ts, wall=0, event=event)


def filled(name: str, side: Side = Side.BUY, price: str = "100") -> Record:
    fill = Fill(
        exec_id=ExecId(f"{name} {side} {price}"),
        client_order_id=ClientOrderId("SIM-1-1"),
        broker=BrokerId("sim"),
        account=AccountId("SIM-1"),
        strategy_id=StrategyId(name),
        instrument_id=AAPL,
        side=side,
        last_qty=Decimal(10),
        last_px=Decimal(price),
        fee=Money(Decimal(1), "USD"),
        liquidity=LiquiditySide.TAKER,
        ts=0,
    )
    return record(OrderFilled(client_order_id=fill.client_order_id, fill=fill))


def test_a_strategy_that_wants_to_leave_the_program_leaves_alone(bar: Callable[..., Bar]) -> None:
    class Leaver(Witness):
        def on_bar(self, bar: Bar, context: Context) -> Signals:  # noqa: ARG002 - the socket has both
            sys.exit(5)

    runner = StrategyRunner([Leaver("leaver", AAPL), Witness("stays", AAPL)], flat)

    assert [signal.strategy_id for signal in runner.react(moved(bar(0, 100)))] == ["stays"]
    assert [name for name, _ in runner.drain_faults()] == ["leaver"]


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


def test_one_that_raises_is_named_once_and_no_longer_fed_while_others_go_on(bar: Callable[..., Bar]) -> None:
    bad, good = Raising("bad", AAPL), Witness("good", AAPL)
    runner = StrategyRunner([bad, good], flat)
    raised = [[signal.strategy_id for signal in runner.react(moved(bar(day, 100)))] for day in range(4)]
    ((name, text),) = runner.drain_faults()

    assert raised == [["bad", "good"], ["good"], ["good"], ["good"]]
    assert name == "bad"
    assert text.startswith("ZeroDivisionError: no more [31mbars (test_runner.py:")
    assert runner.drain_faults() == []
    assert list(runner.strategies) == ["bad", "good"]


def test_one_that_raises_while_warming_up_is_named_too(bar: Callable[..., Bar]) -> None:
    runner = StrategyRunner([Raising("bad", AAPL)], flat)
    runner.warm_up([bar(0, 100), bar(1, 100)])

    assert [name for name, _ in runner.drain_faults()] == ["bad"]


def test_a_signal_that_is_not_well_formed_takes_the_others_of_its_call_with_it(bar: Callable[..., Bar]) -> None:
    runner = StrategyRunner([Misspeaking("bad", AAPL), Witness("good", AAPL)], flat)
    signals = runner.react(moved(bar(0, 100)))
    ((name, text),) = runner.drain_faults()

    assert [signal.strategy_id for signal in signals] == ["good"]
    assert (name, text.partition(" (")[0]) == (
        "bad",
        "SignalGenerationError: confidence lies between 0 and 1, got nan",
    )


def test_returning_nothing_at_all_is_a_fault_and_not_a_crash(bar: Callable[..., Bar]) -> None:
    runner = StrategyRunner([Mute("bad", AAPL)], flat)

    assert runner.react(moved(bar(0, 100))) == []
    assert len(runner.drain_faults()) == 1


def test_a_faulted_strategy_still_counts_its_fills_and_waits_for_nothing(bar: Callable[..., Bar]) -> None:
    bad = Mute("bad", AAPL)
    runner = StrategyRunner([bad], flat)
    runner.react(moved(bar(0, 100)))
    runner.react(filled("bad"))
    runner.react(filled("bad", Side.SELL, "110"))

    assert bad.tally.metrics().total_trades == 1
    assert runner.waiting(StrategyId("bad")) == {}
    assert len(runner.drain_faults()) == 1


def test_one_that_cannot_say_what_it_waits_for_is_a_fault() -> None:
    class Lost(Witness):
        """Does not know."""

        def waiting(self) -> dict[InstrumentId, str]:
            raise KeyError(AAPL)

    runner = StrategyRunner([Lost("lost", AAPL)], flat)

    assert runner.waiting(StrategyId("lost")) == {}
    assert [name for name, _ in runner.drain_faults()] == ["lost"]


def test_a_long_text_is_cut_to_one_line() -> None:
    class Wordy(Witness):
        """Says too much."""

        def waiting(self) -> dict[InstrumentId, str]:
            raise ValueError("x" * 5000)

    runner = StrategyRunner([Wordy("wordy", AAPL)], flat)
    runner.waiting(StrategyId("wordy"))
    ((_, text),) = runner.drain_faults()

    assert len(text) == 200


def test_two_strategies_of_one_name_are_refused() -> None:
    with pytest.raises(StrategyConfigurationError, match="two strategies are named mine"):
        StrategyRunner([Witness("mine", AAPL), Witness("mine", IBM)], flat)


def test_the_longest_warm_up_is_that_of_all() -> None:
    short, long = Witness("short", AAPL), Witness("long", AAPL)
    long.warmup_bars = 30

    assert StrategyRunner([short, long], flat).warmup_bars == 30
    assert StrategyRunner([], flat).warmup_bars == 0
