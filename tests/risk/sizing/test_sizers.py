"""The other sizers: a fixed number of lots, a strategy's own record, an instrument's own restlessness."""

from decimal import Decimal

import pytest

from oms.domain.instrument import Instrument
from oms.domain.signal import SignalType, TradingSignal
from oms.ports import Declined, Sized
from oms.track_record import TrackRecord
from risk.catalog import build_sizer
from risk.rules.instrument_known import InstrumentKnown
from risk.sizing.fixed_lot import FixedLot
from risk.sizing.kelly import Kelly, kelly_fraction
from risk.sizing.sizer import BaseSizer
from risk.sizing.volatility import Volatility
from tests.risk.desk import ACCOUNT, BROKER, IBM, TREND, Desk, buy, listed, sell


def size(sizer: BaseSizer, desk: Desk, instrument: Instrument = IBM) -> Sized | Declined:
    """Return what a BUY of the instrument becomes, at a gate that leaves all the room there is."""
    wish = TradingSignal(
        strategy_id=TREND,
        instrument_id=instrument.instrument_id,
        signal_type=SignalType.BUY,
        ts=0,
        confidence=0.8,
        strength=0.8,
        reason="",
        stop_px=Decimal(95),
    )
    return sizer.size(wish, desk.state, desk.gate(InstrumentKnown()))


def quantity(sizer: BaseSizer, desk: Desk, instrument: Instrument = IBM) -> Decimal:
    """Return how much a BUY comes to, which must be something."""
    sized = size(sizer, desk, instrument)

    assert isinstance(sized, Sized), sized
    return sized.ticket.quantity


# -- fixed_lot --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lots", "lot", "quantity_"), [("1", "1", 1), ("7", "1", 7), ("0.5", "100", 0), ("3", "100", 300)]
)
def test_so_many_lots_whatever_the_price(lots: str, lot: str, quantity_: int) -> None:
    desk = Desk()
    instrument = listed("FX", lot=lot)
    desk.list(instrument)
    desk.quote(instrument, "1")
    sized = size(FixedLot(broker=BROKER, account=ACCOUNT, lots=Decimal(lots)), desk, instrument)

    assert (sized.ticket.quantity if isinstance(sized, Sized) else 0) == quantity_


# -- kelly ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "fraction"),
    [
        (TrackRecord(100, 60, Decimal(6_000), Decimal(4_000)), "0.2"),  # even money, 60 %: 0.6 - 0.4
        (TrackRecord(100, 50, Decimal(10_000), Decimal(5_000)), "0.25"),  # a coin that pays 2 to 1
        (TrackRecord(100, 40, Decimal(4_000), Decimal(6_000)), "-0.2"),
        (TrackRecord(10, 10, Decimal(100), Decimal(0)), "1"),
        (TrackRecord(10, 0, Decimal(0), Decimal(100)), "-1"),
    ],
)
def test_the_fraction_is_kellys(record: TrackRecord, fraction: str) -> None:
    assert kelly_fraction(record) == Decimal(fraction)


def played(won: int, lost: int, *, win: str = "102", loss: str = "99") -> Desk:
    """Return a desk whose strategy has closed round trips of ten bought at 100."""
    desk = Desk()
    for px in [win] * won + [loss] * lost:
        desk.hold(buy("10"))
        desk.hold(sell("10"), px)
    return desk


def test_a_short_record_is_sized_as_fixed_risk_and_says_so() -> None:
    sized = size(Kelly(broker=BROKER, account=ACCOUNT), played(8, 4))

    assert isinstance(sized, Sized)
    assert sized.sizing.sizer == "kelly: fixed_risk, 12 of 30 round trips"
    assert sized.ticket.quantity == 100  # 0.5 % of 100,120 over a stop of 5: 100.12


def test_a_long_record_puts_a_part_of_the_fraction_at_work() -> None:
    desk = played(20, 20)  # half won, 2 to 1: f = 0.25, a quarter of that is 6.25 % of 100,200
    sized = size(Kelly(broker=BROKER, account=ACCOUNT), desk)

    assert isinstance(sized, Sized)
    assert sized.sizing.sizer == "kelly"
    assert sized.ticket.quantity == 62


def test_a_lucky_record_is_bounded() -> None:
    bounded = Kelly(broker=BROKER, account=ACCOUNT, kelly_frac=Decimal(1), most_frac=Decimal("0.1"))

    assert quantity(bounded, played(30, 0)) == 100  # 10 % of 100,600


def test_a_record_without_an_edge_opens_nothing() -> None:
    sized = size(Kelly(broker=BROKER, account=ACCOUNT), played(10, 30))

    assert sized == Declined("no edge in 40 round trips: 10 won")


# -- volatility -------------------------------------------------------------------------------------------------------


def test_a_usual_day_moves_every_position_by_the_same_part_of_equity() -> None:
    desk = Desk()
    calm, wild = listed("CALM"), listed("WILD")
    desk.list(calm, wild)
    for instrument, step in ((calm, "101"), (wild, "110")):
        desk.closes(instrument, *(["100", step] * 20))
        desk.quote(instrument, "100")
    sizer = Volatility(broker=BROKER, account=ACCOUNT, lookback=20)

    # returns alternate between +1 % and -0.990 %: their deviation is 1.021 %, and 100 / 1.021 is 97.9
    assert quantity(sizer, desk, calm) == 97
    assert quantity(sizer, desk, wild) == 10


@pytest.mark.parametrize(
    ("closes", "said"),
    [(["100"] * 12, "12 of 21 closes of IBM.XNYS"), (["100"] * 30, "IBM.XNYS has not moved in 20 bars")],
)
def test_what_cannot_be_measured_is_not_sized(closes: list[str], said: str) -> None:
    desk = Desk()
    desk.closes(IBM, *closes)

    assert size(Volatility(broker=BROKER, account=ACCOUNT), desk) == Declined(said)


# -- options ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("fixed_risk", {"risk_frac": 2}, "[sizing.fixed_risk] risk_frac must be a number above 0 and at most 1, got 2"),
        ("fixed_risk", {"leverage": 0}, "leverage must be a number above 0 and at most 1000, got 0"),
        ("fixed_risk", {"min_qty": 5, "max_qty": 3}, "max_qty must be a number above 0 and at least 5, got 3"),
        ("fixed_lot", {"lots": -1}, "[sizing.fixed_lot] lots must be a number above 0"),
        ("kelly", {"kelly_frac": "1.5"}, "[sizing.kelly] kelly_frac must be a number above 0 and at most 1, got 1.5"),
        ("kelly", {"min_trips": 1}, "[sizing.kelly] min_trips must be at least 2, got 1"),
        ("volatility", {"lookback": 65}, "[sizing.volatility] lookback must lie between 2 and 64, got 65"),
        ("fixed_rsk", {}, "fixed_risk"),
    ],
)
def test_an_option_that_is_none_is_refused_by_name(name: str, options: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - its words are looked at
        build_sizer(name, options, broker=BROKER, account=ACCOUNT)

    assert said in str(refused.value)
