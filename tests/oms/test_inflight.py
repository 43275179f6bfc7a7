"""Waiting for answers: when silence becomes an event, when it is asked about, and when "not found" is believed."""

from itertools import pairwise

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.capabilities import Capabilities
from oms.domain.ids import BrokerId, ClientOrderId
from oms.domain.order import OrderFlag, OrderStatus
from oms.domain.report import ExecType, NotFound, Unclear
from oms.domain.units import DAY, SECOND
from oms.state import State
from tests.doubles.core import AT_ONCE
from tests.oms.examples import DECISION, FAR_AWAY, ORDER, SIM, START, Core, D, folded, kinds, said, ticket, traded

HASTY = Capabilities(answer_secs=2)


def unanswered(capabilities: Capabilities = FAR_AWAY) -> Core:
    """Return a core with one order in flight."""
    core = Core(capabilities=capabilities)
    core.submit(ticket("100"))
    return core


def not_found(core: Core) -> list[ev.Event]:
    return core.put(NotFound(client_order_id=ORDER, ts=core.now))


def queries(core: Core, secs: float) -> list[float]:
    """Return when, in seconds after START, the order was asked about while time passes."""
    before = len(core.records)
    core.wait(secs)
    return [(one.ts - START) / SECOND for one in core.records[before:] if isinstance(one.event, oev.OrderQueried)]


def test_nothing_is_waited_for_before_anything_was_sent_and_after_all_was_answered() -> None:
    core = Core()
    assert core.state.next_deadline() is None
    order_id = core.submit(ticket("100"))
    assert core.state.next_deadline() == START + 10 * SECOND
    core.put(said(ExecType.NEW, order_id))

    assert core.state.next_deadline() is None


def test_silence_until_the_deadline_is_unknown_and_not_a_moment_earlier() -> None:
    """O-01."""
    core = unanswered()
    assert core.wait(9.999) == []
    events = core.wait(0.001)

    assert events == [oev.OrderOutcomeUnknown(client_order_id=ORDER, text="no answer within 10 s")]
    assert core.order().leaves_qty == 100, "its risk stays reserved"


def test_an_order_that_is_asked_about_before_its_time_says_how_long_it_was_silent() -> None:
    core = unanswered()
    core.wait(3)
    core.apply(oev.OrderQueried(client_order_id=ORDER))

    assert core.wait(0.5) == [oev.OrderOutcomeUnknown(client_order_id=ORDER, text="no answer within 3.5 s")]


def test_an_unknown_order_is_asked_about_after_half_a_second_then_ever_less_often() -> None:
    core = unanswered()
    asked = queries(core, 60)

    assert asked == [10.5, 11, 12, 14, 18, 28, 38, 48, 58]
    assert [later - earlier for earlier, later in pairwise(queries(core, 600))] == [10.0] * 59


def test_each_broker_has_its_own_patience() -> None:
    core = unanswered(HASTY)
    state = State({SIM: FAR_AWAY, BrokerId("hasty"): HASTY})
    for number, broker in enumerate((SIM, BrokerId("hasty"))):
        order_id = ClientOrderId(f"A-{number}")
        wish = replace(ticket("1"), broker=broker)
        for event in (
            oev.OrderInitialized(client_order_id=order_id, ticket=wish),
            oev.OrderSubmitted(client_order_id=order_id, decision=DECISION, ticket_hash=""),
        ):
            state.apply(ev.Record(seq=state.seq + 1, ts=START, wall=0, event=event))

    assert core.state.next_deadline() == START + 2 * SECOND
    assert state.next_deadline() == START + 2 * SECOND
    assert list(state.inflight.due_by(START + 2 * SECOND)) == ["A-1"]


def test_a_late_answer_ends_the_asking_without_a_word() -> None:
    """O-03."""
    core = unanswered()
    core.wait(30)
    assert kinds(core.put(said(ExecType.NEW, venue_order_id="V-1"))) == ["OrderAccepted", "OrderSeen"]
    assert core.wait(600) == []

    assert (core.order().status, core.order().flags) == (OrderStatus.ACCEPTED, ())
    assert core.order().text == "", "that nothing was heard is not true any more"


def test_an_answer_that_proves_nothing_makes_it_unknown_at_once_and_an_accepted_order_no_less_accepted() -> None:
    """O-04, O-06."""
    core = unanswered()
    events = core.put(Unclear(client_order_id=ORDER, text="<html>", ts=START))
    assert events == [oev.OrderOutcomeUnknown(client_order_id=ORDER, text="<html>")]
    assert queries(core, 1) == [0.5, 1]
    core.put(said(ExecType.NEW))

    assert core.put(Unclear(client_order_id=ORDER, text="<html>", ts=START)) == []


