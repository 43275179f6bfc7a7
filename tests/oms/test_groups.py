"""Legs of one group: both leave or neither, and when one comes to nothing at the venue the other is undone."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import ClientOrderId, InstrumentId
from oms.domain.order import OrderStatus, Purpose, Side
from oms.domain.report import ExecType, NotFound
from oms.domain.signal import SignalType
from oms.ledger import NetKey
from tests.doubles.core import SmallGate
from tests.oms.examples import (
    AAPL,
    ACCOUNT,
    IBM,
    ORDER,
    PAIRS,
    SIM,
    START,
    Core,
    D,
    kinds,
    said,
    signal,
    ticket,
    traded,
)

SECOND_LEG = ClientOrderId("SIM-1-2")
CLOSING = ClientOrderId("SIM-1-3")


def only(events: list[ev.Event], kind: type) -> list[ev.Event]:
    return [event for event in events if isinstance(event, kind)]


def pair(core: Core) -> list[ev.Event]:
    """Raise both legs of a pair: buy AAPL, sell IBM."""
    return core.put(
        (
            signal(SignalType.BUY, AAPL, strategy_id=PAIRS, group_id="G1"),
            signal(SignalType.SELL, IBM, strategy_id=PAIRS, group_id="G1"),
        )
    )


def test_both_legs_of_a_pair_are_submitted() -> None:
    assert kinds(pair(Core())) == [
        "SignalRaised",
        "SignalRaised",
        "OrderInitialized",
        "OrderSubmitted",
        "OrderInitialized",
        "OrderSubmitted",
    ]


@pytest.mark.parametrize("bad", [AAPL, IBM])
def test_when_one_leg_fails_neither_leaves_and_the_other_says_so(bad: InstrumentId) -> None:
    core = Core()
    core.sizer.by_id[bad] = D(5_000)
    denied = [event for event in pair(core) if isinstance(event, oev.OrderDenied)]
    by_id = {core.order(event.client_order_id).ticket.instrument_id: event for event in denied}

    assert len(denied) == 2
    assert core.state.blotter.open == {}
    # the gate sees the second leg beside the first, so a first leg too large fails the second by itself
    assert by_id[bad].text == "largest_order"
    if bad == IBM:
        assert (by_id[AAPL].decision.failed, by_id[AAPL].text) == (("group",), "the other leg: largest_order")


def test_the_gate_sees_the_legs_beside_each_other() -> None:
    core = Core(SmallGate(largest=D(15)))

    assert len(only(pair(core), oev.OrderDenied)) == 2


@pytest.mark.parametrize("bad", [AAPL, IBM])
def test_a_pair_with_a_leg_that_comes_to_nothing_opens_neither(bad: InstrumentId) -> None:
    """Half a pair is a bet nobody asked for. A leg may come to less than a lot."""
    core = Core()
    core.sizer.by_id[bad] = D(0)

    events = pair(core)
    declined = {event.instrument_id: event.text for event in events if isinstance(event, sev.SignalDeclined)}

    assert kinds(events) == ["SignalRaised", "SignalRaised", "SignalDeclined", "SignalDeclined"]
    assert declined == {AAPL: "the other leg: nothing to trade", IBM: "the other leg: nothing to trade"} | {
        bad: "nothing to trade"
    }


def test_a_pair_of_which_one_leg_is_already_flat_is_closed_all_the_same() -> None:
    core = Core()
    core.put((signal(SignalType.BUY, AAPL, strategy_id=PAIRS),))
    core.put(traded("10"))
    events = core.put(
        (
            signal(SignalType.CLOSE, AAPL, strategy_id=PAIRS, group_id="G2"),
            signal(SignalType.CLOSE, IBM, strategy_id=PAIRS, group_id="G2"),
        )
    )

    assert len(only(events, oev.OrderSubmitted)) == 1


def test_a_leg_that_works_is_canceled_when_the_venue_rejects_the_other() -> None:
    core = Core()
    pair(core)
    core.put(said(ExecType.NEW, SECOND_LEG, side=Side.SELL, instrument_id=IBM))
    events = core.put(said(ExecType.REJECTED, ORDER, text="halted"))

    assert kinds(events) == ["OrderRejected", "OrderPendingCancel"]
    assert core.order(SECOND_LEG).status is OrderStatus.PENDING_CANCEL
    assert ORDER in core.order(SECOND_LEG).text


def test_a_leg_that_is_filled_is_closed_when_the_venue_rejects_the_other() -> None:
    core = Core()
    pair(core)
    core.put(traded("10", order_id=SECOND_LEG, side=Side.SELL, instrument_id=IBM))
    events = core.put(said(ExecType.REJECTED, ORDER, text="halted"))
    closing = core.order(CLOSING).ticket

    assert kinds(events) == ["OrderRejected", "OrderInitialized", "OrderSubmitted"]
    assert (closing.side, closing.quantity, closing.purpose) == (Side.BUY, D(10), Purpose.CLOSE)
    assert (closing.instrument_id, closing.strategy_id, closing.group_id) == (IBM, PAIRS, None)


def test_a_leg_that_fills_after_the_other_was_rejected_is_closed_too() -> None:
    """The cancel may come too late: at a venue that fills at once it always does."""
    core = Core()
    pair(core)
    core.put(said(ExecType.REJECTED, ORDER, text="halted"))
    for exec_id, quantity in (("X-1", "4"), ("X-2", "6")):
        core.put(traded(quantity, order_id=SECOND_LEG, exec_id=exec_id, side=Side.SELL, instrument_id=IBM))
    closed = [order.ticket.quantity for order in core.state.blotter.orders.values() if order.ticket.group_id is None]

    assert closed == [D(4), D(6)]


def test_a_leg_that_never_arrived_breaks_the_pair_like_one_that_was_rejected() -> None:
    core = Core()
    pair(core)
    core.put(traded("10", order_id=SECOND_LEG, side=Side.SELL, instrument_id=IBM))
    events = core.put(NotFound(client_order_id=ORDER, ts=START))

    assert kinds(events) == ["OrderUnfound", "OrderInitialized", "OrderSubmitted"]


@pytest.mark.parametrize("rejected_first", [True, False])
def test_legs_that_close_are_left_to_close(rejected_first: bool) -> None:
    core = Core()
    for number, instrument_id in enumerate((AAPL, IBM), start=1):
        core.put((signal(SignalType.BUY, instrument_id, strategy_id=PAIRS),))
        done = traded("10", order_id=ClientOrderId(f"SIM-1-{number}"), exec_id=f"X-{number}")
        core.put(replace(done, instrument_id=instrument_id))
    core.put(
        (
            signal(SignalType.CLOSE, AAPL, strategy_id=PAIRS, group_id="G2"),
            signal(SignalType.CLOSE, IBM, strategy_id=PAIRS, group_id="G2"),
        )
    )
    closed = traded("10", order_id=CLOSING, exec_id="X-3", side=Side.SELL)
    rejected = said(ExecType.REJECTED, ClientOrderId("SIM-1-4"), side=Side.SELL, instrument_id=IBM)
    reports = [rejected, closed] if rejected_first else [closed, rejected]
    made = [kind for report in reports for kind in kinds(core.put(report))]

    assert "OrderInitialized" not in made
    assert core.state.ledger.net_quantity(NetKey(SIM, ACCOUNT, AAPL)) == 0


def three(core: Core) -> list[ClientOrderId]:
    """Take on a group of three, fill its first leg with 10 AAPL, and return the legs."""
    sold = [ticket(quantity, Side.SELL, IBM, group_id="G3") for quantity in ("10", "5")]
    last = core.submit(ticket("10", group_id="G3"), *sold)
    number = int(last.rpartition("-")[2])
    legs = [ClientOrderId(f"SIM-1-{one}") for one in (number - 2, number - 1, number)]
    core.put(traded("10", order_id=legs[0], exec_id="X-first"))
    return legs


def given_back(core: Core) -> list[Decimal]:
    """Return how much of AAPL was to be given back, order by order."""
    orders = core.state.blotter.orders.values()
    closing = [order.ticket for order in orders if order.ticket.purpose is Purpose.CLOSE]
    return [one.quantity for one in closing if one.instrument_id == AAPL]


@pytest.mark.parametrize("held_before", [False, True])
@pytest.mark.parametrize("filled_between", [False, True])
def test_a_filled_leg_is_given_back_once_however_many_others_fail(held_before: bool, filled_between: bool) -> None:
    core = Core()
    if held_before:
        core.put(traded("10", order_id=core.submit(ticket("10"))))
    legs = three(core)
    for leg in legs[1:]:
        core.put(said(ExecType.REJECTED, leg, side=Side.SELL, instrument_id=IBM))
        closing = next(reversed(core.state.blotter.orders))
        if filled_between and not core.order(closing).is_closed:
            core.put(traded("10", order_id=closing, exec_id="X-back", side=Side.SELL))

    assert given_back(core) == [10]


def test_of_a_filled_leg_no_more_is_given_back_than_is_held_and_not_on_its_way_already() -> None:
    core = Core()
    legs = three(core)
    sold = core.submit(ticket("3", Side.SELL))
    core.put(traded("3", order_id=sold, exec_id="X-sold", side=Side.SELL))
    core.put((signal(SignalType.CLOSE, AAPL),))
    core.put(said(ExecType.REJECTED, legs[1], side=Side.SELL, instrument_id=IBM))

    assert given_back(core) == [7]
