"""What ends here because nobody else ends it: good-till-date where a venue has none, and the day of what is held."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.deadline import DeadlineReached
from oms.domain.order import OrderFlag, OrderStatus, OrderTicket, OrderType, Purpose, Side, TimeInForce
from oms.domain.report import ExecType
from oms.domain.units import DAY, MINUTE, SECOND
from tests.oms.examples import ORDER, SIM, START, Core, folded, quote, said, ticket
from tests.oms.held import PLAIN, SECOND_ORDER, exit_stop, long, quoted, stop, stop_limit, where

S, TIF = OrderStatus, TimeInForce
UNTIMED = Capabilities(tifs=frozenset({TIF.DAY, TIF.GTC, TIF.IOC}), knows_at_once=True)
END = START + 60 * MINUTE


def until(end: int = END, **terms: Any) -> OrderTicket:
    """Return a limit order that is good until an instant."""
    return replace(ticket("100", limit_px="140"), tif=TIF.GTD, expires_at=end, **terms)


def sent(wish: OrderTicket, capabilities: Capabilities = UNTIMED) -> Core:
    core = quoted(capabilities)
    core.submit(wish)
    if core.order().status is S.SUBMITTED:
        core.put(said(ExecType.NEW))
    return core


def test_a_venue_without_a_date_is_sent_an_order_without_one_and_it_is_said() -> None:
    core = sent(until())
    order = core.order()

    assert (order.status, order.ticket.tif, order.ticket.expires_at) == (S.ACCEPTED, TIF.GTC, END)
    assert order.flags == (OrderFlag.TIMED,)
    assert order.text == "sim takes no GTD: it is canceled from here at 2010-06-18 14:30:00Z"


def test_it_is_canceled_at_its_instant_and_not_before() -> None:
    core = sent(until())
    core.wait(59 * 60)
    assert core.order().status is S.ACCEPTED

    core.wait(60)
    assert (core.order().status, core.order().text) == (S.PENDING_CANCEL, "its time is over")
    core.put(said(ExecType.CANCELED))
    assert core.order().status is S.CANCELED
    assert core.state.next_deadline() is None


def test_where_the_venue_knows_dates_it_ends_the_order_itself() -> None:
    core = sent(until(), Capabilities(knows_at_once=True))

    assert (core.order().ticket.tif, core.order().flags) == (TIF.GTD, ())
    assert core.wait(2 * 60 * 60) == []


def test_a_restart_cancels_what_has_ended_meanwhile() -> None:
    core = sent(until())
    core.state = folded(core.durable, UNTIMED)
    core.now = END + MINUTE

    assert core.state.next_deadline() == END
    core.put(DeadlineReached(ts=core.now))
    assert core.order().status is S.PENDING_CANCEL


def test_a_date_that_is_past_is_refused() -> None:
    core = quoted(UNTIMED)
    (refused,) = core.put(do.SubmitTicket(actor="ann", ticket=until(START)))

    assert isinstance(refused, ev.CommandRefused)
    assert refused.text == "it would have ended already"


def test_a_stop_that_protects_and_has_ended_is_not_made_again() -> None:
    core = long(UNTIMED)
    core.submit(exit_stop(tif=TIF.GTD, expires_at=END))
    core.put(said(ExecType.NEW, SECOND_ORDER, side=Side.SELL))
    core.wait(60 * 60)
    core.put(said(ExecType.CANCELED, SECOND_ORDER, side=Side.SELL))

    assert core.order(SECOND_ORDER).status is S.CANCELED
    assert not core.state.blotter.open


def test_what_is_held_until_an_instant_expires_here_then() -> None:
    core = quoted()
    core.submit(stop(tif=TIF.GTD, expires_at=END))
    events = core.wait(60 * 60)

    assert [type(event) for event in events] == [oev.OrderExpired]
    assert not core.state.blotter.open
    assert not core.state.brackets.legs.watched


def test_what_is_held_for_the_day_expires_with_it() -> None:
    core = quoted()
    core.submit(stop())
    rest = DAY - START % DAY

    assert core.wait(rest // SECOND - 1) == []
    core.wait(1)
    assert core.order().status is S.EXPIRED


def test_its_legs_go_with_it() -> None:
    core = quoted()
    core.submit(stop(protect_px=Decimal(155)))
    core.wait(24 * 60 * 60)

    assert [order.status for order in core.state.blotter.orders.values()] == [S.EXPIRED, S.CANCELED]


def test_what_is_held_until_canceled_stays() -> None:
    core = quoted()
    core.submit(stop(tif=TIF.GTC))

    assert core.wait(48 * 60 * 60) == []


def test_the_venue_ends_the_day_of_what_was_touched_before() -> None:
    core = quoted()
    core.submit(stop_limit())
    core.put(quote("160"))
    core.put(said(ExecType.NEW))
    core.wait(24 * 60 * 60)

    assert where(core) == (S.ACCEPTED, OrderType.LIMIT)


def test_what_was_touched_before_its_instant_is_canceled_from_here_all_the_same() -> None:
    core = quoted(replace(PLAIN, tifs=UNTIMED.tifs))
    core.submit(replace(stop_limit(), tif=TIF.GTD, expires_at=END))
    core.put(quote("160"))
    core.put(said(ExecType.NEW))
    core.wait(60 * 60)

    assert core.order().status is S.PENDING_CANCEL
    assert core.order(ORDER).ticket.purpose is Purpose.OPEN
    assert core.state.inflight.at(SIM).order_types == PLAIN.order_types
