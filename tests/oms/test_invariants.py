"""The sums that the gate judges by, made again: whatever happened they hold, and one that does not is named."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId, StrategyId
from oms.domain.instrument import Instrument
from oms.domain.market import SessionEnded
from oms.domain.order import Side
from oms.domain.risk import TradingState
from oms.invariants import broken
from tests.oms.assembled import Engine
from tests.oms.examples import START
from tests.risk.desk import AAPL, ACCOUNT, BROKER, IBM, MEAN, TREND, Desk, buy, sell, ticket

Step: TypeAlias = Callable[[Desk], None]


def working(desk: Desk, place: int) -> ClientOrderId | None:
    """Return one of the open orders, or None when there is none."""
    open_ids = list(desk.state.blotter.open)
    return open_ids[place % len(open_ids)] if open_ids else None


def send(side: Side, quantity: int, instrument: Instrument, strategy: StrategyId) -> Step:
    return lambda desk: void(desk.send(ticket(side, str(quantity), instrument=instrument, strategy=strategy)))


def fill(place: int, quantity: int, px: Decimal) -> Step:
    def step(desk: Desk) -> None:
        order_id = working(desk, place)
        if order_id is not None:
            desk.fill(order_id, px, min(desk.state.blotter.orders[order_id].leaves_qty, Decimal(quantity)))

    return step


def cancel(place: int) -> Step:
    def step(desk: Desk) -> None:
        order_id = working(desk, place)
        if order_id is not None:
            desk.apply(oev.OrderCanceled(client_order_id=order_id))

    return step


def show(instrument: Instrument, px: Decimal) -> Step:
    return lambda desk: desk.quote(instrument, str(px))


def report(amount: int) -> Step:
    return lambda desk: desk.cash(str(amount))


def adjust(quantity: int, px: Decimal | None) -> Step:
    event = aev.PositionAdjusted(
        broker=BROKER, account=ACCOUNT, instrument_id=IBM.instrument_id, quantity=Decimal(quantity), px=px
    )
    return lambda desk: desk.apply(event)


def void(_made: object) -> None:
    """Forget what a step returned."""


PLACES = st.integers(min_value=0, max_value=100)
QUANTITIES = st.integers(min_value=1, max_value=500)
PRICES = st.integers(min_value=1, max_value=100_000).map(lambda ticks: Decimal(ticks) / 100)
INSTRUMENTS = st.sampled_from([IBM, AAPL])
STEPS = st.one_of(
    st.builds(send, st.sampled_from(Side), QUANTITIES, INSTRUMENTS, st.sampled_from([TREND, MEAN])),
    st.builds(fill, PLACES, QUANTITIES, PRICES),
    st.builds(cancel, PLACES),
    st.builds(show, INSTRUMENTS, PRICES),
    st.builds(report, st.integers(min_value=-(10**6), max_value=10**6)),
    st.builds(adjust, st.integers(min_value=-50, max_value=50).filter(bool), st.none() | PRICES),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_every_sum_holds_after_every_step(steps: list[Step]) -> None:
    desk = Desk()
    for step in steps:
        step(desk)

        assert list(broken(desk.state)) == []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("net", "net of IBM.XNYS is 11, its positions hold 10"),
        ("cash", "what flowed comes to"),
        ("reserved", "are reserved to SELL IBM.XNYS, open orders have 4 left"),
        ("open_by_key", "trend_following has 0 to SELL IBM.XNYS on order, its orders 4 left"),
        ("open", "trend_following in IBM.XNYS is counted as flat"),
        ("equity", "equity is kept as"),
        ("gross", "gross exposure is kept as 1001.00, positions come to 1000.00"),
        ("filled", "has filled 5 of 4"),
    ],
)
def test_a_sum_that_went_wrong_is_named(harm: str, said: str) -> None:
    desk = Desk()
    desk.hold(buy("10"))
    order_id = desk.send(sell("4"))
    state = desk.state
    assert list(broken(state)) == []

    ((net, quantity),) = state.ledger.net.items()
    ((cash, amount),) = state.ledger.cash.items()
    match harm:
        case "net":
            state.ledger.net[net] = quantity + 1
        case "cash":
            state.ledger.cash[cash] = amount + 1
        case "reserved":
            state.blotter.reserved[net] = replace(state.blotter.reserved[net], sell_qty=Decimal(5))
        case "open_by_key":
            state.blotter.open_by_key.clear()
        case "open":
            state.ledger.open.clear()
        case "equity":
            state.equity.now = Decimal(1)
        case "gross":
            state.equity.gross += 1
        case "filled":
            state.blotter.open[order_id] = replace(state.blotter.open[order_id], filled_qty=Decimal(5))

    assert any(said in words for words in broken(state)), list(broken(state))


async def test_an_engine_whose_books_do_not_hold_together_halts_by_name() -> None:
    engine = await Engine().started()
    ((cash, amount),) = engine.state.ledger.cash.items()
    engine.state.ledger.cash[cash] = amount + 1
    await engine.serve(SessionEnded(ts=START + 1, session="2010-06-18"))
    halted = [record.event for record in engine.heard if isinstance(record.event, ev.TradingHalted)]

    assert [event.cause for event in halted] == ["invariant"]
    assert "what flowed comes to" in halted[0].text
    assert engine.trading() is TradingState.HALTED


async def test_sound_books_cost_a_session_no_record() -> None:
    engine = await Engine().started()
    await engine.serve(SessionEnded(ts=START + 1, session="2010-06-18"))

    assert [type(record.event) for record in engine.heard] == [ev.TapePositioned]
