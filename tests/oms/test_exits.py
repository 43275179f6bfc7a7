"""Exits by hand: they follow their position as legs do, whatever moves it, and never outlive it."""

import pytest
from msgspec.structs import replace

from oms.blotter import position_key
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import ClientOrderId
from oms.domain.order import OrderFlag, OrderStatus, OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.report import CancelReject, ExecType, ReplaceReject
from oms.exits import as_exit, behind, total
from oms.invariants import broken
from oms.reservations import NO_ORDERS
from tests.oms.examples import (
    DECISION,
    PAIRS,
    START,
    Core,
    D,
    fill,
    folded,
    kinds,
    quote,
    replaced,
    said,
    ticket,
    traded,
)

KEY = position_key(ticket())


def order_id(number: int) -> ClientOrderId:
    return ClientOrderId(f"SIM-1-{number}")


def stop(quantity: str, px: str = "145", **more: object) -> OrderTicket:
    """Return a stop by hand as the form marks it."""
    plain = replace(ticket(quantity, Side.SELL), order_type=OrderType.STOP_MARKET, stop_px=D(px), tif=TimeInForce.GTC)
    return replace(plain, **{"purpose": Purpose.PROTECT, "reduce_only": True, **more})


def target(quantity: str, px: str = "160", *, told: bool = True) -> OrderTicket:
    """Return a limit by hand that gives back, as the form marks it: the venue is `told` where the net allows it."""
    plain = replace(ticket(quantity, Side.SELL, limit_px=px), tif=TimeInForce.GTC)
    return replace(plain, purpose=Purpose.CLOSE, reduce_only=told)


def trade(core: Core, number: int, quantity: str, exec_id: str) -> list[ev.Event]:
    side = core.order(order_id(number)).ticket.side
    return core.put(traded(quantity, "150", order_id(number), exec_id=exec_id, side=side))


def works(core: Core, *numbers: int) -> None:
    for number in numbers:
        core.put(said(ExecType.NEW, order_id(number), side=core.order(order_id(number)).ticket.side))


def holding(quantity: str, *exits: OrderTicket, capabilities: Capabilities | None = None) -> Core:
    """Return a core that holds so much by order 1, and has exits that work, from order 2 on."""
    core = Core() if capabilities is None else Core(capabilities=capabilities)
    core.put(quote("150"))
    core.submit(ticket(quantity))
    trade(core, 1, quantity, "X-1")
    for number, one in enumerate(exits, 2):
        core.submit(one)
        works(core, number)
    return core


def sell(core: Core, quantity: str) -> list[ev.Event]:
    """Sell at the market, and return what followed."""
    order = core.submit(ticket(quantity, Side.SELL))
    number = int(order.rpartition("-")[2])
    return trade(core, number, quantity, f"S-{number}")


def statuses(core: Core, *numbers: int) -> list[OrderStatus]:
    return [core.order(order_id(number)).status for number in numbers]


told = pytest.mark.parametrize("told", [True, False])  # to the venue, that it only reduces; it is an exit either way


@told
def test_what_waits_to_give_back_reserves_nothing(told: bool) -> None:
    core = holding("10", stop("10", reduce_only=told), target("10", told=told))

    assert core.state.blotter.open_orders(KEY) == NO_ORDERS
    assert core.state.blotter.reserved == {}
    assert not list(broken(core.state))
    assert [order.client_order_id for order in core.state.blotter.exits_of(KEY)] == [order_id(2), order_id(3)]


@told
def test_an_exit_goes_with_its_position(told: bool) -> None:
    core = holding("10", stop("10", reduce_only=told), target("10", told=told))

    events = sell(core, "10")

    canceled = [event for event in events if isinstance(event, oev.OrderPendingCancel)]
    assert [event.client_order_id for event in canceled] == [order_id(2), order_id(3)]
    assert {(event.actor, event.text) for event in canceled} == {("gate", "nothing is left for it to give back")}


