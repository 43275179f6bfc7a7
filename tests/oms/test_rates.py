"""The mark of a listed pair is a rate, read either way, and nothing else is one."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.events import MarketMoved
from oms.domain.ids import InstrumentId
from oms.domain.instrument import Instrument
from oms.marks import Marks
from oms.rates import Rates
from tests.oms.examples import AAPL, START, D, listed, quote

EUR = InstrumentId("EUR/USD.FX")
PAIR = listed(EUR)


class Market:
    """Pairs that are listed, and their marks."""

    def __init__(self, *instruments: Instrument) -> None:
        self.marks = Marks()
        self.rates = Rates(self.marks)
        self.listed = [self.rates.list(instrument) for instrument in instruments]

    def show(self, price: str, instrument: Instrument = PAIR) -> None:
        self.marks.appliers[MarketMoved](MarketMoved(data=quote(price, instrument=instrument)), START)

    def worth(self, amount: str, currency: str = "EUR", base: str = "USD") -> Decimal | None:
        return self.rates.converted(D(amount), currency, base)


def test_a_pair_is_read_either_way() -> None:
    market = Market(PAIR)
    market.show("1.25")

    assert market.listed == [("EUR", "USD")]
    assert market.worth("100") == 125
    assert market.worth("100", "USD", "EUR") == 80
    assert market.rates.pair("USD", "EUR") == market.rates.pair("EUR", "USD") == EUR


def test_a_currency_is_worth_itself_and_nothing_is_worth_nothing_without_any_rate() -> None:
    market = Market()

    assert market.worth("100", "USD") == 100
    assert market.worth("0", "GBP") == 0
    assert market.worth("100", "GBP") is None


def test_a_pair_that_was_never_quoted_is_known_and_converts_nothing() -> None:
    market = Market(PAIR)

    assert market.rates.pair("EUR", "USD") == EUR
    assert market.worth("100") is None


def test_a_rate_of_nothing_is_none() -> None:
    market = Market(PAIR)
    market.show("0")

    assert market.worth("100") is None


@pytest.mark.parametrize(
    "other",
    [
        replace(PAIR, multiplier=D(1000)),
        replace(PAIR, currency="GBP"),
        listed(AAPL),
    ],
    ids=["a contract on many", "priced in another currency", "a share"],
)
def test_what_only_looks_like_a_pair_is_no_rate(other: Instrument) -> None:
    market = Market(other)
    market.show("1.25", other)

    assert market.listed == [()]
    assert market.worth("100") is None


def test_of_two_listings_of_one_pair_the_first_stays_the_rate() -> None:
    again = replace(PAIR, instrument_id=InstrumentId("EUR/USD.ELSEWHERE"))
    market = Market(PAIR, again)
    market.show("1.25")
    market.show("1.50", again)

    assert market.listed == [("EUR", "USD")] * 2
    assert market.worth("100") == 125


def test_nothing_is_worked_out_over_a_third_currency() -> None:
    sterling = replace(PAIR, instrument_id=InstrumentId("GBP/USD.FX"), symbol="GBP/USD")
    market = Market(PAIR, sterling)
    market.show("1.25")
    market.show("1.50", sterling)

    assert market.worth("100", "GBP", "EUR") is None


def test_what_does_not_come_out_even_ends_after_ten_places_so_that_sums_stay_exact() -> None:
    market = Market(PAIR)
    market.show("1.50")

    assert market.worth("1", "USD", "EUR") == D("0.6666666667")
    assert market.worth("0.5", "USD", "EUR") == D("0.3333333333")
