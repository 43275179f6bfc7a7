"""The sizers as a calculator: the vectors of shares, lots and pips."""

from decimal import Decimal

import msgspec
import pytest

from oms.domain.ids import InstrumentId
from oms.domain.order import Side
from risk.position_sizer import LotSize, PositionSizer
from tests.risk.desk import IBM, Desk, listed


def told(size: LotSize, *fields: str) -> list[str]:
    """Return some of a size's numbers as text."""
    return [f"{getattr(size, field).normalize():f}" for field in fields]


def test_two_percent_of_ten_thousand_over_fifty_pips_are_four_tenths_of_a_lot() -> None:
    """SIZ-03."""
    sizer = PositionSizer(10_000, "fixed_risk", risk_frac="0.02", leverage=50)
    size = sizer.calculate_lot_size("EURUSD", 50, price="1.0835")

    assert size == LotSize(Decimal("0.4"), Decimal(40_000), Decimal(200), Decimal("1.0785"))


def test_two_percent_of_ten_thousand_over_a_stop_of_five_are_forty_shares() -> None:
    """SIZ-06."""
    size = PositionSizer(10_000, risk_frac="0.02").calculate_position_size(100, 95)

    assert told(size, "quantity", "risk_amount") == ["40", "200"]


def test_a_stop_above_the_entry_is_that_of_a_sale() -> None:
    size = PositionSizer(10_000, risk_frac="0.02").calculate_position_size(100, 105)

    assert told(size, "quantity", "risk_amount", "stop_px") == ["40", "200", "105"]


def test_a_pair_in_the_account_s_currency_needs_no_price() -> None:
    """As the reference asks it: SIZ-02. What the leverage of a price would allow is not known then, nor the stop."""
    size = PositionSizer(account_balance=10_000, risk_strategy="fixed_risk").calculate_lot_size("EURUSD", 50)

    assert size == LotSize(Decimal("0.4"), Decimal(40_000), Decimal(200), None)
    assert PositionSizer(10_000, "fixed_lot", lots=5).calculate_lot_size("EURUSD", 50).risk_amount == 25


def test_risk_and_leverage_hold_for_one_call() -> None:
    sizer = PositionSizer(10_000, risk_frac="0.01", leverage=50)

    assert sizer.calculate_lot_size("EURUSD", 50, price="1.0835", risk_percent=2).lot_size == Decimal("0.4")
    assert sizer.calculate_lot_size("EURUSD", 50, price="1.0835", leverage=1).lot_size == Decimal("0.09")
    assert sizer.calculate_lot_size("EURUSD", 50, price="1.0835").lot_size == Decimal("0.2")
    assert sizer.calculate_position_size(100, 95, risk_percent="0.5").quantity == 10


def test_what_is_listed_is_sized_in_its_own_lots_by_how_it_has_moved_and_at_its_newest_price() -> None:
    desk = Desk()
    pair = msgspec.structs.replace(listed("EURUSD", lot="1000", tick="0.00001"), symbol="EUR/USD")
    desk.list(pair)
    desk.quote(pair, "1.08350")
    desk.closes(IBM, *(str(100 + step % 2) for step in range(21)))
    by_risk = PositionSizer(10_000, risk_frac="0.02", leverage=50, state=desk.state)
    by_moves = PositionSizer(100_000, "volatility", state=desk.state)

    assert by_risk.calculate_lot_size("EURUSD", 50) == LotSize(
        Decimal("0.4"), Decimal(40_000), Decimal(200), Decimal("1.0785")
    )
    assert by_risk.calculate_lot_size("EURUSD", 50, side=Side.SELL).stop_px == Decimal("1.08849")
    assert by_moves.calculate_position_size("100", symbol="IBM").quantity == 97  # 100 a day by one in a hundred


def test_without_leverage_a_pair_is_bound_by_the_balance() -> None:
    size = PositionSizer(10_000, risk_frac="0.02").calculate_lot_size("EURUSD", 50, price="1.0835")

    assert told(size, "lot_size", "risk_amount") == ["0.09", "45"]


def test_a_pair_priced_in_yen_has_larger_pips_and_its_own_rate() -> None:
    """200 dollars are 30,000 yen; 50 pips are half a yen a unit."""
    size = PositionSizer(10_000, risk_frac="0.02", leverage=50).calculate_lot_size("USD/JPY", 50, price=150)

    assert told(size, "lot_size", "risk_amount", "stop_px") == ["0.6", "200", "149.5"]


