"""A stop by hand that was held here, was touched and came to nothing at the market: it is sent again, with pauses, as
the stop of a bracket is."""

import pytest
from msgspec.structs import replace

from oms.asking import pause_after
from oms.blotter import position_key
from oms.decide.waiting import waits_for
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.order import OrderFlag, OrderStatus, OrderType, Side
from oms.domain.report import ExecType, NotFound
from oms.domain.units import SECOND
from oms.invariants import broken
from tests.oms.examples import FAR_AWAY, Core, D, folded, ticket, traded
from tests.oms.held import PLAIN, SECOND_ORDER, THIRD, exit_stop, long, where
from tests.oms.test_trying_again import newest, refuse, show

MARKET = OrderType.MARKET


def touched(core: Core | None = None) -> Core:
    """Return a core whose stop by hand for 100 was held here and is at the market, because a price has touched it."""
    core = core or long(PLAIN)
    core.submit(exit_stop())
    show(core, "140")
    assert (newest(core).ticket.order_type, newest(core).status) == (MARKET, OrderStatus.SUBMITTED)
    return core


def alarms(events: list[ev.Event]) -> list[tuple[str, OrderFlag, str]]:
    flagged = [event for event in events if isinstance(event, oev.OrderFlagged)]
    return [(event.client_order_id, event.flag, event.text) for event in flagged]


def sell(core: Core, quantity: str, exec_id: str) -> None:
    core.put(traded(quantity, "139", core.submit(ticket(quantity, Side.SELL)), exec_id=exec_id, side=Side.SELL))


@pytest.mark.parametrize("end", [ExecType.REJECTED, ExecType.CANCELED])
def test_it_is_an_alarm_and_is_sent_again_after_a_pause_whatever_the_market_shows(end: ExecType) -> None:
    core = touched()
    events = refuse(core, newest(core), end)

    assert alarms(events) == [(SECOND_ORDER, OrderFlag.UNPROTECTED, f"it is {end}: no; the market is tried again")]
    again = newest(core)
    assert (again.client_order_id, again.status, again.leaves_qty) == (THIRD, OrderStatus.HELD, D(100))
    assert waits_for(again, core.state) == f"the next try at the market: stop 2 is {end}"
    assert core.state.brackets.protection(position_key(again.ticket)) == ()

    show(core, "150", 0.4)
    assert newest(core).status is OrderStatus.HELD
    show(core, "150", 0.1)
    assert where(core, THIRD) == (OrderStatus.SUBMITTED, MARKET)
    core.put(traded("100", "150", THIRD, exec_id="X-2", side=Side.SELL))

    assert not core.state.ledger.open
    assert not core.state.blotter.open
    assert not core.state.brackets.legs.renewed
    assert not list(broken(core.state))
    assert folded(core.durable, PLAIN).digest() == core.state.digest()


def test_the_pauses_become_longer_and_every_time_it_is_another_order_and_an_alarm() -> None:
    core = touched()
    told, waited = 0, []
    for _ in range(7):
        sent = newest(core)
        told += len(alarms(refuse(core, sent)))
        begun = core.now
        core.state = folded(core.durable, PLAIN)  # a restart makes no pause shorter, nor a new link
        show(core, "143")
        core.put(do.RenewProtection(actor="session"))
        while newest(core).status is OrderStatus.HELD:
            show(core, "143", 0.5)
        assert newest(core).client_order_id != sent.client_order_id
        waited.append((core.now - begun) / SECOND)

    assert told == 7
    assert waited == [pause_after(number) / SECOND for number in range(1, 8)]


def test_it_leaves_in_a_stop_of_trading_as_well() -> None:
    core = touched()
    core.put(do.HaltTrading(actor="ann", reason="enough"))
    refuse(core, newest(core))
    show(core, "143", 1)

    assert (newest(core).client_order_id, newest(core).status) == (THIRD, OrderStatus.SUBMITTED)


def test_it_is_never_for_more_than_is_still_held() -> None:
    core = touched()
    sell(core, "30", "X-2")
    refuse(core, core.order(SECOND_ORDER))
    waits = newest(core)
    assert (waits.status, waits.leaves_qty) == (OrderStatus.HELD, D(70))
    sell(core, "30", "X-3")
    assert core.order(waits.client_order_id).leaves_qty == D(40)
    sell(core, "40", "X-4")
    show(core, "143", 60)

    assert core.order(waits.client_order_id).status is OrderStatus.CANCELED
    assert not core.state.blotter.open
    assert not list(broken(core.state))
    assert folded(core.durable, PLAIN).digest() == core.state.digest()


