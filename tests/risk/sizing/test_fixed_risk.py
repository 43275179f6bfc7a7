"""Fixed fractional sizing: its vectors, what each signal asks for, and how the gate cuts it."""

from decimal import Decimal

import pytest

from oms.domain.ids import StrategyId
from oms.domain.instrument import Instrument
from oms.domain.order import OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.risk import Sizing
from oms.domain.signal import SignalType, TradingSignal
from oms.ports import Declined, Sized
from risk.catalog import RULES, build_rules
from risk.rule import RiskRule
from risk.rules.instrument_known import InstrumentKnown
from risk.rules.max_position import MaxPosition
from risk.sizing.fixed_risk import FixedRisk
from tests.risk.desk import AAPL, ACCOUNT, BROKER, IBM, MEAN, TREND, Desk, buy, listed, sell

SIZER = FixedRisk(broker=BROKER, account=ACCOUNT)
OPEN = InstrumentKnown()  # a gate that leaves all the room there is


def signal(
    kind: SignalType,
    *,
    stop: str | None = None,
    instrument: Instrument = IBM,
    strategy: StrategyId = TREND,
    group: str | None = None,
) -> TradingSignal:
    return TradingSignal(
        strategy_id=strategy,
        instrument_id=instrument.instrument_id,
        signal_type=kind,
        ts=0,
        confidence=0.75,
        strength=0.5,
        reason="because",
        price=Decimal("99.50"),
        stop_px=None if stop is None else Decimal(stop),
        group_id=group,
    )


def size(desk: Desk, wish: TradingSignal, *rules: RiskRule, sizer: FixedRisk = SIZER) -> Sized:
    """Return what a signal is made into, which must be something."""
    sized = sizer.size(wish, desk.state, desk.gate(*(rules or (OPEN,))))

    assert isinstance(sized, Sized), sized
    return sized


def declined(desk: Desk, kind: SignalType, instrument: Instrument = IBM, sizer: FixedRisk = SIZER) -> str:
    """Return why nothing is made of a signal."""
    sized = sizer.size(signal(kind, instrument=instrument), desk.state, desk.gate(OPEN))

    assert isinstance(sized, Declined), sized
    return sized.text


def asked(desk: Desk, kind: SignalType, *, strategy: StrategyId = TREND) -> tuple[Side, float, Purpose] | None:
    """Return side, quantity and purpose of what the signal becomes."""
    sized = SIZER.size(signal(kind, stop=None, strategy=strategy), desk.state, desk.gate(OPEN))
    return (
        None if isinstance(sized, Declined) else (sized.ticket.side, float(sized.ticket.quantity), sized.ticket.purpose)
    )


def test_ten_thousand_at_two_percent_with_a_stop_five_away_is_forty() -> None:
    sized = size(Desk(cash="10000"), signal(SignalType.BUY, stop="95"))

    assert sized.ticket.quantity == 40
    assert sized.sizing == Sizing(sizer="fixed_risk", wanted_qty=Decimal(40))


@pytest.mark.parametrize(
    ("cash", "risk", "kind", "stop", "quantity"),
    [
        ("10000", "0.02", SignalType.SELL, "104.99", 40),  # a sale meets the bid, 99.99
        ("100000", "0.0005", SignalType.BUY, "98", 25),  # the demo: 50 at risk, 2 a share
        ("100000", "0.0005", SignalType.BUY, None, 25),  # the default stop is 2 % too
        ("100000", "0.0005", SignalType.BUY, "102", 25),  # a stop on the winning side is none
        ("100000", "0.0005", SignalType.BUY, "100", 25),
        ("10000", "0.02", SignalType.BUY, "93", 28),  # 28.57 rounded down
        ("10099", "0.01", SignalType.BUY, "0.01", 1),
    ],
)
def test_the_vectors(cash: str, risk: str, kind: SignalType, stop: str | None, quantity: int) -> None:
    sizer = FixedRisk(broker=BROKER, account=ACCOUNT, risk_frac=Decimal(risk))

    sized = size(Desk(cash=cash), signal(kind, stop=stop), sizer=sizer)

    assert sized.ticket.quantity == quantity


def test_the_entry_is_the_price_a_market_order_meets(desk: Desk) -> None:
    desk.quote(IBM, "100", bid="98", ask="102")

    bought, sold = size(desk, signal(SignalType.BUY, stop="92")), size(desk, signal(SignalType.SELL, stop="118"))

    assert bought.ticket.quantity == 200
    assert sold.ticket.quantity == 100


def test_the_multiplier_and_the_lot_count(desk: Desk) -> None:
    future = listed("ES", multiplier="50", lot="3")
    desk.list(future)
    desk.quote(future, "100")

    sized = size(desk, signal(SignalType.BUY, stop="95", instrument=future))

    assert sized.ticket.quantity == 6  # 8 rounded down to a multiple of 3


