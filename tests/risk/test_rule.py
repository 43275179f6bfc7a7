"""The numbers that rules share."""

from decimal import Decimal

import pytest

from oms.domain.units import SECOND
from risk.rule import WHOLE, secs


@pytest.mark.parametrize("number", [0, 1, 1_000, 1_001, 10**9, -7])
def test_a_whole_number_of_any_size_is_its_decimal(number: int) -> None:
    assert (WHOLE[number], str(WHOLE[number])) == (Decimal(number), str(number))


def test_a_common_count_takes_no_memory_of_its_own() -> None:
    """A decision is kept as long as its order is known, and holds several of them."""
    assert WHOLE[12] is WHOLE[12]


def test_seconds_are_exact() -> None:
    assert secs(3 * SECOND + 1) == Decimal("3.000000001")
    assert secs(0) == 0
