"""Changes on their way out: handed over once they are durable, and never after a stop or to who cannot make them."""

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain.order import OrderStatus, OrderType, Purpose, Side
from oms.domain.report import ExecType, Unclear
from oms.domain.units import SECOND
from oms.router import STOPPED_FIRST
from tests.doubles.core import AT_ONCE
from tests.oms.assembled import Engine
from tests.oms.examples import ORDER, START, D, said, ticket, traded

CHANGE = do.ReplaceOrder(actor="ann", client_order_id=ORDER, quantity=D(50), limit_px=D(149))


async def working(engine: Engine) -> Engine:
    """Return an engine whose one order works."""
    await engine.started()
    await engine.serve(do.SubmitTicket(actor="ann", ticket=ticket("100", limit_px="150")))
    await engine.serve(said(ExecType.NEW))
    return engine


async def test_a_change_is_handed_over_with_the_order_and_what_it_is_to_become() -> None:
    engine = await working(Engine())
    await engine.serve(CHANGE)

    ((order, wanted),) = engine.desk.replaced
    assert (order.ticket.quantity, order.replaces) == (D(100), 1)
    assert (wanted.quantity, wanted.limit_px) == (D(50), D(149))
    assert engine.status() is OrderStatus.PENDING_REPLACE


async def test_a_change_does_not_leave_once_the_latch_is_set_or_its_order_is_being_canceled() -> None:
    latched, canceled = await working(Engine()), await working(Engine())
    latched.latch.set()
    await latched.serve(CHANGE)
    await canceled.serve(CHANGE, do.CancelOrder(actor="ann", client_order_id=ORDER))

    assert latched.desk.replaced == []
    assert canceled.desk.replaced == []
    assert [order.client_order_id for order in canceled.desk.canceled] == [ORDER]


@pytest.mark.parametrize(("secs", "leaves"), [(60, True), (61, False)])
async def test_a_change_that_a_slow_commit_has_made_old_does_not_leave(secs: int, leaves: bool) -> None:
    engine = await working(Engine())
    engine.journal.meanwhile = lambda records: engine.clock.hear(records[-1].ts + secs * SECOND)
    await engine.serve(CHANGE)

    assert bool(engine.desk.replaced) is leaves
    assert engine.status() is OrderStatus.PENDING_REPLACE  # and it is asked about, as when an answer is lost


async def test_a_broker_that_does_not_change_orders_is_not_asked_to() -> None:
    engine = await working(Engine(capabilities=replace(AT_ONCE, replaces=False)))
    await engine.serve(CHANGE)

    (refused,) = [record.event for record in engine.heard if isinstance(record.event, ev.CommandRefused)]
    assert refused.text == "sim does not change orders: cancel it and send another"
    assert engine.desk.replaced == []
    assert engine.status() is OrderStatus.ACCEPTED


async def test_an_order_that_may_only_reduce_is_sent_to_a_broker_that_does_not_know_the_word() -> None:
    """The gate and the exits keep it within what is held, whether or not the broker is told."""
    engine = await Engine(capabilities=replace(AT_ONCE, reduce_only=False)).started()
    wish = replace(ticket("100"), reduce_only=True)
    await engine.serve(*(await engine.serve(do.SubmitTicket(actor="ann", ticket=wish))))

    assert [order.client_order_id for order in engine.desk.submitted] == [ORDER]


async def test_an_answer_that_proves_nothing_leaves_a_change_to_be_asked_about() -> None:
    engine = await working(Engine())
    await engine.serve(CHANGE)
    await engine.serve(Unclear(client_order_id=ORDER, text="garbage", ts=START))

    order = engine.state.blotter.orders[ORDER]
    assert (order.status, order.flags, order.leaves_qty) == (OrderStatus.PENDING_REPLACE, ("OVERDUE",), D(100))


async def test_a_stop_that_protects_is_changed_although_the_latch_is_set() -> None:
    """It follows its position, or a person moves it; a stop by hand that is new does not leave."""
    engine = await Engine().started()
    await engine.serve(do.SubmitTicket(actor="ann", ticket=ticket("100")))
    await engine.serve(traded("100"))
    stop = replace(ticket("100", Side.SELL), order_type=OrderType.STOP_MARKET, stop_px=D(140), purpose=Purpose.PROTECT)
    await engine.serve(do.SubmitTicket(actor="ann", ticket=stop))
    order_id = list(engine.state.blotter.orders)[1]
    await engine.serve(said(ExecType.NEW, order_id, side=Side.SELL))
    engine.latch.set()
    await engine.serve(do.ReplaceOrder(actor="ann", client_order_id=order_id, stop_px=D(145)))
    withheld = await engine.serve(do.SubmitTicket(actor="ann", ticket=replace(stop, stop_px=D(139))))

    ((order, wanted),) = engine.desk.replaced
    assert (order.client_order_id, wanted.stop_px) == (order_id, D(145))
    assert [one.client_order_id for one in engine.desk.submitted] == [ORDER, order_id]
    assert [command.reason for command in withheld if isinstance(command, do.WithholdOrder)] == [STOPPED_FIRST]
