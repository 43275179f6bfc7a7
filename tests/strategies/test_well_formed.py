"""What is refused about what a strategy says it saw, and for how long it would hold."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.signal import Observation, SignalType, TradingSignal, observed
from oms.domain.strategy_events import SignalRaised
from oms.domain.units import DAY
from oms.journal.codec import decode_event, encode
from strategies.well_formed import flaw_of
from tests.oms.journal.examples import record

AAPL, MINE = InstrumentId("AAPL.XNAS"), StrategyId("mine")
SIGNAL = TradingSignal(
    strategy_id=MINE,
    instrument_id=AAPL,
    signal_type=SignalType.BUY,
    ts=DAY,
    confidence=0.7,
    strength=0.5,
    reason="always",
    time_horizon=DAY,
    metadata=observed(**{f"x{number}": number / 3 for number in range(12)}),
)


def test_a_signal_may_say_a_dozen_things_that_it_saw() -> None:
    assert flaw_of(SIGNAL, MINE, (AAPL,)) is None


@pytest.mark.parametrize(
    ("metadata", "flaw"),
    [
        ({"z": "-2.3"}, "metadata is a tuple of Observation"),
        ([Observation("z", "1")], "metadata is a tuple of Observation"),
        ((("z", "1"),), "metadata is a tuple of Observation"),
        ((*SIGNAL.metadata, Observation("z", "1")), "13 observations, expected at most 12"),
        ((Observation("z", "1"), Observation("z", "2")), "two observations of one name among z, z"),
        ((Observation("", "1"),), "an observation's name is 1 to 24 printable characters, got ''"),
        ((Observation("n" * 25, "1"),), "an observation's name is 1 to 24 printable characters"),
        ((Observation("z", "v" * 25),), "an observation's value is 1 to 24 printable characters"),
        ((Observation("z", "\x1b[2J"),), "an observation's value is 1 to 24 printable characters"),
        ((Observation("z", "1\n2"),), "an observation's value is 1 to 24 printable characters"),
        ((Observation("z", "\u202e1"),), "an observation's value is 1 to 24 printable characters"),
        ((Observation("z", "\ud800"),), "an observation's value is 1 to 24 printable characters"),
        ((Observation("z", Decimal(1)),), "an observation's value is 1 to 24 printable characters"),  # type: ignore[arg-type]
    ],
)
def test_what_was_seen_is_little_and_can_be_shown(metadata: object, flaw: str) -> None:
    found = flaw_of(replace(SIGNAL, metadata=metadata), MINE, (AAPL,))

    assert found is not None
    assert found.startswith(flaw)


EMPTY: tuple[object, ...] = (0, False, 0.0, b"", [], {})  # what is not None and goes for nothing


class Text(str):
    """A text of another type, as libraries have them."""

    __slots__ = ()


class Number(float):
    """A number of another type."""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("time_horizon", value) for value in (-1, 1.5, True, 10**40)),
        *(("ts", value) for value in (-1, 1.5, True, 10**30, Decimal(1))),
        *(("confidence", value) for value in (True, 1, Number(0.5), "0.5", float("nan"), float("inf"), -0.1, 1.1)),
        *(("strength", value) for value in (False, None, float("nan"))),
        *(("price", Decimal(value)) for value in ("NaN", "Infinity", "1E+999999", "1E-13", "1E+13", "0E-999999")),
        *(("stop_px", Decimal(value)) for value in ("1E+999999", "-1E+999999", "1E-300", f"1.{'3' * 28}")),
        *(("target_px", value) for value in (1.5, 1, "1", Decimal("sNaN"))),
        *(("signal_type", value) for value in ("BUY", "HALT", None)),
        *(("reason", value) for value in ("\ud800", "x" * 501, None, 5, Text("always"))),
        *(("group_id", value) for value in ("\udfff", "x" * 101, 5, Text("pair"), *EMPTY)),
        ("strategy_id", Text("mine")),
        ("instrument_id", Text("AAPL.XNAS")),
    ],
)
def test_what_could_not_be_computed_with_or_read_again_is_refused(field: str, value: object) -> None:
    assert flaw_of(replace(SIGNAL, **{field: value}), MINE, (AAPL,)) is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", Decimal(0)),
        ("price", Decimal("-37.63")),
        ("price", None),
        ("stop_px", Decimal(1) / Decimal(3)),
        ("target_px", Decimal("1E+12")),
        ("reason", "über den Bändern ⤴ 📈"),
        ("reason", ""),
        ("confidence", 0.0),
        ("strength", 1.0),
        ("time_horizon", None),
        ("group_id", "mine:AAPL/IBM:1"),
    ],
)
def test_what_can_be_is_left_to_who_thinks_so_and_comes_back_from_a_journal(field: str, value: object) -> None:
    signal = replace(SIGNAL, **{field: value})
    raised = SignalRaised(signal=signal)

    assert flaw_of(signal, MINE, (AAPL,)) is None
    assert decode_event(1, "SignalRaised", encode(record(1, raised))) == raised


def test_a_signal_of_a_class_of_ones_own_is_none() -> None:
    class Louder(TradingSignal, frozen=True, kw_only=True):
        volume: int = 11

    louder = Louder(**{name: getattr(SIGNAL, name) for name in SIGNAL.__struct_fields__})

    assert flaw_of(louder, MINE, (AAPL,)) == "raised Louder, not a TradingSignal"