def test_three_times_not_found_within_half_a_minute_is_not_yet_certain() -> None:
    """O-02."""
    core = unanswered()
    core.wait(10.5)
    for _ in range(9):
        assert kinds(not_found(core)) == ["OrderUnseen"]
        core.wait(3.3)
    core.wait(0.3)

    assert kinds(not_found(core)) == ["OrderUnfound"]


def test_half_a_minute_with_two_answers_is_not_yet_certain() -> None:
    """O-02: only queries that succeeded count."""
    core = unanswered()
    core.wait(10.5)
    assert kinds(not_found(core)) == ["OrderUnseen"]
    core.wait(300)
    assert kinds(not_found(core)) == ["OrderUnseen"]

    assert kinds(not_found(core)) == ["OrderUnfound"]
    assert core.state.blotter.reserved == {}


def test_a_fill_between_two_not_found_begins_the_counting_anew() -> None:
    core = unanswered()
    core.wait(20)
    not_found(core)
    core.wait(40)
    not_found(core)
    core.put(traded("40"))

    assert kinds(not_found(core)) == ["OrderUnseen"]
    assert core.order().status is OrderStatus.PARTIALLY_FILLED


def test_a_slower_venue_is_given_three_times_its_own_patience() -> None:
    core = unanswered(Capabilities(answer_secs=60))
    core.wait(61)
    for secs in (60, 60, 59):
        assert kinds(not_found(core)) == ["OrderUnseen"]
        core.wait(secs)
    assert kinds(not_found(core)) == ["OrderUnseen"]
    core.wait(1)

    assert kinds(not_found(core)) == ["OrderUnfound"]


def test_a_venue_that_knows_at_once_is_believed_at_once_and_not_watched() -> None:
    core = unanswered(AT_ONCE)

    assert kinds(not_found(core)) == ["OrderUnfound"]
    assert core.state.next_deadline() is None


def test_an_order_that_was_not_found_is_watched_for_a_day() -> None:
    """O-07."""
    core = unanswered()
    core.apply(oev.OrderUnfound(client_order_id=ORDER, text="never"))
    asked = queries(core, 2 * DAY / SECOND)

    assert asked[0] == 60
    assert {later - earlier for earlier, later in pairwise(asked)} == {60.0}
    assert asked[-1] == 86_400
    assert core.state.next_deadline() is None
    came = core.put(said(ExecType.NEW))
    assert kinds(came) == ["OrderAccepted", "OrderFlagged"], "and adopted whenever it comes"


def test_a_cancel_without_an_answer_is_overdue_once_and_asked_about() -> None:
    """O-17."""
    core = unanswered()
    core.put(said(ExecType.NEW))
    core.put(do.CancelOrder(actor="ann", client_order_id=ORDER))
    events = core.wait(30)
    assert kinds(events) == ["OrderFlagged", *["OrderQueried"] * 6]
    assert (core.order().status, core.order().flags) == (OrderStatus.PENDING_CANCEL, (OrderFlag.OVERDUE,))
    assert core.order().text == "the cancel was not answered within 10 s"
    core.put(said(ExecType.CANCELED))

    assert (core.order().flags, core.order().text) == ((), "")


def test_a_cancel_that_was_asked_about_early_is_overdue_early_and_says_after_how_long() -> None:
    """Nonsense about the order was asked about at once, and that question was not answered either."""
    core = unanswered()
    core.put(said(ExecType.NEW))
    core.put(do.CancelOrder(actor="ann", client_order_id=ORDER))
    core.wait(3)
    assert "OrderQueried" in kinds(core.put(traded("NaN")))
    assert kinds(core.wait(0.5)) == ["OrderFlagged"]

    assert core.order().text == "the cancel was not answered within 3.5 s"


def test_the_end_of_a_long_silence_is_asked_about_once_and_not_for_ever() -> None:
    """O-17: fills may be missing, but an order that has ended is not waited for."""
    core = unanswered()
    core.wait(10)
    assert kinds(core.put(said(ExecType.CANCELED))) == ["OrderCanceled", "OrderQueried", "OrderSeen"]

    assert core.state.next_deadline() is None


def test_a_fill_while_a_cancel_is_on_its_way_does_not_ask_for_it_again() -> None:
    core = unanswered()
    core.put(do.CancelOrder(actor="ann", client_order_id=ORDER))

    assert kinds(core.put(traded("40"))) == ["DayOpened", "OrderFilled"]
    assert core.wait(9.9) == []
    assert kinds(core.wait(0.1)) == ["OrderFlagged"]


