"""OMS-13: what brokers charge, asked before and after."""

from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from brokers.catalog import BROKERS
from cockpit.library.commission import CommissionCalculator
from cockpit.library.errors import RequestError
from oms.domain.fees import Commission, FixedFee, PercentFee, PerShareFee, TieredFee
from oms.domain.ids import AccountId, BrokerId, InstrumentId, Route
from oms.domain.units import Money
from oms.instruments import Instruments
from tests.doubles.scripts import scripted
from tests.oms.examples import IBM, listed

HUNDRED = {"symbol": "IBM", "side": "buy", "quantity": "100"}
SCHEDULES: dict[str, Commission] = {
    "sim": PerShareFee(rate=D("0.005"), minimum=D(1)),
    "flat": FixedFee(amount=D("4.95")),
    "coins": PercentFee(frac=D("0.001")),
    "tiers": TieredFee(tiers=((D(0), D("0.02")), (D(40), D("0.01")))),
}


@pytest.fixture
def calculator(monkeypatch: pytest.MonkeyPatch) -> CommissionCalculator:
    for name in (*SCHEDULES, "free"):
        monkeypatch.setitem(BROKERS, name, BROKERS["sim"])
    instruments = Instruments()
    for share in (listed(IBM), listed(InstrumentId("ES.XCME"), multiplier="50")):
        instruments.by_id[share.instrument_id] = share
    return CommissionCalculator(SCHEDULES, Route(BrokerId("sim"), AccountId("T")), instruments)


@pytest.mark.parametrize(
    ("broker", "commission", "rate"),
    [
        ("sim", "1.00", "0.005"),
        ("paper", "1.00", "0.005"),  # another word for it
        ("flat", "4.95", "4.95"),
        ("coins", "15.00", "0.001"),
        ("tiers", "1.40", "0.02"),  # 40 at 0.02 and 60 at 0.01
        ("free", "0.00", "0"),
    ],
)
def test_a_hundred_at_a_hundred_and_fifty_by_broker(
    calculator: CommissionCalculator, broker: str, commission: str, rate: str
) -> None:
    sale = HUNDRED | {"side": "sell"}

    assert calculator.calculate_commission(HUNDRED, "150", broker=broker) == Money(D(commission), "USD")
    assert calculator.get_commission_rate(broker, "limit") == D(rate)
    assert calculator.calculate_total_cost(HUNDRED, 150, broker=broker) == Money(15_000 + D(commission), "USD")
    assert calculator.calculate_total_cost(sale, 150, broker=broker) == Money(-15_000 + D(commission), "USD")


def test_the_broker_of_the_session_is_meant_where_none_is_said(calculator: CommissionCalculator) -> None:
    assert calculator.calculate_commission(HUNDRED, "150") == Money(D("1.00"), "USD")


def test_a_percentage_is_of_what_the_units_stand_for(calculator: CommissionCalculator) -> None:
    future = HUNDRED | {"symbol": "ES", "quantity": 2}

    assert calculator.calculate_commission(future, "4000", broker="coins") == Money(D("400.00"), "USD")
    assert calculator.calculate_total_cost(future, "4000", broker="coins") == Money(D("400400.00"), "USD")


@pytest.mark.parametrize(
    ("order", "price", "broker", "words"),
    [
        (HUNDRED, "150", "fla", "broker: there is no 'fla'; did you mean flat?"),
        (HUNDRED, 1.5, None, "fill_price: expected a Decimal or a str, got float 1.5"),
        (HUNDRED | {"symbol": "IBN"}, "150", None, "symbol: nothing is listed as 'IBN'; did you mean IBM?"),
        ({"symbol": "IBM", "side": "buy"}, "150", None, "quantity is missing"),
        (HUNDRED, "150", ["sim"], "broker: expected a str, got list ['sim']"),
        (HUNDRED, "150", "", "broker: there is no ''; it has: "),
        (None, "150", None, "an order is a mapping of its fields, got NoneType None"),
        ("IBM", "150", None, "an order is a mapping of its fields, got 'IBM'"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    calculator: CommissionCalculator, order: Any, price: str, broker: Any, words: str
) -> None:
    with pytest.raises(RequestError) as refused:
        calculator.calculate_total_cost(order, price, broker=broker)

    assert words in str(refused.value)


def test_the_rate_of_what_is_no_order_is_refused(calculator: CommissionCalculator) -> None:
    with pytest.raises(RequestError, match="order_type: expected market or limit"):
        calculator.get_commission_rate("sim", "markt")


@pytest.mark.parametrize("broker", [["sim"], {"sim": 1}, None, 5])
def test_the_rate_of_what_is_no_broker_is_refused(calculator: CommissionCalculator, broker: Any) -> None:
    with pytest.raises(RequestError, match="broker: expected a str, got "):
        calculator.get_commission_rate(broker)


async def test_what_is_answered_before_is_charged_afterwards_also_in_parts(tmp_path: Path) -> None:
    tiers = {"sim": {"type": "tiered", "tiers": [[0, D("0.5")], [6, D("0.25")]]}}
    wish = {"symbol": "AAPL", "side": "buy", "quantity": "20"}
    async with scripted(tmp_path, sim={"partial": 1}, commission=tiers) as session:
        answered = session.commission.calculate_commission(wish, "202.40")
        order_id = await session.oms.submit_order(wish)
        first = await session.oms.get_order_status(order_id)
        await session.run(bars=1)
        order = await session.oms.get_order_status(order_id)
        assert order.average_fill_price is not None

        assert first.filled_quantity < order.filled_quantity == 20
        assert answered == Money(D("6.50"), "USD")  # 6 at 0.50 and 14 at 0.25
        assert order.fees == (answered,)
        cost = session.commission.calculate_total_cost(order, order.average_fill_price)
        assert (await session.broker.get_account()).balance == D(100_000) - cost.amount
