"""What every strategy of the catalog keeps to, whatever its opinion.

A strategy is made with its defaults for four instruments and played over a seeded market in which each pair of them
drifts apart and meets again. A book that fills every signal at its price gives it positions to exit.
"""

import pickle
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from math import exp, isfinite
from random import Random

import pytest

from oms.domain.events import MarketMoved, Record
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.market import Bar, BarSpec, MarketData, Quote
from oms.domain.signal import SignalType, TradingSignal
from oms.domain.units import DAY
from strategies.base import BaseStrategy
from strategies.catalog import STRATEGIES, load, make
from strategies.context import FLAT, Holding
from strategies.runner import StrategyRunner
from strategies.well_formed import flaw_of
from tests.doubles.share import share

NAMES = [InstrumentId(name) for name in ("A.XNYS", "B.XNYS", "C.XNYS", "D.XNYS")]
SPEC = BarSpec("1d", DAY)
SESSIONS = 900

pytestmark = pytest.mark.parametrize("name", STRATEGIES)


class Book:
    """Holds what signals would have brought, filled at once at their price."""

    def __init__(self) -> None:
        self.held: dict[InstrumentId, Holding] = {}

    def position(self, _: StrategyId, instrument_id: InstrumentId) -> Holding:
        return self.held.get(instrument_id, FLAT)

    def fill(self, signal: TradingSignal) -> None:
        if signal.signal_type is SignalType.CLOSE:
            del self.held[signal.instrument_id]
        else:
            quantity = Decimal(10) if signal.signal_type is SignalType.BUY else Decimal(-10)
            self.held[signal.instrument_id] = Holding(quantity, signal.price, signal.ts)


def bar(name: InstrumentId, day: int, close: int, volume: int) -> Bar:
    return Bar(
        instrument=share(name),
        spec=SPEC,
        ts=(day + 1) * DAY + 1,
        ts_open=day * DAY,
        ts_close=(day + 1) * DAY,
        open=close,
        high=close,
        low=close,
        close=close,
        volume=volume,
    )


@cache
def market(sessions: int = SESSIONS, seed: int = 7) -> tuple[Bar, ...]:
    """Return bars day by day; A and B share a walk, C and D another, and within a pair the difference reverts."""
    draw = Random(seed)  # noqa: S311 - a seeded market
    walks, apart = [0.0, 0.0], [0.0, 0.0]
    bars = []
    for day in range(sessions):
        for pair in (0, 1):
            walks[pair] += draw.gauss(0.0003, 0.015)
            apart[pair] += draw.gauss(0, 0.01) - 0.05 * apart[pair]
        levels = (walks[0] + apart[0], walks[0] - apart[0], walks[1] + apart[1], walks[1] - apart[1])
        for name, level in zip(NAMES, levels, strict=True):
            bars.append(bar(name, day, round(10_000 * exp(level)), draw.randint(1_000, 9_000)))
    return tuple(bars)


def strategy(name: str, **settings: object) -> BaseStrategy:
    return make(name, load(name), {"instruments": NAMES, **settings})


def moved(data: MarketData) -> Record:
    return Record(seq=0, ts=data.ts, wall=0, event=MarketMoved(data=data))


def play(subject: BaseStrategy, bars: Iterable[Bar], book: Book | None = None) -> list[TradingSignal]:
    """Return all signals; with a book they are filled, without one the strategy stays flat."""
    shown = book or Book()
    runner = StrategyRunner([subject], shown.position)
    signals: list[TradingSignal] = []
    for each in bars:
        raised = runner.react(moved(each))
        signals += raised
        for signal in raised if book else ():
            shown.fill(signal)

    assert runner.drain_faults() == []
    return signals


def types(signals: Sequence[TradingSignal]) -> set[SignalType]:
    return {signal.signal_type for signal in signals}


def test_it_enters_both_ways_and_leaves(name: str) -> None:
    assert types(play(strategy(name), market(), Book())) == {SignalType.BUY, SignalType.SELL, SignalType.CLOSE}


def test_the_same_bars_give_the_same_signals(name: str) -> None:
    assert play(strategy(name), market(), Book()) == play(strategy(name), market(), Book())


@pytest.mark.parametrize("known", [300, 500, 700])
def test_later_bars_change_nothing_that_was_said_before(name: str, known: int) -> None:
    past = market()[: known * len(NAMES)]
    other_future = market(seed=8)[known * len(NAMES) :]
    until = past[-1].ts
    as_it_was = [signal for signal in play(strategy(name), market(), Book()) if signal.ts <= until]
    otherwise = [signal for signal in play(strategy(name), [*past, *other_future], Book()) if signal.ts <= until]

    assert as_it_was == otherwise == play(strategy(name), past, Book())


def test_it_is_ready_after_its_warm_up_and_says_nothing_within_it(name: str) -> None:
    subject = strategy(name)
    within = (subject.warmup_bars - 1) * len(NAMES)

    assert play(subject, market()[:within]) == []
    assert set(subject.waiting().values()) == {f"{subject.warmup_bars - 1}/{subject.warmup_bars} bars"}
    assert subject.get_status()["status"] == "warming up"

    play(subject, market()[within : within + len(NAMES)])

    assert subject.ready
    assert subject.get_status()["status"] == "ready"