def test_a_sale_of_a_pair_has_its_stop_above() -> None:
    sizer = PositionSizer(10_000, risk_frac="0.02", leverage=50)
    size = sizer.calculate_lot_size("EURUSD", 50, price="1.0835", side=Side.SELL)

    assert told(size, "quantity", "stop_px") == ["40000", "1.0885"]


def test_the_default_stop_serves_where_none_is_given() -> None:
    size = PositionSizer(10_000, risk_frac="0.01").calculate_position_size(100)

    assert told(size, "quantity", "stop_px") == ["50", "98"]


def test_a_fixed_number_of_lots_has_the_risk_that_its_stop_has() -> None:
    size = PositionSizer(10_000, "fixed_lot", lots=5).calculate_position_size(100, 90)

    assert told(size, "quantity", "risk_amount") == ["5", "50"]


def test_without_a_stop_what_is_lost_at_it_is_not_known() -> None:
    size = PositionSizer(10_000, "fixed_lot", lots=5).calculate_position_size(100)
    pair = PositionSizer(10_000, "fixed_lot", lots=5).calculate_lot_size("EURUSD", price="1.0835")

    assert size == LotSize(Decimal(5), Decimal(5), None, None)
    assert pair == LotSize(Decimal("0.05"), Decimal(5_000), None, None)


WITH_IBM = Desk().state
WITH_IBM.instruments.by_id[InstrumentId("SAP.XETR")] = msgspec.structs.replace(listed("SAP"), currency="EUR")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: PositionSizer(0), "account_balance must be a positive number"),
        (lambda: PositionSizer("many"), "account_balance must be a positive number"),
        (lambda: PositionSizer(Decimal("NaN")), "account_balance must be a positive number"),
        (lambda: PositionSizer(10_000, "fixed_rsk"), "fixed_risk"),
        (lambda: PositionSizer(10_000, rsk_frac="0.02"), "risk_frac"),
        (lambda: PositionSizer(10_000).calculate_lot_size("EUR", 50, price=1), "pair of currencies such as EURUSD"),
        (lambda: PositionSizer(10_000).calculate_lot_size("USDUSD", 50, price=1), "pair of currencies such as EURUSD"),
        (lambda: PositionSizer(10_000).calculate_lot_size("EURUSD", 20_000, price=1), "is not above zero"),
        (lambda: PositionSizer(10_000).calculate_position_size(100, 100), "must be below or above the entry of 100"),
        (lambda: PositionSizer(10_000).calculate_lot_size("EURGBP", 50, price=1), "needs a rate between GBP and USD"),
        (lambda: PositionSizer(10_000).calculate_lot_size("EURUSD", -5, price=1), "stop_loss_pips must be a positive"),
        (lambda: PositionSizer(10_000).calculate_position_size(10**6), "comes to less than a lot of 1"),
        (lambda: PositionSizer(10_000, "volatility").calculate_lot_size("EURUSD", 50, price=1), "that is listed"),
        (lambda: PositionSizer(10_000).calculate_lot_size("USDJPY", 50), "price: USDJPY needs one here"),
        (lambda: PositionSizer(10_000).calculate_lot_size("EURUSD"), "price: EURUSD needs one here"),
        (lambda: PositionSizer(10_000, "kelly").calculate_lot_size("EURUSD", 50), "price: EURUSD needs one here"),
        (lambda: PositionSizer(10_000).calculate_position_size(1, symbol="IBM"), "nothing is listed as 'IBM'"),
        (lambda: PositionSizer(10_000, state=WITH_IBM).calculate_position_size(1, symbol="SAP"), "priced in EUR"),
        (lambda: PositionSizer(10_000, "fixed_lot").calculate_position_size(1, risk_percent=2), "risk_frac"),
        (lambda: PositionSizer(10_000).calculate_position_size(1, risk_percent=101), "risk_frac must be a number"),
        (lambda: PositionSizer(10_000).calculate_position_size(1, leverage=0), "leverage must be a positive number"),
        (lambda: PositionSizer(10_000, "volatility").calculate_position_size(100), "and needs one that is listed"),
    ],
)
def test_what_has_no_answer_says_why(ask: object, said: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - its words are looked at
        ask()  # type: ignore[operator]

    assert said in str(refused.value)