def test_the_ticket_carries_what_the_signal_said(desk: Desk) -> None:
    sized = size(desk, signal(SignalType.BUY, group="pair-1"))

    ticket = sized.ticket
    assert (ticket.broker, ticket.account, ticket.strategy_id) == (BROKER, ACCOUNT, TREND)
    assert (ticket.order_type, ticket.tif, ticket.limit_px) == (OrderType.MARKET, TimeInForce.DAY, None)
    assert (ticket.confidence, ticket.signal_px, ticket.group_id) == (0.75, Decimal("99.50"), "pair-1")
    assert ticket.reason == "because"


# -- what is asked for, by what is held ---------------------------------------------------------------------------


def test_a_flat_strategy_can_only_open(desk: Desk) -> None:
    assert asked(desk, SignalType.BUY) == (Side.BUY, 1_000, Purpose.OPEN)
    assert asked(desk, SignalType.SELL) == (Side.SELL, 1_000, Purpose.OPEN)
    for kind in (SignalType.HOLD, SignalType.CLOSE, SignalType.REDUCE, SignalType.INCREASE):
        assert asked(desk, kind) is None


def test_a_long_strategy_gives_back_what_it_holds_and_adds_only_on_increase(desk: Desk) -> None:
    desk.hold(buy("25"))

    assert asked(desk, SignalType.BUY) is None
    assert asked(desk, SignalType.HOLD) is None
    assert asked(desk, SignalType.SELL) == (Side.SELL, 25, Purpose.CLOSE)
    assert asked(desk, SignalType.CLOSE) == (Side.SELL, 25, Purpose.CLOSE)
    assert asked(desk, SignalType.REDUCE) == (Side.SELL, 12, Purpose.CLOSE)
    assert asked(desk, SignalType.INCREASE) == (Side.BUY, 1_000, Purpose.OPEN)


def test_a_short_strategy_does_the_same_the_other_way(desk: Desk) -> None:
    desk.hold(sell("25"))

    assert asked(desk, SignalType.SELL) is None
    assert asked(desk, SignalType.BUY) == (Side.BUY, 25, Purpose.CLOSE)
    assert asked(desk, SignalType.CLOSE) == (Side.BUY, 25, Purpose.CLOSE)
    assert asked(desk, SignalType.REDUCE) == (Side.BUY, 12, Purpose.CLOSE)
    assert asked(desk, SignalType.INCREASE) == (Side.SELL, 1_000, Purpose.OPEN)


def test_reducing_the_last_lot_closes(desk: Desk) -> None:
    desk.hold(buy("1"))

    assert asked(desk, SignalType.REDUCE) == (Side.SELL, 1, Purpose.CLOSE)


def test_another_strategys_position_is_not_ours_to_close(desk: Desk) -> None:
    desk.hold(buy("25", strategy=MEAN))

    assert asked(desk, SignalType.CLOSE) is None
    assert asked(desk, SignalType.CLOSE, strategy=MEAN) == (Side.SELL, 25, Purpose.CLOSE)


def test_a_signal_said_twice_does_not_trade_twice(desk: Desk) -> None:
    desk.send(buy("25"))
    assert asked(desk, SignalType.BUY) is None
    assert asked(desk, SignalType.CLOSE) is None  # there is nothing yet to give back

    desk.hold(buy("10", strategy=MEAN))
    desk.send(sell("10", strategy=MEAN))
    assert asked(desk, SignalType.CLOSE, strategy=MEAN) is None


def test_half_filled_it_gives_back_the_half_it_has(desk: Desk) -> None:
    order = desk.send(buy("25"))
    desk.fill(order, "100", Decimal(10))

    assert asked(desk, SignalType.CLOSE) == (Side.SELL, 10, Purpose.CLOSE)


def test_a_ticket_beside_it_counts_as_working(desk: Desk) -> None:
    beside = [buy("5")]

    assert isinstance(SIZER.size(signal(SignalType.BUY), desk.state, desk.gate(OPEN), beside), Declined)


# -- the gate's cut -----------------------------------------------------------------------------------------------


def test_the_wish_is_cut_to_the_room_and_says_what_bound_it(desk: Desk) -> None:
    desk.hold(buy("32", strategy=MEAN))

    sized = size(desk, signal(SignalType.BUY, stop="98"), MaxPosition())

    assert sized.ticket.quantity == 18
    assert sized.sizing == Sizing(
        sizer="fixed_risk", wanted_qty=Decimal(1_000), room_qty=Decimal(18), bound_by="max_position"
    )


