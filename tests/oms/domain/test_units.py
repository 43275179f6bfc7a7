"""Numbers with a unit: money keeps its currency, prices and quantities meet tick and lot in one place."""

from decimal import Decimal, getcontext, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from oms.domain.ids import ClientOrderId, InstrumentId, RunId, client_order_id, short_id, symbol_of
from oms.domain.units import FINEST, LARGEST, PRECISION, ZERO, Money, add_money, is_tradable, require_precision
from tests.oms.examples import AAPL, D, listed, quote

AAPL_LISTED = listed(AAPL)


def test_two_currencies_are_never_put_together() -> None:
    with pytest.raises(ValueError, match="cannot add EUR and USD without a rate"):
        Money(D(1), "USD") + Money(D(1), "EUR")
    with pytest.raises(ValueError, match="cannot subtract EUR and USD without a rate"):
        Money(D(1), "USD") - Money(D(1), "EUR")


def test_money_of_one_currency_is_added_subtracted_and_multiplied_exactly() -> None:
    assert Money(D("0.10"), "USD") + Money(D("0.20"), "USD") == Money(D("0.30"), "USD")
    assert Money(D(1), "USD") - Money(D("1.01"), "USD") == Money(D("-0.01"), "USD")
    assert Money(D("0.1"), "USD") * 3 == Money(D("0.3"), "USD")
    assert Money(D(200), "USD") * D("0.05") == Money(D(10), "USD")
    assert -Money(D(1), "USD") == Money(D(-1), "USD")


def test_decimals_are_computed_with_28_digits_and_another_number_is_refused() -> None:
    assert getcontext().prec == PRECISION == 28
    require_precision()
    with localcontext(prec=9), pytest.raises(ValueError, match=r"28 digits, and something has set .* to 9$"):
        require_precision()


@given(st.lists(st.tuples(st.integers(-50, 50).map(D), st.sampled_from(["USD", "EUR", "BNB"]))))
def test_a_purse_holds_each_currency_once_and_its_sum(paid: list[tuple[Decimal, str]]) -> None:
    purse: tuple[Money, ...] = ()
    for amount, currency in paid:
        purse = add_money(purse, Money(amount, currency))

    assert len({money.currency for money in purse}) == len(purse)
    for money in purse:
        assert money.amount == sum((amount for amount, currency in paid if currency == money.currency), ZERO)
    assert {currency for amount, currency in paid if amount} == {money.currency for money in purse}


def test_a_symbol_is_all_before_the_last_dot() -> None:
    assert symbol_of(InstrumentId("BRK.B.XNYS")) == "BRK.B"
    assert symbol_of(InstrumentId("BTC/USDT.BINANCE")) == "BTC/USDT"
    assert symbol_of(InstrumentId("AAPL")) == "AAPL"


def test_an_order_id_says_its_run_and_number_and_fits_every_venue() -> None:
    made = client_order_id("SIM", RunId(3), 42)

    assert made == "SIM-3-42"
    assert len(client_order_id("P" * 32, RunId(1), 1)) == 36
    with pytest.raises(ValueError, match="longer than 36"):
        client_order_id("P" * 33, RunId(1), 1)


def test_people_call_an_order_by_its_number_and_after_a_restart_by_run_and_number() -> None:
    called = {made: short_id(ClientOrderId(made)) for made in ("SIM-1-42", "SIM-1-123456", "PRE-FIX-1-7", "SIM-2-42")}

    assert called == {"SIM-1-42": "42", "SIM-1-123456": "123456", "PRE-FIX-1-7": "7", "SIM-2-42": "2-42"}
    assert short_id(ClientOrderId("SIM-12-3")) == "12-3"
    assert short_id(ClientOrderId("theirs-2-abc")) == "abc"
    assert short_id(ClientOrderId("42")) == "42"


@given(st.sets(st.tuples(st.integers(1, 300), st.integers(1, 300)), max_size=30))
def test_no_two_orders_of_a_journal_are_called_the_same(made: set[tuple[int, int]]) -> None:
    assert len({short_id(client_order_id("SIM", RunId(run), number)) for run, number in made}) == len(made)


@pytest.mark.parametrize("step", ["0", "-0.01", "NaN", "Infinity"])
@pytest.mark.parametrize("field", ["tick", "lot", "multiplier"])
def test_an_instrument_refuses_a_step_that_nothing_can_be_divided_by(field: str, step: str) -> None:
    with pytest.raises(ValueError, match=f"{field} must be a positive number"):
        replace(AAPL_LISTED, **{field: D(step)})


@given(ticks=st.integers(-(10**9), 10**9), tick=st.sampled_from(["0.01", "0.05", "0.00000001", "5"]))
def test_ticks_and_prices_are_each_others_inverse(ticks: int, tick: str) -> None:
    instrument = replace(AAPL_LISTED, tick=D(tick))

    assert instrument.ticks(instrument.price(ticks)) == ticks
    assert instrument.on_tick(instrument.price(ticks))


@given(quantity=st.decimals("0", "1000", places=3))
def test_a_quantity_is_cut_down_to_whole_lots(quantity: Decimal) -> None:
    instrument = replace(AAPL_LISTED, lot=D("0.25"))
    floored = instrument.floor_quantity(quantity)

    assert floored <= quantity < floored + D("0.25")
    assert instrument.on_lot(floored)
    assert instrument.quantity(instrument.lots(quantity)) == floored


def test_a_quote_counts_ticks_and_shows_prices() -> None:
    seen = quote("150.10", "150.12")

    assert (seen.bid, seen.bid_px, seen.ask_px, seen.last_px) == (15_010, D("150.10"), D("150.12"), D("150.10"))


@given(st.lists(st.integers(1, 10**24).map(lambda steps: D(steps).scaleb(-12)), min_size=1, max_size=50))
def test_what_a_thousand_numbers_that_can_be_traded_reserve_is_given_back_exactly(numbers: list[Decimal]) -> None:
    assert all(is_tradable(number) for number in numbers)
    reserved = LARGEST * 900
    for number in numbers:
        reserved += number
    for number in numbers:
        reserved -= number

    assert reserved == LARGEST * 900


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "0", "-1", "1E-13", "1.0000000000001", "1000000000001"])
def test_other_numbers_cannot_be_traded(number: str) -> None:
    assert not is_tradable(D(number))
    assert is_tradable(FINEST)
    assert is_tradable(LARGEST)
