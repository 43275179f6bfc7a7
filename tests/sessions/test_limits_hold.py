"""Whatever is sent in whatever order: nothing that is held or works exceeds a limit that it had to pass, nothing opens
while trading is closed, and nothing that only reduces is denied. `Exchange` examines every event."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.domain import commands as do
from oms.domain.ids import ClientOrderId
from oms.domain.order import Side
from oms.domain.report import NotFound
from oms.domain.signal import SignalType, TradingSignal
from tests.sessions.exchange import INSTRUMENTS, STRATEGIES, Exchange, Limits, ticket

Act = Callable[[Exchange], None]

NARROW = Limits(position="0.05", trades=2, positions=4, per_symbol=2)
WIDE = Limits(position="0.8", trades=4, positions=16, per_symbol=4)

some_instrument = st.sampled_from(INSTRUMENTS)
some_strategy = st.sampled_from(STRATEGIES)
some_signal = st.tuples(st.sampled_from(SignalType), some_instrument)


@st.composite
def tickets(draw: st.DrawFn, most: int) -> Act:
    """Draw a hand-written order: at the market, or with a limit that rests or crosses."""
    limit = draw(st.sampled_from([None, None, Decimal("90.00"), Decimal("100.00"), Decimal("110.00")]))
    wish = ticket(
        draw(st.sampled_from(Side)),
        draw(st.integers(min_value=1, max_value=most)),
        draw(some_instrument),
        draw(some_strategy),
        limit,
    )
    return lambda exchange: exchange.put(do.SubmitTicket(actor="test", ticket=wish))


@st.composite
def opinions(draw: st.DrawFn) -> Act:
    """Draw what a strategy thinks: one signal, or two of a group."""
    strategy, legs = draw(some_strategy), draw(st.lists(some_signal, min_size=1, max_size=2))

    def speak(exchange: Exchange) -> None:
        group = None if len(legs) == 1 else f"G{exchange.state.seq}"
        exchange.put(
            tuple(
                TradingSignal(
                    strategy_id=strategy,
                    instrument_id=instrument.instrument_id,
                    signal_type=kind,
                    ts=exchange.now,
                    confidence=1.0,
                    strength=1.0,
                    reason="drawn",
                    group_id=group,
                )
                for kind, instrument in legs
            )
        )

    return speak


@st.composite
def cancels(draw: st.DrawFn) -> Act:
    """Draw an open order to cancel."""
    place = draw(st.integers(min_value=0, max_value=9))

    def cancel(exchange: Exchange) -> None:
        for order_id in list(exchange.state.blotter.open)[place : place + 1]:
            exchange.put(do.CancelOrder(actor="test", client_order_id=order_id, reason=""))

    return cancel


@st.composite
def prices(draw: st.DrawFn) -> Act:
    """Draw a price, within a tenth of the first, and a spread."""
    instrument = draw(some_instrument)
    last, spread = draw(st.integers(min_value=9_000, max_value=11_000)), draw(st.sampled_from([0, 1, 20]))
    return lambda exchange: exchange.quote(instrument, last, spread)


def _reduce(exchange: Exchange) -> None:
    """Let the venue speak of an order that nobody knows: what opens must wait until somebody has looked."""
    exchange.put(NotFound(client_order_id=ClientOrderId("X-1-1"), ts=exchange.now))


def _halt(exchange: Exchange) -> None:
    exchange.put(do.HaltTrading(actor="test", reason="drawn"))
    exchange.put(do.ResumeTrading(actor="test"))
    exchange.put(do.EnableStrategy(actor="test"))


STATES: list[Act] = [
    _reduce,
    lambda exchange: exchange.put(do.HaltTrading(actor="test", reason="drawn")),
    lambda exchange: exchange.put(do.ResumeTrading(actor="test")),
    lambda exchange: exchange.put(do.EnableStrategy(actor="test")),
]


def acts(most: int) -> st.SearchStrategy[list[Act]]:
    """Draw what happens in a session; orders and reports are its bulk."""
    hears = st.integers(min_value=1, max_value=6).map(lambda count: lambda exchange: exchange.hear(count))
    resumes = st.just(STATES[2])
    return st.lists(
        st.one_of(
            tickets(most), tickets(most), tickets(most), opinions(), hears, hears, cancels(), prices(), resumes,
            st.sampled_from(STATES),
        ),
        min_size=10,
        max_size=50,
    )


@settings(max_examples=150)
@given(st.data())
@pytest.mark.parametrize(("limits", "most"), [(NARROW, 60), (WIDE, 700)], ids=["narrow", "wide"])
def test_no_sequence_of_orders_gets_more_than_the_limits_allow(limits: Limits, most: int, data: st.DataObject) -> None:
    exchange = Exchange(limits, seed=data.draw(st.integers(min_value=0, max_value=99)))

    for act in data.draw(acts(most)):
        act(exchange)
    exchange.hear(1_000_000)