def test_it_goes_also_while_trading_is_stopped() -> None:
    core = holding("10", stop("10"))
    core.submit(ticket("10", Side.SELL))
    core.put(do.HaltTrading(actor="ann", reason="enough"))
    assert statuses(core, 2) == [OrderStatus.ACCEPTED]

    trade(core, 3, "10", "X-3")  # it was on its way

    assert statuses(core, 2) == [OrderStatus.PENDING_CANCEL]


@told
def test_what_is_left_is_what_an_exit_is_reduced_to(told: bool) -> None:
    core = holding("10", stop("10", reduce_only=told), target("2", told=told))

    events = sell(core, "4")

    (asked,) = [event for event in events if isinstance(event, oev.OrderPendingReplace)]
    assert (asked.client_order_id, asked.ticket.quantity, asked.actor) == (order_id(2), D(6), "gate")
    core.put(replaced(core.order(order_id(2))))
    assert core.order(order_id(2)).leaves_qty == 6
    assert core.state.brackets.protection(KEY)[0].quantity == 6


def test_a_stop_is_reduced_while_trading_is_stopped() -> None:
    core = holding("10", stop("10"))
    core.submit(ticket("4", Side.SELL))
    core.put(do.HaltTrading(actor="ann", reason="enough"))

    trade(core, 3, "4", "X-3")

    asked = core.order(order_id(2)).replacing
    assert asked is not None
    assert asked.quantity == 6


def test_the_newest_gives_way_first() -> None:
    core = holding("10", stop("6"), stop("4", "140"))

    sell(core, "5")

    assert statuses(core, 2, 3) == [OrderStatus.PENDING_REPLACE, OrderStatus.PENDING_CANCEL]
    asked = core.order(order_id(2)).replacing
    assert asked is not None
    assert asked.quantity == 5


def test_a_change_keeps_the_place_of_an_exit() -> None:
    core = holding("10", stop("6"), stop("4", "140"))
    core.put(do.ReplaceOrder(actor="ann", client_order_id=order_id(2), stop_px=D(144)))
    core.put(replaced(core.order(order_id(2))))

    sell(core, "4")

    assert statuses(core, 2, 3) == [OrderStatus.ACCEPTED, OrderStatus.PENDING_CANCEL]


@told
def test_the_first_of_a_stop_and_a_target_ends_the_other(told: bool) -> None:
    core = holding("10", stop("10", reduce_only=told), target("10", told=told))

    events = trade(core, 3, "10", "X-3")

    assert kinds(events) == ["OrderFilled", "OrderPendingCancel"]
    assert statuses(core, 2) == [OrderStatus.PENDING_CANCEL]


@told
def test_a_target_that_trades_in_part_reduces_the_stop(told: bool) -> None:
    core = holding("10", stop("10", reduce_only=told), target("10", told=told))

    trade(core, 3, "4", "X-3")

    asked = core.order(order_id(2)).replacing
    assert asked is not None
    assert asked.quantity == 6
    assert core.order(order_id(3)).leaves_qty == 6


@told
def test_what_both_traded_is_given_back_and_flagged(told: bool) -> None:
    core = holding("10", stop("10", reduce_only=told), target("10", told=told))
    trade(core, 2, "10", "X-2")

    events = trade(core, 3, "10", "X-3")

    assert OrderFlag.TURNED in core.order(order_id(3)).flags
    (made,) = [event for event in events if isinstance(event, oev.OrderInitialized)]
    assert (made.ticket.side, made.ticket.quantity, made.ticket.order_type) == (Side.BUY, D(10), OrderType.MARKET)


def test_a_fill_that_comes_after_its_cancel_is_given_back() -> None:
    core = holding("10", stop("10"))
    sell(core, "10")
    core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))

    trade(core, 2, "10", "X-9")

    assert {OrderFlag.TURNED, OrderFlag.FILLED_LATE} <= set(core.order(order_id(2)).flags)


