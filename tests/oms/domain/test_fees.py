"""What an order costs: each schedule by hand, and that the parts of an order cost what the whole was said to cost."""

from decimal import Decimal
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.fees import Commission, FixedFee, PercentFee, PerShareFee, TieredFee

D = Decimal
TIERS = TieredFee(tiers=((D(0), D("0.005")), (D(1_000), D("0.003")), (D(5_000), D("0.001"))), minimum=D(1))
PER_ORDER: list[Commission] = [
    FixedFee(amount=D("4.95")),
    PerShareFee(rate=D("0.005"), minimum=D(1)),
    PerShareFee(rate=D("0.0033")),
    TIERS,
]


@pytest.mark.parametrize(
    ("quantity", "price", "fee"),
    [("100", "150", "7.50"), ("1", "0.01", "0.00"), ("1", "10", "0.01"), ("3", "10", "0.02")],
)
def test_a_percentage_fee_is_rounded_half_up_to_the_cent(quantity: str, price: str, fee: str) -> None:
    assert str(PercentFee(frac=D("0.0005")).fee(D(quantity), D(price))) == fee


def test_a_fee_per_share_has_a_minimum_for_each_order() -> None:
    schedule = PerShareFee(rate=D("0.005"), minimum=D("1.00"))

    assert schedule.fee(D(10), D(150)) == D("1.00")
    assert schedule.fee(D(1_000), D(150)) == D("5.00")
    assert schedule.fee(D(990), D(150), D(10)) == D("4.00")  # of which the first ten have paid one


def test_a_fixed_fee_is_paid_with_the_first_execution() -> None:
    schedule = FixedFee(amount=D("4.95"))

    assert [schedule.fee(D(10), D(150), D(before)) for before in (0, 10, 20)] == [D("4.95"), D(0), D(0)]


@pytest.mark.parametrize(
    ("quantity", "fee"),
    [
        ("1", "1.00"),  # the minimum
        ("200", "1.00"),
        ("201", "1.01"),  # 1.005
        ("999", "5.00"),  # 4.995
        ("1000", "5.00"),
        ("1001", "5.00"),  # the unit beyond costs 0.003
        ("1002", "5.01"),  # 5.006
        ("4999", "17.00"),  # 16.997
        ("5000", "17.00"),  # 5 + 12
        ("6000", "18.00"),  # 5 + 12 + 1
    ],
)
def test_each_unit_costs_the_rate_of_the_tier_it_falls_in(quantity: str, fee: str) -> None:
    assert TIERS.fee(D(quantity), D(10)) == D(fee)


def test_the_parts_of_an_order_climb_the_tiers_together() -> None:
    parts = [TIERS.fee(D(quantity), D(10), D(before)) for quantity, before in ((900, 0), (200, 900), (4_900, 1_100))]

    assert parts == [D("4.50"), D("0.80"), D("12.70")]  # 100 of the 200 at 0.003, 1,000 of the 4,900 at 0.001
    assert sum(parts) == TIERS.fee(D(6_000), D(10))


@given(st.sampled_from(PER_ORDER), st.lists(st.integers(1, 3_000), min_size=1, max_size=8))
def test_an_order_costs_the_same_in_any_number_of_parts(schedule: Commission, parts: list[int]) -> None:
    ends = [0, *accumulate(parts)]
    paid = [schedule.fee(D(end - begin), D(10), D(begin)) for begin, end in pairwise(ends)]

    assert sum(paid) == schedule.fee(D(ends[-1]), D(10))
    assert min(paid) >= 0


def test_a_larger_order_never_costs_less() -> None:
    fees = [TIERS.fee(D(quantity), D(10)) for quantity in range(1, 7_000)]

    assert fees == sorted(fees)


@pytest.mark.parametrize(
    "tiers",
    [(), ((D(1), D(1)),), ((D(0), D(1)), (D(0), D(1))), ((D(0), D(1)), (D("NaN"), D(1)))],
    ids=["none", "not from zero", "not rising", "no number"],
)
def test_tiers_that_leave_a_gap_are_refused(tiers: tuple[tuple[Decimal, Decimal], ...]) -> None:
    with pytest.raises(ValueError, match=r"tiers must be pairs .* rise from 0, got (none|1|0, 0|0, NaN)$"):
        TieredFee(tiers=tiers)
