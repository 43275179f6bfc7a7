"""Exits by hand at a venue that changes no orders: a stop is made anew where it has to be smaller."""

import pytest

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.capabilities import Capabilities
from oms.domain.order import OrderStatus, Purpose, Side
from oms.domain.report import ExecType
from tests.oms.examples import PAIRS, Core, D, folded, said, ticket
from tests.oms.test_exits import KEY, holding, order_id, sell, statuses, stop, target, trade, works
from tests.oms.test_exits_and_sales import sale

UNCHANGING = Capabilities(knows_at_once=True, replaces=False)
BARE = Capabilities(knows_at_once=True, replaces=False, reduce_only=False)


def test_an_exit_stays_where_orders_are_not_changed_only_if_the_venue_caps_it_at_its_own_share() -> None:
    """The venue knows the account's net, and what another strategy holds is not this one's to give back."""
    core = holding("10", target("10"), capabilities=UNCHANGING)
    core.submit(ticket("10", strategy_id=PAIRS))
    trade(core, 3, "10", "X-3")

    sell(core, "4")

    assert statuses(core, 2) == [OrderStatus.PENDING_CANCEL]


@pytest.mark.parametrize("capabilities", [UNCHANGING, BARE])
def test_where_orders_are_not_changed_an_exit_stays_only_if_the_venue_caps_it(capabilities: Capabilities) -> None:
    core = holding("10", stop("10", reduce_only=capabilities.reduce_only), capabilities=capabilities)

    sell(core, "4")

    stays = capabilities.reduce_only
    assert statuses(core, 2) == [OrderStatus.ACCEPTED if stays else OrderStatus.PENDING_CANCEL]


def cut(*, halted: bool = False) -> Core:
    """Return a core whose stop by hand is being canceled, because 6 of 10 are left for it."""
    core = holding("10", stop("10", reduce_only=False), capabilities=UNCHANGING)
    number = sale(core, "4")
    if halted:
        core.put(do.HaltTrading(actor="ann", reason="enough"))
    trade(core, number, "4", "X-4")
    assert statuses(core, 2) == [OrderStatus.PENDING_CANCEL]
    return core


def gone(core: Core, number: int) -> list[ev.Event]:
    return core.put(said(ExecType.CANCELED, order_id(number), side=Side.SELL))


def test_a_stop_that_is_not_changed_is_made_anew_for_what_is_left() -> None:
    core = cut()

    gone(core, 2)

    made = core.order(order_id(4))
    assert (made.status, made.leaves_qty, made.ticket.stop_px) == (OrderStatus.SUBMITTED, D(6), D(145))
    assert made.ticket.purpose is Purpose.PROTECT
    works(core, 4)
    sell(core, "6")
    gone(core, 4)
    assert not core.state.blotter.open
    assert not core.state.brackets.legs.owed
    assert folded(core.durable, UNCHANGING).digest() == core.state.digest()


def test_it_is_made_anew_once_and_not_for_what_traded_while_it_was_canceled() -> None:
    core = cut()

    trade(core, 2, "2", "X-2")
    gone(core, 2)

    made = [order for order in core.state.blotter.open.values() if order.ticket.protects]
    assert [order.leaves_qty for order in made] == [4]


def test_who_cancels_it_too_has_it_gone() -> None:
    core = cut()

    core.put(do.CancelOrder(actor="ann", client_order_id=order_id(2)))
    gone(core, 2)

    assert not core.state.blotter.open


def test_it_is_held_here_while_trading_is_stopped_and_goes_to_the_venue_when_that_ends() -> None:
    core = cut(halted=True)

    gone(core, 2)
    assert (statuses(core, 4), core.order(order_id(4)).leaves_qty) == ([OrderStatus.HELD], D(6))
    assert [(one.quantity, one.at_venue) for one in core.state.brackets.protection(KEY)] == [(D(6), False)]
    core.put(do.ResumeTrading(actor="ann"))

    assert statuses(core, 4) == [OrderStatus.SUBMITTED]
    assert folded(core.durable, UNCHANGING).digest() == core.state.digest()


def test_a_target_that_is_not_changed_is_canceled_and_no_other_made() -> None:
    """It guards nothing, and where it stood was for all of it."""
    core = holding("10", target("10", told=False), capabilities=UNCHANGING)
    sell(core, "4")

    gone(core, 2)

    assert not core.state.blotter.open