def test_legs_and_exits_by_hand_share_a_position() -> None:
    core = holding("6", stop("6"))
    core.submit(replace(ticket("10"), protect_px=D(140)))
    trade(core, 3, "10", "X-3")
    works(core, 4)

    sell(core, "8")  # of the bracket first
    core.put(replaced(core.order(order_id(4))))

    assert [bracket.left for bracket in core.state.brackets.of(KEY)] == [2]
    assert core.order(order_id(2)).leaves_qty == 6
    assert total(behind(core.state, KEY, Side.SELL, stops=True)) == 8

    sell(core, "4")

    asked = core.order(order_id(2)).replacing
    assert asked is not None
    assert asked.quantity == 4


@told
@pytest.mark.parametrize("is_stop", [True, False])
def test_what_an_exit_by_hand_sells_no_bracket_loses(told: bool, is_stop: bool) -> None:
    core = holding("6", stop("6", reduce_only=told) if is_stop else target("6", told=told))
    core.submit(replace(ticket("10"), protect_px=D(140)))
    trade(core, 3, "10", "X-3")
    works(core, 4)

    trade(core, 2, "6", "X-9")

    assert [bracket.left for bracket in core.state.brackets.of(KEY)] == [10]
    assert statuses(core, 4) == [OrderStatus.ACCEPTED]


def test_an_exit_of_one_strategy_is_not_for_the_shares_of_another() -> None:
    core = holding("10", stop("10"))
    core.submit(ticket("10", strategy_id=PAIRS))
    trade(core, 3, "10", "X-3")
    assert core.state.ledger.position(position_key(ticket(strategy_id=PAIRS))).quantity == 10

    sell(core, "10")

    assert statuses(core, 2) == [OrderStatus.PENDING_CANCEL]


def test_another_strategy_that_holds_the_other_way_leaves_an_exit_as_it_is() -> None:
    core = holding("10", stop("10"))
    core.submit(ticket("10", Side.SELL, strategy_id=PAIRS))
    trade(core, 3, "10", "X-3")

    assert statuses(core, 2) == [OrderStatus.ACCEPTED]


def test_an_exit_that_is_larger_than_the_accounts_net_is_kept_within_its_own_share() -> None:
    core = holding("10")
    core.submit(ticket("8", Side.SELL, strategy_id=PAIRS))
    trade(core, 2, "8", "X-2")
    core.submit(as_exit(replace(target("10"), purpose=Purpose.OPEN, reduce_only=False), core.state))
    core.submit(as_exit(replace(stop("10"), purpose=Purpose.OPEN, reduce_only=False), core.state))
    works(core, 3, 4)
    assert [order.client_order_id for order in core.state.blotter.exits_of(KEY)] == [order_id(3), order_id(4)]

    trade(core, 3, "4", "X-3")
    core.put(replaced(core.order(order_id(4))))
    assert core.order(order_id(4)).leaves_qty == 6
    trade(core, 3, "6", "X-4")

    assert statuses(core, 4) == [OrderStatus.PENDING_CANCEL]
    assert not list(broken(core.state))
    assert folded(core.durable).digest() == core.state.digest()


def test_an_exit_that_is_taken_too_late_is_canceled_then() -> None:
    core = holding("10")
    core.submit(stop("10"))
    core.submit(ticket("4", Side.SELL))
    trade(core, 3, "4", "X-3")
    assert statuses(core, 2) == [OrderStatus.SUBMITTED]

    works(core, 2)

    asked = core.order(order_id(2)).replacing
    assert asked is not None
    assert asked.quantity == 6


def test_a_change_that_the_venue_refuses_is_asked_once_and_then_the_order_goes() -> None:
    core = holding("10", stop("10"))
    sell(core, "4")

    core.put(ReplaceReject(client_order_id=order_id(2), number=1, text="too late", ts=START))

    assert statuses(core, 2) == [OrderStatus.PENDING_CANCEL]
    assert core.order(order_id(2)).unwanted