def test_without_room_the_wish_stays_and_the_gate_denies_it_in_its_own_words(desk: Desk) -> None:
    desk.hold(buy("50", strategy=MEAN))
    gate = desk.gate(*build_rules({}))

    sized = SIZER.size(signal(SignalType.BUY), desk.state, gate)

    assert isinstance(sized, Sized)
    assert sized.ticket.quantity == 1_000
    assert sized.sizing.room_qty == 0
    assert sized.sizing.bound_by == "max_position"
    assert "max_position" in gate.check(sized.ticket, desk.state).failed


def test_closing_against_another_strategy_is_not_cut_to_what_the_account_would_have(desk: Desk) -> None:
    """It would stay in a position that its own rule, stop or target has told it to leave."""
    desk.hold(buy("25"))
    desk.hold(sell("25", strategy=MEAN))
    gate = desk.gate(*build_rules({"max_position": {"limit": "0.001"}}))

    sized = SIZER.size(signal(SignalType.CLOSE), desk.state, gate)

    assert isinstance(sized, Sized)
    assert sized.ticket.quantity == 25
    assert sized.sizing.bound_by is None
    decision = gate.check(sized.ticket, desk.state)
    assert decision.failed == ()
    assert decision.observed[list(RULES).index("max_position")] is None  # it looks at what opens


@pytest.mark.parametrize(
    "desk",
    [Desk(bare=True), Desk(cash="0"), Desk(cash="-5"), Desk(cash="90")],
    ids=["nothing known", "no equity", "a debt", "less than a lot"],
)
def test_what_cannot_be_sized_is_no_ticket(desk: Desk) -> None:
    assert asked(desk, SignalType.BUY) is None


def test_without_a_quote_nothing_is_opened(desk: Desk) -> None:
    unseen = listed("NEW")
    desk.list(unseen, AAPL)

    assert declined(desk, SignalType.BUY, unseen) == "no price of NEW.XNYS to enter at"


@pytest.mark.parametrize(
    ("held", "kind", "said"),
    [
        (None, SignalType.CLOSE, "CLOSE with nothing held"),
        (buy("25"), SignalType.BUY, "BUY with 25 held already; INCREASE would add"),
        (sell("25"), SignalType.SELL, "SELL with -25 held already; INCREASE would add"),
    ],
)
def test_a_signal_that_asks_for_nothing_says_what_is_held(
    desk: Desk, held: OrderTicket | None, kind: SignalType, said: str
) -> None:
    if held is not None:
        desk.hold(held)

    assert declined(desk, kind) == said


def test_what_is_on_order_is_named_beside_what_is_held(desk: Desk) -> None:
    desk.send(buy("25"))

    assert declined(desk, SignalType.BUY) == "BUY with 0 held and +25 on order already; INCREASE would add"
    assert declined(desk, SignalType.CLOSE) == "CLOSE with 0 held and +25 on order: there is nothing yet to give back"


def test_less_than_a_lot_says_so() -> None:
    assert declined(Desk(cash="90"), SignalType.BUY) == "fixed_risk comes to less than a lot of 1"


def test_an_instrument_in_another_currency_needs_a_rate(desk: Desk) -> None:
    euro = listed("SAP", currency="EUR")
    desk.list(euro)
    desk.quote(euro, "100")

    assert declined(desk, SignalType.BUY, euro) == "SAP.XNYS is priced in EUR, without a rate of it"


# -- the sizer's own bounds -----------------------------------------------------------------------------------------


def test_fifty_pips_of_a_currency_pair_are_four_tenths_of_a_standard_lot() -> None:
    """10,000 at 2 % with a stop of 50 pips: 200 at risk, 40,000 units, which a leverage of 1 would not carry."""
    desk = Desk(cash="10000")
    pair = listed("EURUSD", lot="1000", tick="0.00001")
    desk.list(pair)
    desk.quote(pair, "1.0835")
    wish = signal(SignalType.BUY, stop="1.0785", instrument=pair)

    leveraged = FixedRisk(broker=BROKER, account=ACCOUNT, leverage=Decimal(50))

    assert size(desk, wish, sizer=leveraged).ticket.quantity == 40_000
    assert size(desk, wish).ticket.quantity == 9_000


def test_no_opening_is_larger_than_max_qty_and_none_smaller_than_min_qty(desk: Desk) -> None:
    bounded = FixedRisk(broker=BROKER, account=ACCOUNT, max_qty=Decimal(7))
    picky = FixedRisk(broker=BROKER, account=ACCOUNT, min_qty=Decimal(1_001))

    assert size(desk, signal(SignalType.BUY), sizer=bounded).ticket.quantity == 7
    assert declined(desk, SignalType.BUY, sizer=picky) == "fixed_risk comes to less than min_qty 1001"


def test_a_closing_is_not_bound_by_what_binds_an_opening(desk: Desk) -> None:
    desk.hold(buy("25"))
    bounded = FixedRisk(broker=BROKER, account=ACCOUNT, max_qty=Decimal(7))

    assert size(desk, signal(SignalType.CLOSE), sizer=bounded).ticket.quantity == 25
