"""What every sizer of the catalog promises."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.domain.instrument import Instrument
from oms.domain.order import Side
from oms.domain.signal import SignalType, TradingSignal
from oms.ports import Declined, Sized, Sizer
from risk.catalog import SIZERS, build_rules, build_sizer
from tests.risk.desk import ACCOUNT, BROKER, IBM, TREND, Desk, buy, listed, sell

OPENING = {SignalType.BUY: Side.BUY, SignalType.SELL: Side.SELL}
EVERY = pytest.mark.parametrize("name", SIZERS)
ETH = listed("ETH", lot="0.013", tick="0.05")


def sizer_of(name: str) -> Sizer:
    return build_sizer(name, {}, broker=BROKER, account=ACCOUNT)


def seasoned(desk: Desk, instrument: Instrument) -> Desk:
    """Show enough closes for a sizer that measures them."""
    desk.closes(instrument, *(str(instrument.price(1_000 + 10 * (place % 3))) for place in range(65)))
    return desk


def signal(kind: SignalType, instrument: Instrument = IBM, stop: Decimal | None = None) -> TradingSignal:
    return TradingSignal(
        strategy_id=TREND,
        instrument_id=instrument.instrument_id,
        signal_type=kind,
        ts=0,
        confidence=0.8,
        strength=0.8,
        reason="",
        stop_px=stop,
    )


@EVERY
def test_the_same_signal_and_state_give_the_same_ticket_and_change_nothing(name: str) -> None:
    desk = seasoned(Desk(), IBM)
    gate = desk.gate(*build_rules({}))
    before = desk.state.digest()

    sized = [sizer_of(name).size(signal(SignalType.BUY), desk.state, gate) for _ in range(2)]

    assert sized[0] == sized[1]
    assert isinstance(sized[0], Sized)
    assert sized[0].sizing.sizer.startswith(name)
    assert desk.state.digest() == before


@EVERY
@settings(max_examples=50, deadline=None)
@given(
    kind=st.sampled_from(SignalType),
    cash=st.integers(min_value=0, max_value=10**7),
    ticks=st.integers(min_value=1, max_value=10**6),
    stop=st.none() | st.integers(min_value=0, max_value=10**6),
    held=st.integers(min_value=-500, max_value=500),
)
def test_a_size_is_whole_lots_in_the_signals_direction_and_never_zero(
    name: str, kind: SignalType, cash: int, ticks: int, stop: int | None, held: int
) -> None:
    desk = Desk(cash=str(cash))
    desk.list(ETH)
    desk.quote(ETH, str(ETH.price(ticks)))
    seasoned(desk, ETH)
    if held:
        desk.hold((buy if held > 0 else sell)(ETH.quantity(abs(held)), instrument=ETH), "1")
    gate = desk.gate(*build_rules({"short_sale": {"allow": True}}))

    sized = sizer_of(name).size(signal(kind, ETH, None if stop is None else ETH.price(stop)), desk.state, gate)

    if isinstance(sized, Declined):
        assert sized.text
        return
    quantity = sized.ticket.quantity
    assert quantity > 0
    assert ETH.on_lot(quantity)
    assert quantity <= sized.sizing.wanted_qty
    assert kind is not SignalType.HOLD
    assert OPENING.get(kind, sized.ticket.side) is sized.ticket.side
    if kind in {SignalType.CLOSE, SignalType.REDUCE}:
        assert sized.ticket.signed_qty * held < 0
        assert quantity <= ETH.quantity(abs(held))


@EVERY
def test_a_flat_strategy_has_nothing_to_close(name: str) -> None:
    desk = Desk()

    for kind in (SignalType.CLOSE, SignalType.REDUCE, SignalType.INCREASE):
        declined = sizer_of(name).size(signal(kind), desk.state, desk.gate())

        assert declined == Declined(f"{kind} with nothing held")


@EVERY
def test_without_room_the_ticket_keeps_its_size_for_the_gate_to_deny(name: str) -> None:
    desk = seasoned(Desk(), IBM)
    desk.halt()
    gate = desk.gate(*build_rules({}))

    sized = sizer_of(name).size(signal(SignalType.BUY), desk.state, gate)

    assert isinstance(sized, Sized)
    assert sized.ticket.quantity == sized.sizing.wanted_qty
    assert sized.sizing.room_qty == 0
    assert sized.sizing.bound_by == "trading_state"
    assert "trading_state" in gate.check(sized.ticket, desk.state).failed
