"""An opinion as it is journaled, and what a strategy saw as text."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.ids import InstrumentId, StrategyId
from oms.domain.signal import Observation, SignalType, TradingSignal, observed
from oms.domain.strategy_events import SignalRaised
from oms.domain.units import DAY
from oms.journal.codec import decode_event, encode
from tests.oms.journal.examples import SIGNAL, record

# as it was written before signals had a time horizon and metadata, and named what was absent
OLD = (
    '{"signal":{"strategy_id":"trend_following","instrument_id":"IBM.XNYS","signal_type":"BUY",'
    '"ts":1276867800000000000,"confidence":0.75,"strength":0.5,"reason":"10/30 crossed above","price":"128.50",'
    '"stop_px":null,"target_px":"136.21","group_id":null}}'
)


def test_a_signal_of_an_older_journal_is_read_without_what_it_did_not_say() -> None:
    assert decode_event(1, "SignalRaised", OLD) == SignalRaised(
        signal=TradingSignal(
            strategy_id=StrategyId("trend_following"),
            instrument_id=InstrumentId("IBM.XNYS"),
            signal_type=SignalType.BUY,
            ts=1_276_867_800_000_000_000,
            confidence=0.75,
            strength=0.5,
            reason="10/30 crossed above",
            price=Decimal("128.50"),
            target_px=Decimal("136.21"),
            time_horizon=None,
            metadata=(),
        )
    )


def test_what_a_signal_does_not_say_costs_no_bytes() -> None:
    payload = encode(record(1, SignalRaised(signal=SIGNAL)))

    assert payload.endswith('"strength":0.5,"reason":"crossed"}}')


def test_what_was_seen_is_journaled_in_pairs_and_comes_back() -> None:
    raised = SignalRaised(signal=replace(SIGNAL, time_horizon=5 * DAY, metadata=observed(z=-2.5, trend="up")))
    payload = encode(record(1, raised))

    assert payload.endswith('"time_horizon":432000000000000,"metadata":[["z","-2.5"],["trend","up"]]}}')
    assert decode_event(1, "SignalRaised", payload) == raised


def test_numbers_are_seen_to_six_digits_and_words_as_they_are() -> None:
    assert observed(z=-2.3141592, rsi=28.0, px=12_345.678, gap=0.031579999, flat=-0.0, bars=20, trend="up") == (
        Observation("z", "-2.31416"),
        Observation("rsi", "28"),
        Observation("px", "12345.7"),
        Observation("gap", "0.03158"),
        Observation("flat", "0"),
        Observation("bars", "20"),
        Observation("trend", "up"),
    )


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_not_seen(number: float) -> None:
    with pytest.raises(ValueError, match=r"z was seen as .*, which is no number"):
        observed(z=number)