def test_what_was_seen_while_a_cancel_is_on_its_way_ends_the_counting_of_not_found() -> None:
    core = unanswered()
    for _ in range(2):
        core.wait(40)
        not_found(core)
    core.put(do.CancelOrder(actor="ann", client_order_id=ORDER))
    assert kinds(core.put(said(ExecType.NEW))) == ["OrderAccepted", "OrderSeen"]

    assert kinds(not_found(core)) == ["OrderUnseen"]
    assert kinds(core.wait(9.9)) == [], "nor is the cancel asked for again before its time"


def test_a_cancel_that_nobody_can_make_sense_of_is_overdue_at_once() -> None:
    core = unanswered()
    core.put(do.CancelOrder(actor="ann", client_order_id=ORDER))
    unclear = Unclear(client_order_id=ORDER, text="504", ts=START)

    assert core.put(unclear) == [oev.OrderFlagged(client_order_id=ORDER, flag=OrderFlag.OVERDUE, text="504")]
    assert core.put(unclear) == []
    assert kinds(core.wait(0.5)) == ["OrderQueried"]


@pytest.mark.parametrize("halted", [False, True])
def test_a_change_is_asked_for_again_and_while_trading_is_stopped_asked_about(halted: bool) -> None:
    """No change leaves under a stop, so one is not said to be asked for; the venue is asked ever less often."""
    core = unanswered()
    core.put(said(ExecType.NEW))
    core.put(do.ReplaceOrder(actor="ann", client_order_id=ORDER, quantity=D(150)))
    if halted:
        core.apply(ev.TradingHalted(actor="ann", cause="stop", text=""))
    core.wait(18)
    core.put(said(ExecType.NEW))
    events = core.wait(0.5)
    assert kinds(events) == ["OrderQueried" if halted else "OrderPendingReplace"]
    for _ in range(6 if halted else 0):
        core.put(said(ExecType.NEW))
        assert set(kinds(core.wait(11))) <= {"OrderQueried"}

    core.put(said(ExecType.NEW))
    assert not halted or len(core.wait(60)) <= 7
    core.apply(ev.TradingResumed(actor="ann"))
    core.put(said(ExecType.NEW))
    assert not halted or "OrderPendingReplace" in kinds(core.wait(11))


def test_a_restart_waits_for_what_the_run_before_it_waited_for() -> None:
    core = unanswered()
    core.wait(3)
    again = folded(core.durable, FAR_AWAY)
    assert again.next_deadline() == core.state.next_deadline() == START + 10 * SECOND
    core.wait(20)
    again = folded(core.durable, FAR_AWAY)

    assert again.digest() == core.state.digest()
    assert again.next_deadline() == START + 10 * SECOND + SECOND // 2, "the schedule begins anew"


def test_ten_thousand_answered_orders_leave_nothing_behind() -> None:
    core = Core()
    for number in range(10_000):
        order_id = ClientOrderId(f"A-{number}")
        core.apply(oev.OrderInitialized(client_order_id=order_id, ticket=ticket("1")))
        core.apply(oev.OrderSubmitted(client_order_id=order_id, decision=DECISION, ticket_hash=""))
        core.apply(oev.OrderAccepted(client_order_id=order_id))
        assert core.state.inflight.waiting <= 1_001

    assert core.state.next_deadline() is None
    assert core.state.inflight.waiting == 0


def test_what_is_kept_of_nonsense_and_of_lost_orders_does_not_grow_for_ever() -> None:
    core = unanswered()
    for number in range(2_000):
        strange = ev.ReportQuarantined(client_order_id=ClientOrderId(f"A-{number}"), report="TRADE", text="")
        core.apply(strange)
    core.apply(oev.OrderUnfound(client_order_id=ORDER, text="never"))
    core.wait(2 * DAY / SECOND)

    assert list(core.state.inflight.quarantined)[-1] == "A-1999"
    assert len(core.state.inflight.quarantined) == 1_000
    assert core.state.inflight.waiting == 0
    assert core.state.inflight.asking(core.order()) is None


def test_an_account_without_declared_capabilities_has_ten_seconds() -> None:
    state = State()
    for event in (
        oev.OrderInitialized(client_order_id=ORDER, ticket=ticket("1")),
        oev.OrderSubmitted(client_order_id=ORDER, decision=DECISION, ticket_hash=""),
    ):
        state.apply(ev.Record(seq=state.seq + 1, ts=START, wall=0, event=event))

    assert state.next_deadline() == START + 10 * SECOND


@pytest.mark.parametrize("secs", [0, -1, float("nan")])
def test_an_answer_that_may_take_no_time_is_refused(secs: float) -> None:
    with pytest.raises(ValueError, match="answer_secs must be positive"):
        Capabilities(answer_secs=secs)
