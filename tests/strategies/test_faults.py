"""A strategy that fails is stopped alone, and the runner says who it was and what was wrong."""

import re
import sys
from asyncio import CancelledError
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from oms.domain.fill import Fill
from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.market import Bar
from oms.domain.order import Side
from strategies.base import Signals
from strategies.context import Context
from strategies.runner import StrategyRunner
from tests.strategies.witness import AAPL, Witness, filled, flat, moved


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


def test_a_strategy_that_wants_to_leave_the_program_leaves_alone(bar: Callable[..., Bar]) -> None:
    class Leaver(Witness):
        def on_bar(self, bar: Bar, context: Context) -> Signals:  # noqa: ARG002 - the socket has both
            sys.exit(5)

    runner = StrategyRunner([Leaver("leaver", AAPL), Witness("stays", AAPL)], flat)

    assert [signal.strategy_id for signal in runner.react(moved(bar(0, 100)))] == ["stays"]
    assert [name for name, _ in runner.drain_faults()] == ["leaver"]


def test_one_that_raises_is_named_once_and_no_longer_fed_while_others_go_on(bar: Callable[..., Bar]) -> None:
    bad, good = Raising("bad", AAPL), Witness("good", AAPL)
    runner = StrategyRunner([bad, good], flat)
    raised = [[signal.strategy_id for signal in runner.react(moved(bar(day, 100)))] for day in range(4)]
    ((name, text),) = runner.drain_faults()

    assert raised == [["bad", "good"], ["good"], ["good"], ["good"]]
    assert name == "bad"
    assert text.startswith("ZeroDivisionError: no more [31mbars (test_faults.py:")
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
        "SignalGenerationError: confidence is a float between 0 and 1, got nan",
    )


def test_returning_nothing_at_all_is_a_fault_and_not_a_crash(bar: Callable[..., Bar]) -> None:
    runner = StrategyRunner([Mute("bad", AAPL)], flat)

    assert runner.react(moved(bar(0, 100))) == []
    ((_, text),) = runner.drain_faults()
    said = r"SignalGenerationError: on_bar\(\) returns a list or a tuple of signals, got None \(test_faults.py:\d+\)"
    assert re.fullmatch(said, text)


def test_a_faulted_strategy_still_counts_its_fills_and_waits_for_nothing(bar: Callable[..., Bar]) -> None:
    bad = Mute("bad", AAPL)
    runner = StrategyRunner([bad], flat)
    runner.react(moved(bar(0, 100)))
    runner.react(filled("bad"))
    runner.react(filled("bad", Side.SELL, "110"))

    assert bad.tally.metrics().total_trades == 1
    assert runner.waiting(StrategyId("bad")) == {}
    assert len(runner.drain_faults()) == 1


@pytest.mark.parametrize("kind", [BaseException, GeneratorExit, SystemExit, CancelledError, RecursionError])
def test_whatever_is_raised_is_the_fault_of_who_raised_it(kind: type[BaseException], bar: Callable[..., Bar]) -> None:
    class Throwing(Witness):
        """Raises what is no Exception."""

        def on_bar(self, bar: Bar, context: Context) -> Signals:  # noqa: ARG002 - whatever it is
            raise kind

    runner = StrategyRunner([Throwing("bad", AAPL), Witness("good", AAPL)], flat)

    assert [signal.strategy_id for signal in runner.react(moved(bar(0, 100)))] == ["good"]
    assert [name for name, _ in runner.drain_faults()] == ["bad"]


def test_ctrl_c_is_nobodys_fault(bar: Callable[..., Bar]) -> None:
    class Interrupted(Witness):
        """Is at work when a person presses it."""

        def on_bar(self, bar: Bar, context: Context) -> Signals:  # noqa: ARG002 - whatever it is
            raise KeyboardInterrupt

    runner = StrategyRunner([Interrupted("busy", AAPL)], flat)

    with pytest.raises(KeyboardInterrupt):
        runner.react(moved(bar(0, 100)))
    assert runner.drain_faults() == []


@pytest.mark.parametrize("said", [None, "IBM", {5: "gap"}, {AAPL: None}, 7])
def test_what_it_waits_for_and_where_it_leaves_are_texts_or_it_is_a_fault(said: object) -> None:
    class Vague(Witness):
        """Says it in no words."""

        def waiting(self) -> dict[InstrumentId, str]:
            return said  # type: ignore[return-value]

        def leaving(self) -> str:
            return said if said != "IBM" else 7  # type: ignore[return-value]

    runner = StrategyRunner([Vague("first", AAPL), Vague("second", AAPL), Witness("good", AAPL)], flat)

    assert runner.waiting(StrategyId("first")) == runner.waiting(StrategyId("first")) == {}
    assert runner.leaving(StrategyId("second")) == runner.leaving(StrategyId("second")) == ""
    assert runner.leaving(StrategyId("good")) == ""
    assert [name for name, _ in runner.drain_faults()] == ["first", "second"]


def test_one_that_cannot_say_what_it_waits_for_is_a_fault() -> None:
    class Lost(Witness):
        """Does not know."""

        def waiting(self) -> dict[InstrumentId, str]:
            raise KeyError(AAPL)

    runner = StrategyRunner([Lost("lost", AAPL)], flat)

    assert runner.waiting(StrategyId("lost")) == {}
    assert [name for name, _ in runner.drain_faults()] == ["lost"]


class Unspeakable(Exception):
    """Breaks whoever asks what it says, while that breaks."""

    def __str__(self) -> str:
        raise SystemExit(3)


def test_a_fault_that_cannot_say_what_it_is_goes_by_its_name() -> None:
    class Hidden(Witness):
        """Cannot even fail properly."""

        def waiting(self) -> dict[InstrumentId, str]:
            raise Unspeakable

    runner = StrategyRunner([Hidden("hidden", AAPL)], flat)
    runner.waiting(StrategyId("hidden"))
    ((_, text),) = runner.drain_faults()

    assert text.startswith("Unspeakable (test_faults.py:")


def test_a_fault_is_named_without_control_characters_whatever_its_name() -> None:
    class Loud(Witness):
        """Its errors have names of their own."""

        def waiting(self) -> dict[InstrumentId, str]:
            raise type("Odd\x1b[31m\nname", (Exception,), {})

    runner = StrategyRunner([Loud("loud", AAPL)], flat)
    runner.waiting(StrategyId("loud"))
    ((_, text),) = runner.drain_faults()

    assert text.startswith("Odd [31m name (test_faults.py:")


@pytest.mark.parametrize("file", ["mine.py", "x" * 5000])
def test_a_long_text_is_cut_to_one_line(file: str) -> None:
    raising = compile("raise ValueError('x' * 5000)", file, "exec")

    class Wordy(Witness):
        """Says too much, or in a place of too long a name."""

        def waiting(self) -> dict[InstrumentId, str]:
            exec(raising)  # noqa: S102 - the line above
            return {}

    runner = StrategyRunner([Wordy("wordy", AAPL)], flat)
    runner.waiting(StrategyId("wordy"))
    ((_, text),) = runner.drain_faults()

    assert len(text) == 200