def test_a_warm_up_leaves_it_as_if_it_had_been_running(name: str) -> None:
    """What was said while warming up is gone, and no pending entry of it lingers or is missing."""
    subject, book = strategy(name), Book()
    runner = StrategyRunner([subject], book.position)
    runner.warm_up(market()[:2000])
    after = [signal for each in market()[2000:] for signal in runner.react(moved(each))]
    running = [signal for signal in play(strategy(name), market()) if signal.ts >= market()[2000].ts]

    assert after == running != []


def test_stale_data_says_nothing(name: str) -> None:
    subject, book = strategy(name), Book()
    play(subject, market(), book)
    runner = StrategyRunner([subject], book.position)
    runner.warm_up(market()[-len(NAMES) :])
    again = [signal for each in market() for signal in runner.react(moved(each))]
    quotes = [Quote(instrument=share(each), ts=DAY, bid=1, ask=2, last=1, bid_size=1, ask_size=1) for each in NAMES]

    assert again == []
    assert [signal for each in quotes for signal in runner.react(moved(each))] == []


def test_a_market_that_stands_still_says_nothing(name: str) -> None:
    assert play(strategy(name), [bar(each, day, 10_000, 0) for day in range(300) for each in NAMES]) == []


def test_one_instrument_that_falls_silent_hurts_nobody(name: str) -> None:
    without = [each for each in market() if each.instrument.instrument_id != NAMES[0] or each.ts_open < 300 * DAY]
    late = {signal.instrument_id for signal in play(strategy(name), without, Book()) if signal.ts > 302 * DAY}

    assert NAMES[0] not in late
    assert {NAMES[2], NAMES[3]} <= late


def test_its_signals_are_well_formed(name: str) -> None:
    subject = strategy(name)
    seen = {each.ts for each in market()}
    for signal in play(subject, market(), Book()):
        assert flaw_of(signal, StrategyId(name), subject.required_symbols()) is None
        assert signal.ts in seen
        assert signal.reason
        assert "\n" not in signal.reason


def test_an_entry_is_convinced_and_says_where_it_would_leave(name: str) -> None:
    for signal in play(strategy(name), market()):
        away = 1 if signal.signal_type is SignalType.BUY else -1

        assert signal.confidence >= 0.6
        assert signal.price is not None
        assert signal.stop_px is not None
        assert (signal.price - signal.stop_px) * away > 0
        assert signal.target_px is None or (signal.target_px - signal.price) * away > 0
        assert share(signal.instrument_id).on_tick(signal.stop_px)
        assert signal.target_px is None or share(signal.instrument_id).on_tick(signal.target_px)


def test_it_tells_in_numbers_what_it_saw_when_it_enters_and_when_it_leaves(name: str) -> None:
    signals = play(strategy(name), market(), Book())

    assert {frozenset(seen.name for seen in signal.metadata) for signal in signals} == {
        frozenset(seen.name for seen in signals[0].metadata)
    }
    assert all(isfinite(float(seen.value)) for signal in signals for seen in signal.metadata)
    assert all(signal.metadata for signal in signals)


def test_it_holds_nothing_for_longer_than_its_time_horizon(name: str) -> None:
    """Its stop is far away, and the others leave by their own rule at times, but none later."""
    opened: dict[InstrumentId, int] = {}
    held = []
    for signal in play(strategy(name, time_horizon_days=3, stop_loss=0.9), market(), Book()):
        if signal.signal_type is SignalType.CLOSE:
            held.append(((signal.ts - opened.pop(signal.instrument_id)) // DAY, signal.reason))
        else:
            assert signal.time_horizon == 3 * DAY
            opened[signal.instrument_id] = signal.ts

    assert max(days for days, _ in held) == 3
    assert (3, "time, held for 3.0 of 3 days") in held


def test_it_closes_only_what_it_holds_and_without_doubt(name: str) -> None:
    closes = [signal for signal in play(strategy(name), market(), Book()) if signal.signal_type is SignalType.CLOSE]

    assert {signal.confidence for signal in closes} == {1.0}
    assert SignalType.CLOSE not in types(play(strategy(name), market()))


def test_while_a_condition_lasts_it_does_not_repeat_itself(name: str) -> None:
    """Never filled, it says the same of an instrument on two bars in a row at no time."""
    said = {(signal.instrument_id, signal.signal_type, signal.ts // DAY) for signal in play(strategy(name), market())}

    assert said
    assert not [1 for each, side, day in said if (each, side, day + 1) in said]


def test_its_memory_is_constant_after_the_warm_up(name: str) -> None:
    subject = strategy(name)
    runner = StrategyRunner([subject], Book().position)
    warm = subject.warmup_bars * len(NAMES)
    runner.warm_up(market()[: warm + len(NAMES)])
    early = len(pickle.dumps(subject))
    runner.warm_up(market()[warm + len(NAMES) :])

    assert len(pickle.dumps(subject)) <= early + 64  # numbers differ in length, not in how many there are


def test_it_waits_for_something_in_every_instrument(name: str) -> None:
    subject = strategy(name)

    assert tuple(subject.waiting()) == subject.required_symbols() == tuple(NAMES)


def test_without_instruments_it_asks_for_none(name: str) -> None:
    assert make(name, load(name), {}).required_symbols() == ()
