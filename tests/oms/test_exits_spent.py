"""What closes is canceled once nothing is left for it, so that it turns no position round a second time."""

from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.order import OrderFlag, OrderStatus, Side
from oms.domain.report import CancelReject, ExecType, NotFound
from oms.exits import as_exit
from oms.invariants import broken
from tests.oms.examples import PAIRS, START, Core, D, quote, said, ticket, traded
from tests.oms.held import exit_stop, long
from tests.oms.test_exits import KEY, holding, order_id, sell, statuses, stop, target, trade, works


def sale(core: Core, quantity: str) -> int:
    """Send a sale at the market as the form marks it, hear that it works, and return its number."""
    number = int(core.submit(as_exit(ticket(quantity, Side.SELL), core.state)).rpartition("-")[2])
    works(core, number)
    return number


def test_a_sale_goes_when_a_target_has_taken_all() -> None:
    core = holding("10", target("10"))
    number = sale(core, "10")

    events = trade(core, 2, "10", "X-2")

    (asked,) = [event for event in events if isinstance(event, oev.OrderPendingCancel)]
    assert (asked.client_order_id, asked.actor, asked.moot) == (order_id(number), "gate", True)
    assert not list(broken(core.state))


def test_a_sale_that_was_lost_goes_when_it_comes_back_to_nothing() -> None:
    core = holding("10", target("10"))
    lost = core.submit(as_exit(ticket("10", Side.SELL), core.state))
    core.put(NotFound(client_order_id=lost, ts=core.now))
    trade(core, 2, "10", "X-2")

    core.put(said(ExecType.NEW, lost, side=Side.SELL))

    assert (core.order(lost).status, core.order(lost).moot) == (OrderStatus.PENDING_CANCEL, True)


def test_what_is_left_of_an_order_that_turned_a_position_round_goes() -> None:
    core = holding("10", target("10"))
    number = sale(core, "10")
    trade(core, 2, "6", "X-2")
    trade(core, 3, "2", "X-3")
    assert statuses(core, number) == [OrderStatus.PARTIALLY_FILLED]  # something is left for it

    trade(core, 3, "4", "X-4")

    order = core.order(order_id(number))
    assert OrderFlag.TURNED in order.flags
    assert (order.status, order.leaves_qty, order.moot) == (OrderStatus.PENDING_CANCEL, D(4), True)


def test_a_touched_stop_goes_when_all_was_sold() -> None:
    core = long()
    touched = core.submit(exit_stop())
    core.put(quote("139"))
    core.put(said(ExecType.NEW, touched, side=Side.SELL))
    core.put(traded("40", "139", touched, exec_id="X-40", side=Side.SELL))
    sold = core.submit(ticket("60", Side.SELL))

    core.put(traded("60", "139", sold, exec_id="X-60", side=Side.SELL))

    assert core.order(touched).status is OrderStatus.PENDING_CANCEL


def test_it_goes_also_if_it_has_not_traded() -> None:
    core = long()
    touched = core.submit(exit_stop())
    core.put(quote("139"))
    core.put(said(ExecType.NEW, touched, side=Side.SELL))
    sold = core.submit(ticket("100", Side.SELL))

    core.put(traded("100", "139", sold, exec_id="X-100", side=Side.SELL))

    assert core.order(touched).status is OrderStatus.PENDING_CANCEL


def test_what_closes_stays_while_something_is_left_for_it() -> None:
    core = holding("10", target("10"))
    number = sale(core, "10")

    trade(core, 2, "4", "X-2")

    assert statuses(core, number) == [OrderStatus.ACCEPTED]


def test_a_capped_exit_is_looked_at_again_when_another_strategy_has_traded() -> None:
    core = holding("10", target("10"), capabilities=Capabilities(replaces=False))
    sell(core, "3")
    assert statuses(core, 2) == [OrderStatus.ACCEPTED]  # the venue sees to it: the net is no more than is held

    core.submit(ticket("20", strategy_id=PAIRS))
    trade(core, 4, "20", "P-1")

    assert statuses(core, 2) == [OrderStatus.PENDING_CANCEL]


def test_an_exit_that_the_venue_would_not_cancel_takes_its_room_from_the_others() -> None:
    core = holding("100", target("40", "160"), target("60", "165"))
    sell(core, "60")
    assert statuses(core, 2, 3) == [OrderStatus.ACCEPTED, OrderStatus.PENDING_CANCEL]

    core.put(CancelReject(client_order_id=order_id(3), ts=START + 5, text="no"))

    assert statuses(core, 2, 3) == [OrderStatus.PENDING_CANCEL, OrderStatus.ACCEPTED]


def test_a_stop_that_went_for_one_that_works_on_is_made_again_when_that_has_ended() -> None:
    core = holding("100", stop("40"), stop("60", "144"))
    sell(core, "60")
    core.put(CancelReject(client_order_id=order_id(3), ts=START + 5, text="no"))
    core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))
    assert [order.client_order_id for order in core.state.blotter.exits_of(KEY)] == [order_id(3)]

    core.put(said(ExecType.CANCELED, order_id(3), side=Side.SELL))

    (again,) = core.state.blotter.exits_of(KEY)
    assert (again.leaves_qty, again.ticket.stop_px) == (D(40), D(145))
