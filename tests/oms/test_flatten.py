"""A flatten: what it sends while trading is halted, what it waits for, and that it can only reduce."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import MANUAL, ClientOrderId, InstrumentId, StrategyId
from oms.domain.order import OrderStatus, OrderTicket, OrderType, Purpose, Side
from oms.domain.report import ExecType
from tests.oms.examples import (
    AAPL,
    PAIRS,
    TREND,
    Core,
    D,
    books,
    kinds,
    quote,
    said,
    ticket,
    traded,
)

ANN = "ann"
HALT = do.HaltTrading(actor=ANN, reason="enough")
FLATTEN = do.FlattenPosition(actor=ANN)
IBM = InstrumentId("IBM.XNYS")


def hold(core: Core, quantity: str, side: Side = Side.BUY, strategy_id: StrategyId = TREND) -> None:
    """Let a strategy trade so much of AAPL, which is quoted."""
    core.put(quote("150"))
    order_id = core.submit(ticket(quantity, side, strategy_id=strategy_id))
    report = traded(quantity, order_id=order_id, exec_id=f"X-{order_id}")
    core.put(replace(report, side=side))


def sent(core: Core, events: Sequence[ev.Event]) -> list[OrderTicket]:
    """Return the tickets of the orders that events submitted."""
    ids = [event.client_order_id for event in events if isinstance(event, oev.OrderSubmitted)]
    return [core.order(order_id).ticket for order_id in ids]


def test_what_is_held_is_given_back_at_the_market_while_trading_is_halted() -> None:
    core = Core()
    hold(core, "10")
    core.put(HALT)

    events = core.put(FLATTEN)

    (closing,) = sent(core, events)
    assert (closing.side, closing.quantity, closing.order_type) == (Side.SELL, D(10), OrderType.MARKET)
    assert (closing.purpose, closing.strategy_id) == (Purpose.CLOSE, TREND)
    (approval,) = [event for event in events if isinstance(event, oev.OrderSubmitted)]
    assert approval.confirmed == ANN


def test_only_the_instrument_that_was_named_is_flattened() -> None:
    core = Core()
    hold(core, "10")

    assert kinds(core.put(do.FlattenPosition(actor=ANN, instrument_id=IBM))) == ["CommandRefused"]
    assert len(sent(core, core.put(do.FlattenPosition(actor=ANN, instrument_id=AAPL)))) == 1


def test_nothing_is_sent_where_nothing_is_held() -> None:
    assert kinds(Core().put(FLATTEN)) == ["CommandRefused"]


def test_a_flatten_that_is_under_way_is_not_sent_twice() -> None:
    core = Core()
    hold(core, "10")
    core.put(FLATTEN)

    assert kinds(core.put(FLATTEN)) == ["CommandRefused"]


def test_a_link_that_comes_back_cancels_what_a_stop_would_have_and_not_the_flatten_that_came_after_it() -> None:
    core = Core()
    hold(core, "10")
    core.put(HALT)
    (approval,) = [event for event in core.put(FLATTEN) if isinstance(event, oev.OrderSubmitted)]

    assert "OrderPendingCancel" not in kinds(core.put(books("98500", {AAPL: "10"}, approval.client_order_id)))
    core.put(replace(said(ExecType.NEW, approval.client_order_id), side=Side.SELL))
    assert core.order(approval.client_order_id).status is OrderStatus.ACCEPTED


def test_a_stop_after_a_flatten_cancels_it() -> None:
    core = Core()
    hold(core, "10")
    core.put(HALT)
    (approval,) = [event for event in core.put(FLATTEN) if isinstance(event, oev.OrderSubmitted)]
    events = core.put(do.HaltTrading(actor=ANN, reason="not at this price"))

    canceled = [event.client_order_id for event in events if isinstance(event, oev.OrderPendingCancel)]
    assert canceled == [approval.client_order_id]


def test_what_could_close_as_well_is_canceled_first_and_waited_for() -> None:
    core = Core()
    hold(core, "10")
    target = core.submit(ticket("10", Side.SELL, limit_px="200"))
    core.put(replace(said(ExecType.NEW, target), side=Side.SELL))

    first = core.put(FLATTEN)

    assert kinds(first) == ["OrderPendingCancel"]
    assert kinds(core.put(FLATTEN)) == ["CommandRefused"]
    core.put(replace(said(ExecType.CANCELED, target), side=Side.SELL))
    assert [closing.quantity for closing in sent(core, core.put(FLATTEN))] == [D(10)]


def test_an_order_that_would_open_again_is_canceled_and_nobody_waits_for_it() -> None:
    core = Core()
    hold(core, "10")
    more = core.submit(ticket("5", limit_px="90"))
    core.put(said(ExecType.NEW, more))

    assert kinds(core.put(FLATTEN)) == ["OrderPendingCancel", "OrderInitialized", "OrderSubmitted"]


def shares(tickets: Sequence[OrderTicket]) -> list[tuple[StrategyId, Side, int]]:
    """Return whose share each ticket closes, and how much of it."""
    return [(one.strategy_id, one.side, int(one.quantity)) for one in tickets]


def fill(core: Core, events: Sequence[ev.Event]) -> None:
    """Let the venue fill what events submitted."""
    for event in events:
        if isinstance(event, oev.OrderSubmitted):
            order = core.order(event.client_order_id)
            report = traded(f"{order.leaves_qty}", order_id=event.client_order_id, exec_id=f"X-{event.client_order_id}")
            core.put(replace(report, side=order.ticket.side))


def steps(core: Core) -> list[list[tuple[StrategyId, Side, int]]]:
    """Flatten until the core refuses, each step filled before the next, and return what each step closed."""
    closed = []
    while "CommandRefused" not in kinds(events := core.put(FLATTEN)):
        closed.append(shares(sent(core, events)))
        fill(core, events)
    return closed


@pytest.mark.parametrize("long", [Side.BUY, Side.SELL])
def test_what_the_account_has_goes_first_and_then_what_its_strategies_hold_against_each_other(long: Side) -> None:
    """What was left of either would have no stop any more, and come to light when the other one leaves."""
    core = Core()
    hold(core, "4", long.opposite, PAIRS)
    hold(core, "10", long)
    core.put(HALT)
    buys_back, sells = (PAIRS, Side.BUY, 4), (TREND, Side.SELL, 4)
    if long is Side.SELL:
        buys_back, sells = (TREND, Side.BUY, 4), (PAIRS, Side.SELL, 4)

    assert steps(core) == [[(TREND, long.opposite, 6)], [buys_back], [sells]]
    assert not core.state.ledger.open


def test_strategies_whose_shares_net_to_nothing_are_closed_all_the_same() -> None:
    core = Core()
    hold(core, "10")
    hold(core, "10", Side.SELL, PAIRS)
    core.put(HALT)

    assert steps(core) == [[(PAIRS, Side.BUY, 10)], [(TREND, Side.SELL, 10)]]


@pytest.mark.parametrize("held", [(10, -4, 3), (-5, 5, -2), (1, -9, 0), (-3, -4, 9), (7, -7, 0), (-1, 2, -1)])
def test_on_its_way_to_flat_an_account_never_has_more_than_it_had_or_its_strategies_had_against_each_other(
    held: tuple[int, ...],
) -> None:
    core = Core()
    for strategy_id, quantity in zip((TREND, PAIRS, MANUAL), held, strict=True):
        if quantity:
            hold(core, f"{abs(quantity)}", Side.BUY if quantity > 0 else Side.SELL, strategy_id)
    core.put(HALT)
    against = min(sum(one for one in held if one > 0), -sum(one for one in held if one < 0))
    nets = [abs(sum(held))]
    while "CommandRefused" not in kinds(events := core.put(FLATTEN)):
        fill(core, events)
        nets.append(int(abs(core.state.ledger.held[AAPL])))

    assert not core.state.ledger.open
    assert max(nets[1:]) <= against
    assert nets[1] == 0 or nets[0] == 0


def test_of_what_was_bought_back_in_part_no_more_is_sold_than_the_account_has() -> None:
    core = Core()
    hold(core, "10")
    hold(core, "10", Side.SELL, PAIRS)
    (order_id,) = [one.client_order_id for one in core.put(FLATTEN) if isinstance(one, oev.OrderSubmitted)]
    core.put(traded("3", order_id=order_id, exec_id="X-part"))

    assert shares(sent(core, core.put(FLATTEN))) == [(TREND, Side.SELL, 3)]
    assert kinds(core.put(FLATTEN)) == ["CommandRefused"]


def test_one_strategy_is_flattened_without_the_other_whose_orders_stay() -> None:
    core = Core()
    hold(core, "10")
    hold(core, "4", Side.SELL, PAIRS)
    orders = [core.submit(ticket("5", limit_px="90", strategy_id=name)) for name in (TREND, PAIRS)]
    for order_id in orders:
        core.put(said(ExecType.NEW, order_id))

    events = core.put(do.FlattenPosition(actor=ANN, instrument_id=AAPL, strategy_id=PAIRS))

    assert [event.client_order_id for event in events if isinstance(event, oev.OrderPendingCancel)] == [orders[1]]
    assert core.order(orders[0]).status is OrderStatus.ACCEPTED
    core.put(said(ExecType.CANCELED, orders[1]))
    again = core.put(do.FlattenPosition(actor=ANN, instrument_id=AAPL, strategy_id=PAIRS))
    assert shares(sent(core, again)) == [(PAIRS, Side.BUY, 4)]


def test_what_of_a_share_is_on_its_way_already_is_not_closed_again() -> None:
    core = Core()
    hold(core, "10")
    hold(core, "4", Side.SELL, PAIRS)
    core.put(do.FlattenPosition(actor=ANN, instrument_id=AAPL, strategy_id=TREND))

    assert kinds(core.put(FLATTEN)) == ["CommandRefused"]


def test_a_strategy_that_holds_nothing_has_nothing_to_flatten() -> None:
    core = Core()
    hold(core, "10")
    refused = core.put(do.FlattenPosition(actor=ANN, instrument_id=AAPL, strategy_id=PAIRS))

    assert [event.text for event in refused if isinstance(event, ev.CommandRefused)] == [
        f"nothing is held in {AAPL} by {PAIRS}"
    ]


@pytest.mark.parametrize("purpose", [Purpose.OPEN, Purpose.CLOSE])
def test_nobody_else_closes_anything_while_trading_is_halted(purpose: Purpose) -> None:
    core = Core()
    hold(core, "10")
    core.put(HALT)
    wish = replace(ticket("10", Side.SELL), purpose=purpose, reason="flatten, confirmed by ann")

    assert kinds(core.put(do.SubmitTicket(actor=ANN, ticket=wish))) == ["OrderInitialized", "OrderDenied"]


def test_a_leg_cannot_be_written_by_hand_to_pass_the_halt() -> None:
    core = Core()
    hold(core, "10")
    core.put(HALT)
    wish = replace(ticket("10", Side.SELL), purpose=Purpose.PROTECT, parent_id=ClientOrderId("SIM-1-1"))

    assert kinds(core.put(do.SubmitTicket(actor=ANN, ticket=wish))) == ["CommandRefused"]
