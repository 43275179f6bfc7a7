"""A stop by hand that its venue has dropped, though nobody wanted it gone, is said and held here."""

import pytest

from oms.domain import commands as do
from oms.domain.order import OrderFlag, OrderStatus, Side
from oms.domain.report import ExecType
from oms.invariants import broken
from tests.oms.examples import Core, D, folded, quote, said
from tests.oms.test_exits import KEY, holding, order_id, sell, statuses, stop, trade


def dropped(kind: ExecType = ExecType.CANCELED) -> Core:
    """Return a core that holds ten, of whose stop its venue has said this."""
    core = holding("10", stop("10", reduce_only=False))
    core.put(said(kind, order_id(2), side=Side.SELL, text="house rules"))
    return core


@pytest.mark.parametrize("kind", [ExecType.CANCELED, ExecType.EXPIRED])
def test_a_stop_that_was_dropped_is_said_and_held_here(kind: ExecType) -> None:
    core = dropped(kind)

    assert OrderFlag.SOFT in core.order(order_id(2)).flags
    (again,) = core.state.blotter.exits_of(KEY)
    assert (again.status, again.leaves_qty, again.ticket.stop_px) == (OrderStatus.HELD, D(10), D(145))
    assert [one.at_venue for one in core.state.brackets.protection(KEY)] == [False]
    assert not list(broken(core.state))
    assert folded(core.durable).digest() == core.state.digest()


def test_it_leaves_when_its_price_is_touched() -> None:
    core = dropped()

    core.put(quote("144"))

    assert statuses(core, 3) == [OrderStatus.SUBMITTED]


def test_one_that_somebody_canceled_is_not_made_again() -> None:
    core = holding("10", stop("10", reduce_only=False))
    core.put(do.CancelOrder(actor="ann", client_order_id=order_id(2)))

    core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))

    assert core.state.blotter.exits_of(KEY) == ()
    assert core.order(order_id(2)).flags == ()


def test_nor_is_one_for_which_nothing_is_left() -> None:
    core = holding("10", stop("10", reduce_only=False))
    sell(core, "10")

    core.put(said(ExecType.CANCELED, order_id(2), side=Side.SELL))

    assert core.state.blotter.exits_of(KEY) == ()


def test_a_fill_that_comes_late_has_it_made_no_second_time() -> None:
    core = dropped(ExecType.EXPIRED)

    trade(core, 2, "4", "X-4")

    (again,) = core.state.blotter.exits_of(KEY)
    assert (again.client_order_id, again.leaves_qty) == (order_id(3), D(6))
