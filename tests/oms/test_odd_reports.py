"""What venues say out of order, twice, too late or wrongly: each has one result, and the books stay exact."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import ClientOrderId, InstrumentId
from oms.domain.order import OrderFlag, OrderStatus, Side
from oms.domain.report import CancelReject, ExecType, NotFound, Unclear, VenueReport
from oms.domain.risk import TradingState
from oms.domain.units import Money
from oms.interpret import interpret
from oms.invariants import broken
from oms.ledger import CashKey, NetKey
from tests.oms.examples import (
    AAPL,
    ACCOUNT,
    FAR_AWAY,
    ORDER,
    SIM,
    START,
    Core,
    D,
    books,
    folded,
    kinds,
    order,
    said,
    signal,
    ticket,
    traded,
)

NEW = said(ExecType.NEW, venue_order_id="V-1")
CANCELED = said(ExecType.CANCELED)
SOME = traded("40", "150", exec_id="X-1", fee="1")
MORE = traded("35", "151", exec_id="X-2", fee="0.35")
REST = traded("25", "152", exec_id="X-3")


def core_with_an_order() -> Core:
    core = Core()
    core.submit(ticket("100"))
    return core


def standing(core: Core) -> tuple[object, ...]:
    """Return all that reports may have moved."""
    order = core.order()
    books = core.state.ledger
    return (
        *(order.status, order.filled_qty, order.avg_px, order.fees, order.leaves_qty),
        *(books.net_quantity(NetKey(SIM, ACCOUNT, AAPL)), books.cash[CashKey(SIM, ACCOUNT, "USD")]),
        *(core.trading(), core.state.blotter.reserved),
    )


@pytest.mark.parametrize(
    "reports",
    [(NEW, SOME, MORE, CANCELED), (NEW, SOME, MORE, REST), (SOME, MORE, REST, CANCELED)],
    ids=["canceled with a rest", "filled", "filled, and a cancel that came too late"],
)
def test_four_reports_end_equal_in_all_24_orders_of_arrival(reports: Sequence[VenueReport]) -> None:
    """O-10."""
    ends = []
    for order_of_arrival in permutations(reports):
        core = core_with_an_order()
        for report in order_of_arrival:
            core.put(report)
        ends.append(standing(core))

    assert len(ends) == 24
    assert all(end == ends[0] for end in ends)


def test_a_fill_told_again_by_stream_and_poll_counts_once() -> None:
    """O-08, O-09: one execution of one broker is counted once, also after a restart."""
    core = core_with_an_order()
    core.put(SOME)
    once = standing(core)
    assert [core.put(SOME) for _ in range(5)] == [[]] * 5
    core.state = folded(core.durable)
    assert core.put(replace(SOME, ts=START + 1)) == []

    assert standing(core) == once


def test_a_fill_after_the_end_is_counted_and_named_once() -> None:
    """O-11."""
    core = core_with_an_order()
    core.put(SOME)
    core.put(CANCELED)
    first, second = core.put(MORE), core.put(traded("5", exec_id="X-9"))

    assert kinds(first) == ["OrderFilled", "OrderFlagged"]
    assert kinds(second) == ["OrderFilled"]
    assert core.order().flags == (OrderFlag.FILLED_LATE,)
    assert core.trading() is TradingState.ACTIVE


def test_an_overfill_counts_is_flagged_and_leaves_only_reducing_orders() -> None:
    """O-12: also on an order that was full already, and without loosening a halt."""
    core = core_with_an_order()
    core.put(traded("100", "150"))
    events = core.put(traded("20", "150", exec_id="X-2"))
    assert kinds(events) == ["OrderFilled", "OrderFlagged", "TradingReduced"]
    assert (core.order().status, core.order().filled_qty, core.order().leaves_qty) == (
        OrderStatus.FILLED,
        D(120),
        D(0),
    )
    assert core.state.ledger.net_quantity(NetKey(SIM, ACCOUNT, AAPL)) == 120

    core.put(do.HaltTrading(actor="ann", reason="look"))
    assert kinds(core.put(traded("1", "150", exec_id="X-3"))) == ["OrderFilled", "OrderFlagged"]
    assert core.trading() is TradingState.HALTED


def test_somebody_elses_fill_makes_an_order_of_its_own_that_no_stop_cancels() -> None:
    """O-13."""
    core = core_with_an_order()
    theirs = traded("5", "150", ClientOrderId("THEIRS"), side=Side.SELL, exec_id="X-7")
    assert kinds(core.put(theirs)) == ["OrderAdopted", "DayOpened", "OrderFilled"]
    assert core.put(theirs) == []
    halted = core.put(do.HaltTrading(actor="ann", reason="look"))

    adopted = core.state.blotter.orders[ClientOrderId("THEIRS")]
    assert (adopted.status, adopted.flags, adopted.ticket.strategy_id) == (
        OrderStatus.FILLED,
        (OrderFlag.EXTERNAL,),
        "external",
    )
    assert core.state.ledger.net_quantity(NetKey(SIM, ACCOUNT, AAPL)) == -5
    assert [event.client_order_id for event in halted if isinstance(event, oev.OrderPendingCancel)] == [ORDER]
    assert ClientOrderId("THEIRS") not in core.state.blotter.open


def test_somebody_elses_order_that_only_works_is_named() -> None:
    """O-13."""
    core = Core()
    events = core.put(said(ExecType.NEW, ClientOrderId("THEIRS")))

    assert events == [ev.ForeignOrderSeen(broker=SIM, client_order_id=ClientOrderId("THEIRS"))]
    assert core.trading() is TradingState.ACTIVE


@pytest.mark.parametrize(
    "report",
    [
        traded("5", "150", ClientOrderId("THEIRS"), instrument_id=InstrumentId("VOD.XLON")),
        traded("NaN", "150", ClientOrderId("THEIRS")),
        traded("5", "-1", ClientOrderId("THEIRS")),
        NotFound(client_order_id=ClientOrderId("THEIRS"), ts=START),
        CancelReject(client_order_id=ClientOrderId("THEIRS"), ts=START),
        Unclear(client_order_id=ClientOrderId("THEIRS"), ts=START, text="?"),
    ],
    ids=["not listed", "no number", "negative", "not found", "cancel refused", "unclear"],
)
def test_what_makes_no_sense_about_a_stranger_is_set_aside(report: VenueReport) -> None:
    core = Core()

    assert kinds(core.put(report)) == ["ReportQuarantined", "TradingReduced"]
    assert ClientOrderId("THEIRS") not in core.state.blotter.orders


def test_that_a_lost_order_is_still_not_found_says_nothing_new_whatever_it_had_filled() -> None:
    lost = order(OrderStatus.NOT_FOUND, filled="10")

    assert interpret(lost, NotFound(client_order_id=ORDER, ts=START), known=False) is None


def test_that_an_order_is_not_found_before_it_has_left_says_nothing() -> None:
    core = Core(capabilities=FAR_AWAY)
    core.apply(oev.OrderInitialized(client_order_id=ORDER, ticket=ticket()))

    assert core.put(NotFound(client_order_id=ORDER, ts=START)) == []


def test_whose_account_a_stranger_traded_in_is_not_guessed() -> None:
    core = Core(started=False)

    assert kinds(core.put(traded("5", "150", ClientOrderId("THEIRS")))) == ["ReportQuarantined", "TradingReduced"]


@pytest.mark.parametrize("number", ["NaN", "-NaN", "sNaN", "Infinity", "0", "-5", "1E+13"])
@pytest.mark.parametrize("field", ["last_qty", "last_px"])
def test_a_fill_that_is_no_number_is_set_aside_and_the_truth_is_asked_for_and_counted(field: str, number: str) -> None:
    """O-14."""
    core = core_with_an_order()
    events = core.put(replace(SOME, **{field: D(number)}))
    assert kinds(events) == ["ReportQuarantined", "TradingReduced", "OrderQueried"]
    assert core.order().filled_qty == 0
    assert core.state.ledger.net_quantity(NetKey(SIM, ACCOUNT, AAPL)) == 0

    core.put(SOME)
    assert core.order().filled_qty == 40


@pytest.mark.parametrize(
    "wrong", [replace(SOME, side=Side.SELL), replace(SOME, instrument_id=InstrumentId("IBM.XNYS"))]
)
def test_nonsense_that_is_told_again_when_it_is_asked_about_does_not_go_round(wrong: VenueReport) -> None:
    """O-15."""
    core = core_with_an_order()
    assert "OrderQueried" in kinds(core.put(wrong))

    assert [kinds(core.put(wrong)) for _ in range(3)] == [["ReportQuarantined"]] * 3
    assert core.order().filled_qty == 0


def test_an_order_that_has_ended_is_asked_about_once_and_not_waited_for() -> None:
    core = core_with_an_order()
    core.put(traded("100"))

    assert "OrderQueried" in kinds(core.put(replace(SOME, side=Side.SELL)))
    assert core.state.next_deadline() is None


def test_a_cancel_refused_for_an_order_that_nobody_has_seen_is_no_sign_that_it_works() -> None:
    """O-17."""
    core = core_with_an_order()
    core.put(do.CancelOrder(actor="ann", client_order_id=ORDER))
    events = core.put(CancelReject(client_order_id=ORDER, ts=START, text="no such order"))

    assert kinds(events) == ["OrderOutcomeUnknown", "OrderQueried"]
    assert core.order().status is OrderStatus.UNKNOWN


def test_a_cancel_refused_because_the_order_was_filled_leads_to_the_fill() -> None:
    """O-17: the status is never CANCELED with fills missing."""
    core = core_with_an_order()
    core.put(NEW)
    core.put(do.CancelOrder(actor="ann", client_order_id=ORDER))
    assert kinds(core.put(CancelReject(client_order_id=ORDER, ts=START))) == ["OrderCancelRejected", "OrderQueried"]
    core.put(NEW)
    core.put(traded("100"))

    assert core.order().status is OrderStatus.FILLED
    assert core.state.next_deadline() is None


@pytest.mark.parametrize("secs", [0, 14, 16])
def test_a_storm_of_rejections_is_five_within_a_minute(secs: int) -> None:
    """O-21: what the strategy wants after it leaves no more, until a person enables it."""
    core = Core()
    paused: list[sev.StrategyPaused] = []
    for _ in range(5):
        order_id = core.submit(ticket("1"))
        events = core.put(said(ExecType.REJECTED, order_id))
        paused += [event for event in events if isinstance(event, sev.StrategyPaused)]
        core.wait(secs)

    assert [event.strategy_id for event in paused] == (["trend"] if secs < 15 else [])
    assert ("OrderSubmitted" in kinds(core.put((signal(),)))) is not bool(paused)


def test_hand_written_orders_are_nobodys_storm() -> None:
    core = Core()
    for _ in range(9):
        order_id = core.submit(replace(ticket("1"), strategy_id="manual"))
        assert kinds(core.put(said(ExecType.REJECTED, order_id))) == ["OrderRejected"]


def test_a_lost_order_of_which_the_trigger_is_heard_first_has_come_back() -> None:
    """O-07: it works there, and would be watched no more if this were not believed."""
    core = Core(capabilities=FAR_AWAY)
    core.submit(ticket("100"))
    core.apply(oev.OrderUnfound(client_order_id=ORDER, text="never"))
    events = core.put(said(ExecType.TRIGGERED))

    assert kinds(events) == ["OrderTriggered", "OrderFlagged", "OrderSeen"]
    assert core.order().status is OrderStatus.TRIGGERED
    assert core.order().leaves_qty == 100


def test_a_thousand_fills_of_a_thousandth_cost_exactly_what_one_would() -> None:
    """O-16."""
    core = Core()
    core.submit(ticket("1"))
    for number in range(1_000):
        core.put(traded("0.001", "150.37", exec_id=f"X-{number}", fee="0.0007"))

    assert (core.order().status, core.order().filled_qty, core.order().avg_px) == (
        OrderStatus.FILLED,
        D(1),
        D("150.37"),
    )
    assert core.order().fees == (Money(D("0.7"), "USD"),)
    assert core.state.ledger.cash[CashKey(SIM, ACCOUNT, "USD")] == D("100000") - D("150.37") - D("0.7")
    assert list(broken(core.state)) == []


@pytest.mark.parametrize("order_id", ["THEIRS", "NOBODYS"])
def test_who_cancels_an_order_that_is_not_ours_is_refused(order_id: str) -> None:
    """O-18."""
    core = Core()
    core.put(traded("5", "150", ClientOrderId("THEIRS")))
    core.put(said(ExecType.NEW, ClientOrderId("NOBODYS")))

    assert kinds(core.put(do.CancelOrder(actor="ann", client_order_id=ClientOrderId(order_id)))) == ["CommandRefused"]


def test_what_the_venue_rejects_is_told_in_its_words_and_not_tried_again() -> None:
    """O-20."""
    core = core_with_an_order()
    events = core.put(said(ExecType.REJECTED, text="insufficient funds"))

    assert events == [oev.OrderRejected(client_order_id=ORDER, text="insufficient funds")]
    assert core.wait(3_600) == []
    assert (core.order().text, core.order().leaves_qty) == ("insufficient funds", D(0))


def test_a_fee_in_a_third_currency_is_booked_there_and_nowhere_else() -> None:
    """O-24."""
    core = core_with_an_order()
    core.put(replace(SOME, fee=Money(D("0.001"), "BNB")))
    cash = {key.currency: amount for key, amount in core.state.ledger.cash.items()}

    assert cash == {"USD": D("94000"), "BNB": D("-0.001")}
    assert core.order().fees == (Money(D("0.001"), "BNB"),)
    assert list(broken(core.state)) == []


def test_a_split_is_a_difference_that_a_person_has_to_look_at() -> None:
    """O-25: ten for one, and nothing is traded to make the books agree. The journal has both numbers, and who resumed
    has adopted the venue's."""
    core = core_with_an_order()
    core.put(traded("100", "150"))
    events = core.put(books("85000", {AAPL: "1000"}))

    assert "PositionAdjusted" in kinds(events)
    assert not {"OrderInitialized", "OrderSubmitted"} & set(kinds(events))
    assert core.trading() is TradingState.REDUCING
    assert core.state.ledger.net_quantity(NetKey(SIM, ACCOUNT, AAPL)) == 1_000
    (reduced,) = [event for event in events if isinstance(event, ev.TradingReduced)]
    assert "AAPL.XNAS 1000, not 100" in reduced.text
    core.put(do.ResumeTrading(actor="ann"))
    assert core.trading() is TradingState.ACTIVE


