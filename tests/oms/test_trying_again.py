"""What is done about a leg that the venue refuses: it is held here, and what a price has touched is sent again, with
pauses, for as long as there is something to give back."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.asking import pause_after
from oms.blotter import position_key
from oms.decide.waiting import waits_for
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import ClientOrderId
from oms.domain.order import Order, OrderFlag, OrderStatus, OrderType, Side
from oms.domain.report import ExecType
from oms.domain.units import SECOND
from tests.oms.examples import FAR_AWAY, Core, folded, quote, said, ticket, traded

ENTRY, STOP, TARGET = (ClientOrderId(f"SIM-1-{number}") for number in (1, 2, 3))


def newest(core: Core) -> Order:
    return next(reversed(core.state.blotter.orders.values()))


def refuse(core: Core, order: Order, exec_type: ExecType = ExecType.REJECTED) -> list[ev.Event]:
    return core.put(said(exec_type, order.client_order_id, side=order.ticket.side, text="no", ts=core.now))


def show(core: Core, px: str, secs: float = 0) -> list[ev.Event]:
    """Show a price so many seconds later."""
    return core.put(quote(px, ts=core.now + int(secs * SECOND)))


def touched() -> Core:
    """Return a core whose stop at 145 was refused and held here, and which a price has touched: it is at the market."""
    core = Core(capabilities=FAR_AWAY)
    show(core, "150")
    core.submit(replace(ticket("10"), protect_px=Decimal(145)))
    core.put(traded("10", "150"))
    refuse(core, core.order(STOP))
    show(core, "144")
    assert (newest(core).ticket.order_type, newest(core).status) == (OrderType.MARKET, OrderStatus.SUBMITTED)
    return core


def test_a_touched_stop_that_the_venue_refuses_is_sent_again_after_a_pause() -> None:
    core = touched()
    first = newest(core)
    events = refuse(core, first)

    (alarm,) = [event for event in events if isinstance(event, oev.OrderFlagged)]
    assert (alarm.client_order_id, alarm.flag) == (ENTRY, OrderFlag.UNPROTECTED)
    assert alarm.text == "its stop 3 is REJECTED: no; the market is tried again"
    again = newest(core)
    assert waits_for(again, core.state) == "the next try at the market: its stop 3 is REJECTED"
    assert (again.client_order_id, again.status, again.leaves_qty) == (
        ClientOrderId("SIM-1-4"),
        OrderStatus.HELD,
        Decimal(10),
    )

    assert "OrderReleased" not in [type(event).__name__ for event in show(core, "143", 0.4)]
    show(core, "146", 0.1)  # its price was touched: that it has come back changes nothing
    assert (newest(core).status, newest(core).ticket.order_type) == (OrderStatus.SUBMITTED, OrderType.MARKET)
    assert newest(core).ticket.reason == first.ticket.reason

    core.put(traded("10", "146", newest(core).client_order_id, exec_id="X-2", side=Side.SELL))
    assert not core.state.ledger.open
    assert not core.state.brackets.left.by_parent


def test_the_pauses_become_longer_and_every_time_it_is_another_order_and_an_alarm() -> None:
    core = touched()
    alarms, waited = 0, []
    for _ in range(7):
        sent = newest(core)
        alarms += sum(isinstance(event, oev.OrderFlagged) for event in refuse(core, sent))
        begun = core.now
        while newest(core).status is OrderStatus.HELD:
            show(core, "143", 0.5)
        assert newest(core).client_order_id != sent.client_order_id
        waited.append((core.now - begun) / SECOND)

    assert alarms == 7
    assert waited == [0.5, 1, 2, 4, 10, 10, 10] == [pause_after(number) / SECOND for number in range(1, 8)]


def test_nothing_is_sent_while_nobody_knows_whether_the_last_one_arrived() -> None:
    core = touched()
    core.wait(11)
    assert newest(core).status is OrderStatus.UNKNOWN
    for _ in range(5):
        show(core, "143", 20)

    assert len(core.state.blotter.orders) == 3


def test_a_stop_that_was_not_answered_and_then_refused_is_held_here() -> None:
    core = Core(capabilities=FAR_AWAY)
    show(core, "150")
    core.submit(replace(ticket("10"), protect_px=Decimal(145)))
    core.put(traded("10", "150"))
    core.wait(11)
    assert core.order(STOP).status is OrderStatus.UNKNOWN
    refuse(core, core.order(STOP))

    assert (newest(core).status, newest(core).ticket.stop_px) == (OrderStatus.HELD, Decimal(145))
    assert core.order(ENTRY).flags == (OrderFlag.SOFT,)


def test_one_that_was_touched_and_not_answered_is_sent_again_once_it_is_refused() -> None:
    core = touched()
    core.wait(11)
    refuse(core, newest(core))
    show(core, "143", 1)

    assert (newest(core).client_order_id, newest(core).status) == (ClientOrderId("SIM-1-4"), OrderStatus.SUBMITTED)


def test_a_restart_waits_for_what_is_left_of_the_pause() -> None:
    core = touched()
    for _ in range(3):
        refuse(core, newest(core))
        show(core, "143", 4)
    refuse(core, newest(core))
    core.state = folded(core.durable, FAR_AWAY)
    show(core, "143", 3.9)
    assert newest(core).status is OrderStatus.HELD
    show(core, "143", 0.1)
    assert newest(core).status is OrderStatus.SUBMITTED


def test_a_link_that_is_made_anew_makes_no_pause_shorter() -> None:
    core = touched()
    refuse(core, newest(core))
    core.put(do.RenewProtection(actor="session"))
    assert newest(core).status is OrderStatus.HELD
    show(core, "143", 0.5)
    assert newest(core).status is OrderStatus.SUBMITTED


def test_what_waits_to_be_sent_again_follows_the_position_and_shows_it_bare() -> None:
    core = touched()
    refuse(core, newest(core))
    sold = core.submit(ticket("4", Side.SELL))
    waits = core.order(ClientOrderId("SIM-1-4"))
    core.put(traded("4", "143", sold, exec_id="X-2", side=Side.SELL))

    assert core.order(waits.client_order_id).ticket.quantity == 6
    assert core.state.brackets.protection(position_key(ticket())) == ()


def test_a_part_that_traded_begins_the_pauses_anew() -> None:
    core = touched()
    refuse(core, newest(core))
    show(core, "143", 1)
    sent = newest(core)
    core.put(traded("4", "143", sent.client_order_id, exec_id="X-2", side=Side.SELL))
    refuse(core, sent, ExecType.CANCELED)
    assert (newest(core).status, newest(core).leaves_qty) == (OrderStatus.HELD, Decimal(6))
    show(core, "143")

    assert newest(core).status is OrderStatus.SUBMITTED


def test_who_cancels_what_is_tried_again_has_no_stop_and_is_told_so() -> None:
    core = touched()
    refuse(core, newest(core))
    core.put(do.CancelOrder(actor="ann", client_order_id=newest(core).client_order_id))
    show(core, "143", 60)

    assert len(core.state.blotter.orders) == 4
    assert core.order(ENTRY).flags == (OrderFlag.UNPROTECTED,)


@pytest.mark.parametrize("how", [ExecType.REJECTED, ExecType.CANCELED, ExecType.EXPIRED])
def test_a_target_that_the_venue_does_not_keep_is_held_here_and_said(how: ExecType) -> None:
    core = Core()
    show(core, "150")
    core.submit(replace(ticket("10"), protect_px=Decimal(145), target_px=Decimal(155)))
    core.put(traded("10", "150"))
    refuse(core, core.order(TARGET), how)

    soft = newest(core)
    assert (soft.status, soft.ticket.limit_px, soft.leaves_qty) == (OrderStatus.HELD, Decimal(155), Decimal(10))
    assert core.order(TARGET).flags == (OrderFlag.SOFT,)
    assert core.order(TARGET).text.endswith("it is held here now")
    show(core, "155")
    assert (newest(core).ticket.order_type, newest(core).status) == (OrderType.MARKET, OrderStatus.SUBMITTED)
    assert folded(core.durable).digest() == core.state.digest()


def test_a_touched_target_that_is_refused_waits_for_its_price_again_and_for_the_pause() -> None:
    core = Core()
    show(core, "150")
    core.submit(replace(ticket("10"), target_px=Decimal(155)))
    core.put(traded("10", "150"))
    refuse(core, core.order(STOP))  # it is the only leg
    show(core, "155")
    refuse(core, newest(core))
    assert (newest(core).status, newest(core).ticket.limit_px) == (OrderStatus.HELD, Decimal(155))

    show(core, "155")
    assert newest(core).status is OrderStatus.HELD
    show(core, "154", 1)
    assert newest(core).status is OrderStatus.HELD
    show(core, "156")
    assert newest(core).status is OrderStatus.SUBMITTED