@pytest.mark.parametrize(("sold", "left"), [("10", 90), ("50", 50)])
@pytest.mark.parametrize("sold_first", [True, False])
def test_two_together_are_for_no_more_than_is_held_and_neither_waits_for_the_other(
    sold: str, left: int, sold_first: bool
) -> None:
    core = long(PLAIN)
    for quantity in ("60", "40"):
        core.submit(exit_stop(quantity=quantity))
    show(core, "140")
    sent = list(core.state.blotter.open.values())
    if sold_first:
        sell(core, sold, "X-2")
    for order in sent:
        refuse(core, order)
    if not sold_first:
        sell(core, sold, "X-2")
    waiting = list(core.state.blotter.open.values())
    assert sum(order.leaves_qty for order in waiting) == left
    show(core, "140", 1)

    assert {core.order(order.client_order_id).status for order in waiting} == {OrderStatus.SUBMITTED}


def test_nothing_is_sent_while_nobody_knows_whether_the_last_one_arrived_nor_beside_one_that_has_come_back() -> None:
    core = touched(long(replace(FAR_AWAY, order_types=PLAIN.order_types)))
    core.wait(11)
    assert newest(core).status is OrderStatus.UNKNOWN
    show(core, "143", 1)
    assert newest(core).client_order_id == SECOND_ORDER
    for _ in range(40):
        core.put(NotFound(client_order_id=SECOND_ORDER, ts=core.now))
        core.wait(1)
    assert (core.order(SECOND_ORDER).status, core.order(THIRD).status) == (OrderStatus.NOT_FOUND, OrderStatus.HELD)

    refuse(core, core.order(SECOND_ORDER), ExecType.NEW)
    show(core, "143", 20)
    assert core.order(THIRD).status is OrderStatus.HELD
    core.put(traded("100", "143", SECOND_ORDER, exec_id="X-2", side=Side.SELL))
    assert core.order(THIRD).status is OrderStatus.CANCELED
    assert not core.state.ledger.open


def test_a_part_that_traded_begins_the_pauses_anew() -> None:
    core = touched()
    refuse(core, newest(core))
    show(core, "143", 1)
    core.put(traded("30", "143", THIRD, exec_id="X-2", side=Side.SELL))
    refuse(core, core.order(THIRD), ExecType.CANCELED)
    assert (newest(core).status, newest(core).leaves_qty) == (OrderStatus.HELD, D(70))
    show(core, "143")

    assert newest(core).status is OrderStatus.SUBMITTED


@pytest.mark.parametrize("end", [ExecType.REJECTED, ExecType.CANCELED])
def test_who_cancels_it_has_it_gone_also_while_it_is_at_the_market(end: ExecType) -> None:
    core = touched()
    core.put(do.CancelOrder(actor="ann", client_order_id=SECOND_ORDER))
    refuse(core, core.order(SECOND_ORDER), end)
    assert not core.state.blotter.open

    core = touched()
    refuse(core, newest(core))
    core.put(do.CancelOrder(actor="ann", client_order_id=THIRD))
    show(core, "143", 60)
    assert not core.state.blotter.open
    assert not core.state.brackets.legs.owed


def test_one_with_a_limit_is_sent_again_with_it_and_not_by_a_new_link() -> None:
    core = long(PLAIN)
    core.submit(exit_stop(order_type=OrderType.STOP_LIMIT, limit_px=D(139)))
    show(core, "140")
    refuse(core, newest(core))
    core.put(do.RenewProtection(actor="session"))
    assert core.order(THIRD).status is OrderStatus.HELD
    show(core, "138", 1)

    assert where(core, THIRD) == (OrderStatus.SUBMITTED, OrderType.LIMIT)
    assert core.order(THIRD).ticket.limit_px == D(139)


@pytest.mark.parametrize("halted", [False, True])
def test_it_makes_way_for_a_flatten_and_comes_back_where_that_fails(halted: bool) -> None:
    core = touched()
    if halted:
        core.put(do.HaltTrading(actor="ann", reason="enough"))
    refuse(core, newest(core))
    instrument_id = core.order(THIRD).ticket.instrument_id
    core.put(do.FlattenPosition(actor="ann", instrument_id=instrument_id))
    assert core.order(THIRD).status is OrderStatus.CANCELED
    refuse(core, newest(core))
    show(core, "143")

    (again,) = core.state.blotter.open.values()
    assert (again.status, again.ticket.protects, again.leaves_qty) == (OrderStatus.SUBMITTED, True, D(100))