def test_a_lost_leg_that_comes_back_is_canceled_and_what_it_traded_is_given_back() -> None:
    """The other leg was undone long ago: alone, it is a bet that nobody asked for."""
    core = Core(capabilities=FAR_AWAY)
    lost = core.submit(ticket("10", group_id="G"))
    core.put(said(ExecType.NEW, core.submit(ticket("10", Side.SELL, InstrumentId("IBM.XNYS"), group_id="G"))))
    core.apply(oev.OrderUnfound(client_order_id=lost, text="never"))
    events = core.put(said(ExecType.NEW, lost))
    assert kinds(events) == ["OrderAccepted", "OrderFlagged", "OrderPendingCancel", "OrderSeen"]
    events = core.put(traded("10", "150", lost))

    assert kinds(events) == ["DayOpened", "OrderFilled", "OrderInitialized", "OrderSubmitted"]
    closing = core.state.blotter.orders[ClientOrderId("SIM-1-3")]
    assert (closing.ticket.side, closing.ticket.quantity) == (Side.SELL, D(10))


def test_the_whole_story_of_an_order_that_was_taken_and_then_rejected_may_be_told_again() -> None:
    """Whoever asks about an order that has ended is told all of it."""
    core = core_with_an_order()
    story = [said(ExecType.NEW, venue_order_id="V-1"), said(ExecType.REJECTED, text="no")]
    for report in story:
        core.put(report)

    assert [core.put(report) for report in story] == [[], []]
    assert kinds(core.put(said(ExecType.NEW, venue_order_id="V-2")))[0] == "ReportQuarantined"