def test_a_cancel_that_the_venue_refuses_is_not_asked_again_and_again() -> None:
    core = holding("10", stop("10"))
    sell(core, "10")

    events = core.put(CancelReject(client_order_id=order_id(2), text="too late", ts=START))

    assert kinds(events) == ["OrderCancelRejected", "OrderQueried"]
    assert kinds(core.put(do.RenewProtection(actor="session"))) == ["OrderPendingCancel"]


def test_a_flatten_cancels_what_is_left_over_from_a_position_that_is_gone() -> None:
    core = holding("10", stop("10"))
    sell(core, "10")
    core.put(CancelReject(client_order_id=order_id(2), text="too late", ts=START))

    events = core.put(do.FlattenPosition(actor="ann"))

    (asked,) = [event for event in events if isinstance(event, oev.OrderPendingCancel)]
    assert (asked.client_order_id, asked.text) == (order_id(2), "nothing is held for it to give back")
    assert kinds(core.put(do.FlattenPosition(actor="ann"))) == ["CommandRefused"]  # it is on its way


def test_nothing_is_left_of_an_exit_where_the_position_has_turned() -> None:
    core = holding("10", stop("10", reduce_only=False))

    sell(core, "15")

    assert core.state.ledger.position(KEY).quantity == -5
    assert statuses(core, 2) == [OrderStatus.PENDING_CANCEL]


def test_a_restart_knows_the_exits_and_what_was_asked_of_them() -> None:
    core = holding("10", stop("10"), target("6"))
    sell(core, "4")

    again = folded(core.durable)

    assert again.blotter.exits == core.state.blotter.exits != {}
    assert again.brackets.legs.changed == core.state.brackets.legs.changed != {}
    assert not list(broken(again))


def test_a_stop_that_an_older_version_left_behind_ends_with_the_link() -> None:
    core = holding("10")
    for number, one in ((2, stop("10", reduce_only=False)), (3, ticket("10", Side.SELL))):
        core.apply(oev.OrderInitialized(client_order_id=order_id(number), ticket=one))
        core.apply(oev.OrderSubmitted(client_order_id=order_id(number), decision=DECISION, ticket_hash=""))
        core.apply(oev.OrderAccepted(client_order_id=order_id(number)))
    core.apply(oev.OrderFilled(client_order_id=order_id(3), fill=fill("10", "150", Side.SELL, order_id=order_id(3))))

    events = core.put(do.RenewProtection(actor="session"))

    assert kinds(events) == ["OrderPendingCancel"]
    assert statuses(core, 2) == [OrderStatus.PENDING_CANCEL]


def test_nothing_is_remembered_of_an_exit_that_is_closed() -> None:
    core = holding("10", stop("10"))
    sell(core, "4")
    core.put(replaced(core.order(order_id(2))))
    sell(core, "6")
    core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))

    legs = core.state.brackets.legs
    assert (core.state.blotter.exits, legs.changed, legs.recalled) == ({}, {}, set())


def test_a_stop_that_only_reduces_protects_and_one_that_may_open_does_not() -> None:
    core = holding("10", stop("4"), stop("10", "140", purpose=Purpose.OPEN, reduce_only=False))

    assert [(one.stop_px, one.quantity) for one in core.state.brackets.protection(KEY)] == [(D(145), D(4))]

    core.put(do.HaltTrading(actor="ann", reason="enough"))

    assert statuses(core, 2, 3) == [OrderStatus.ACCEPTED, OrderStatus.PENDING_CANCEL]


def test_a_flatten_does_not_wait_for_the_close_of_the_session() -> None:
    at_close = replace(ticket("10", Side.SELL), tif=TimeInForce.AT_THE_CLOSE)
    core = holding("10", replace(at_close, purpose=Purpose.CLOSE, reduce_only=True))

    core.put(do.FlattenPosition(actor="ann"))

    assert statuses(core, 2) == [OrderStatus.PENDING_CANCEL]
