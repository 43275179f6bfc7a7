"""Where the legs of an opening stand, when the market is where it was and when it is not."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.order import Side
from oms.domain.signal import SignalType, TradingSignal
from risk.sizing.guarding import Guarding, guarding
from tests.risk.desk import IBM, TREND


def signal(stop: str | None, target: str | None, price: str | None = "100") -> TradingSignal:
    return TradingSignal(
        strategy_id=TREND,
        instrument_id=IBM.instrument_id,
        signal_type=SignalType.BUY,
        ts=0,
        confidence=0.8,
        strength=0.8,
        reason="",
        price=_number(price),
        stop_px=_number(stop),
        target_px=_number(target),
    )


@pytest.mark.parametrize(
    ("side", "entry", "stop", "target", "legs"),
    [
        (Side.BUY, "100.10", "98", "110", ("98.00", "110.00")),
        (Side.SELL, "99.90", "102", "90", ("102.00", "90.00")),
        (Side.BUY, "100.10", "98.005", "109.995", ("98.00", "110.00")),
        (Side.BUY, "97.50", "98", "110", ("95.50", "110.00")),
        (Side.BUY, "111.00", "98", "110", ("98.00", "121.00")),
        (Side.SELL, "102.50", "102", "90", ("104.50", "90.00")),
        (Side.BUY, "100.10", None, None, (None, None)),
        (Side.BUY, "100.10", "101", "99", (None, None)),
        (Side.BUY, "0.02", "0.001", None, (None, None)),
    ],
)
def test_the_legs_lie_on_their_sides_of_the_entry_and_on_the_tick(
    side: Side, entry: str, stop: str | None, target: str | None, legs: tuple[str | None, str | None]
) -> None:
    made = guarding(signal(stop, target), side, Decimal(entry), IBM)

    assert made == Guarding(*map(_number, legs))


def test_a_price_that_was_passed_and_has_no_distance_to_keep_is_left_out() -> None:
    assert guarding(signal("98", "110", price=None), Side.BUY, Decimal("97.50"), IBM).protect_px is None
    assert guarding(signal("98", "110"), Side.BUY, None, IBM) == Guarding()


def test_the_legs_of_a_group_have_none_of_their_own() -> None:
    assert guarding(replace(signal("98", "110"), group_id="G"), Side.BUY, Decimal(100), IBM) == Guarding()


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
