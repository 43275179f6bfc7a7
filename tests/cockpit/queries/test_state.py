"""Numbers and instants as programs read them."""

from decimal import Decimal as D

import pytest

from cockpit.queries.plain import instant, number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (D("0.00"), "0.00"),
        (D("-0.00"), "0.00"),
        (D("1E+3"), "1000"),
        (D("1E-7"), "0.0000001"),
        (D("189.20"), "189.20"),
        (D(1) / D(3), "0.33333333"),
        (D(2) / D("1E+20"), "0"),
        (D("NaN"), "NaN"),
    ],
)
def test_a_number_is_text_without_an_exponent(value: D | None, text: str | None) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("ts", "text"),
    [
        (0, None),
        (1_279_116_000_000_000_000, "2010-07-14T14:00:00Z"),
        (1_279_116_000_000_000_001, "2010-07-14T14:00:00.000000001Z"),
    ],
)
def test_an_instant_is_text_in_utc(ts: int, text: str | None) -> None:
    assert instant(ts) == text
