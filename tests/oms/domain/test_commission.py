"""What brokers charge: each schedule by hand, and the three questions of a calculator."""

from decimal import Decimal

import pytest

from oms.domain.commission import CommissionCalculator
from oms.domain.fees import FixedFee, PercentFee, PerShareFee, TieredFee
from oms.domain.ids import BrokerId
from oms.domain.order import OrderType, Side

D = Decimal
TIERS = TieredFee(tiers=((D(0), D("0.005")), (D(1_000), D("0.003")), (D(5_000), D("0.001"))), minimum=D(1))
CALCULATOR = CommissionCalculator(
    {
        BrokerId("flat"): FixedFee(amount=D("4.95")),
        BrokerId("sim"): PerShareFee(rate=D("0.005"), minimum=D(1)),
        BrokerId("coins"): PercentFee(frac=D("0.001")),
        BrokerId("tiered"): TIERS,
    }
)


@pytest.mark.parametrize(
    ("quantity", "fee"),
    [
        ("1", "1.00"),  # the minimum
        ("999", "5.00"),  # 4.995
        ("1000", "5.00"),
        ("1001", "5.00"),  # the unit beyond costs 0.003
        ("5000", "17.00"),  # 5 + 12
        ("6000", "18.00"),  # 5 + 12 + 1
    ],
)
def test_each_unit_costs_the_rate_of_the_tier_it_falls_in(quantity: str, fee: str) -> None:
    assert TIERS.fee(D(quantity), D(10)) == D(fee)


def test_a_larger_execution_never_costs_less() -> None:
    fees = [TIERS.fee(D(quantity), D(10)) for quantity in range(1, 7_000)]

    assert fees == sorted(fees)


@pytest.mark.parametrize(
    "tiers",
    [(), ((D(1), D(1)),), ((D(0), D(1)), (D(0), D(1))), ((D(0), D(1)), (D("NaN"), D(1)))],
    ids=["none", "not from zero", "not rising", "no number"],
)
def test_tiers_that_leave_a_gap_are_refused(tiers: tuple[tuple[Decimal, Decimal], ...]) -> None:
    with pytest.raises(ValueError, match="tiers must be pairs"):
        TieredFee(tiers=tiers)


@pytest.mark.parametrize(
    ("broker", "commission", "rate"),
    [("flat", "4.95", "4.95"), ("sim", "1.00", "0.005"), ("coins", "15.00", "0.001"), ("tiered", "1.00", "0.005")],
)
def test_a_hundred_at_a_hundred_and_fifty_by_broker(broker: str, commission: str, rate: str) -> None:
    name = BrokerId(broker)

    assert CALCULATOR.calculate_commission(name, D(100), D(150)) == D(commission)
    assert CALCULATOR.get_commission_rate(name, OrderType.LIMIT) == D(rate)
    assert CALCULATOR.calculate_total_cost(name, Side.BUY, D(100), D(150)) == 15_000 + D(commission)
    assert CALCULATOR.calculate_total_cost(name, Side.SELL, D(100), D(150)) == -15_000 + D(commission)


def test_a_broker_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="no commission of acme is known: there are flat, sim, coins, tiered"):
        CALCULATOR.calculate_commission(BrokerId("acme"), D(1), D(1))
